"""Events as calendar entries, read back by the icalendar library and by vobject."""

from datetime import timedelta

import pytest
import vobject
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from events.announcing import cancel
from events.ics import event_file, sign_up_file, uid, vevent
from events.leaving import leave
from events.models import Event, Rsvp, Venue
from events.signing_up import sign_up
from spaces.models import Space
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.properties import examples


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"])


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"])


def entry_of(content: bytes):
    calendar = Calendar.from_ical(content)
    [entry] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), entry


def test_entry_says_what_where_and_when_in_utc(jelly, here, now):
    with translation.override("ja"):
        method, entry = entry_of(event_file(jelly, now=now))

    assert (method, str(entry["SUMMARY"]), str(entry["STATUS"])) == ("PUBLISH", "金曜のJelly", "CONFIRMED")
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (jelly.starts_at, jelly.ends_at)
    assert {entry[name].dt.tzname() for name in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED")} == {"UTC"}
    assert str(entry["LOCATION"]) == "小春日和, 函館市八幡町18-18"
    assert entry["CATEGORIES"].to_ical() == b"Jelly"
    assert str(entry["URL"]) == f"http://localhost:8000{jelly.get_absolute_url()}"


def test_another_parser_reads_the_same(jelly, here, aiko, now):
    rsvp = sign_up(venue=here, user=aiko, now=now)

    [entry] = vobject.readOne(sign_up_file(rsvp, method="REQUEST", now=now).decode()).vevent_list

    assert (entry.uid.value, entry.dtstart.value, entry.status.value) == (uid(jelly), jelly.starts_at, "CONFIRMED")
    assert entry.attendee.value == f"mailto:{aiko.email}"
    assert entry.organizer.params["CN"] == ["小春日和"]


def test_the_organiser_is_an_address_also_where_mail_has_a_name(jelly, here, aiko, now, settings):
    settings.DEFAULT_FROM_EMAIL = '"Coworking" <house@example.jp>'
    rsvp = sign_up(venue=here, user=aiko, now=now)

    _method, entry = entry_of(sign_up_file(rsvp, method="REQUEST", now=now))

    assert str(entry["ORGANIZER"]) == "mailto:house@example.jp"


def test_only_what_one_goes_to_takes_ones_time(jelly, here, aiko, ben, now):
    going = sign_up(venue=here, user=aiko, now=now)
    waits = make_rsvp(here, ben, going_at=None, queued_at=NOW)

    shown = [vevent(jelly, now=now, rsvp=rsvp) for rsvp in (None, going, waits)]

    assert [str(entry["TRANSP"]) for entry in shown] == ["TRANSPARENT", "OPAQUE", "TRANSPARENT"]
    assert [str(entry["STATUS"]) for entry in shown] == ["CONFIRMED", "CONFIRMED", "TENTATIVE"]


def test_leaving_takes_the_entry_out_of_the_calendar_with_a_higher_revision(here, aiko, now):
    rsvp = sign_up(venue=here, user=aiko, now=now)
    _method, before = entry_of(sign_up_file(rsvp, method="REQUEST", now=now))

    method, after = entry_of(sign_up_file(leave(rsvp=rsvp, now=now), method="REQUEST", now=now))

    assert (method, str(after["STATUS"]), after["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_cancelled_event_is_taken_out_of_every_calendar(jelly, here, aiko, now):
    rsvp = sign_up(venue=here, user=aiko, now=now)
    _method, before = entry_of(event_file(jelly, now=now))

    gone = cancel(event=jelly, reason="大雪", now=now + timedelta(minutes=5))

    rsvp = Rsvp.objects.get(pk=rsvp.pk)
    method, own = entry_of(sign_up_file(rsvp, method="REQUEST", now=now))
    _method, after = entry_of(event_file(gone, now=now))
    assert (method, str(own["STATUS"]), str(after["STATUS"])) == ("CANCEL", "CANCELLED", "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_no_link_stands_in_a_calendar(jelly, here, now):
    online = make_venue(jelly, None, online_url="https://meet.example.jp/secret")
    rsvp = make_rsvp(online, person="guest@example.jp")

    for content in (sign_up_file(rsvp, method="REQUEST", now=now), event_file(jelly, now=now)):
        assert b"secret" not in content
        assert b"/sign-ups/" not in content


def test_lines_are_folded_by_octets_and_not_inside_a_character(jelly, here, now):
    jelly.title_ja, jelly.text_ja = "とても長い題名の" * 12, "本文が続きます。" * 100

    with translation.override("ja"):
        lines = event_file(jelly, now=now).split(b"\r\n")

    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()


def unsaved() -> Event:
    """An event at one venue, which no database knows."""
    space = Space(pk=1, slug="here", name_ja="ここ", name_en="Here")
    event = Event(pk=1, organiser=space, starts_at=NOW, ends_at=NOW + timedelta(hours=2), changed_at=NOW)
    event._prefetched_objects_cache = {"venues": [Venue(event=event, space=space, agreed_at=NOW)]}
    return event


@examples(200)
@given(title=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=100))
def test_any_title_reads_back_as_it_was(title):
    event = unsaved()
    event.title_ja = event.title_en = title

    _method, entry = entry_of(event_file(event, now=NOW))

    assert str(entry["SUMMARY"]) == title
