"""Calendar feeds, read by two libraries, and by a calendar that subscribes."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
import time_machine
import vobject
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from bookings.cancelling import cancel as cancel_booking
from events import own_calendar
from events.announcing import cancel, change
from events.changing_sign_up import change_venue
from events.feeds import AHEAD, BACK, feed, own_feed
from events.finding import shown
from events.leaving import leave
from events.links import rsvp_token
from events.models import Event
from events.signing_up import sign_up
from events.taking_part import Offer, agree
from events.taking_part import leave as leave_venue
from spaces.models import Space
from tests.conftest import NOW
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import TUESDAY, at, make_booking, make_space
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.properties import examples, undone

ALL = "/events/calendar.ics"
OF_K = "/spaces/koharubiyori/events.ics"


@pytest.fixture
def k(four_spaces):
    return four_spaces["koharubiyori"]


@pytest.fixture
def d(four_spaces):
    return four_spaces["dorinoki"]


@pytest.fixture
def own(ben, now):
    """Where Ben's own calendar is."""
    return f"/calendar/{own_calendar.renew(user=ben, now=now)}.ics"


def on(space, *others, **fields):
    event = make_event(space, **fields)
    for venue in (space, *others):
        make_venue(event, venue, capacity=10 if venue else None)
    return event


def read(address, **asked):
    """A feed as icalendar reads it, after vobject has read the same of it."""
    answer = Client().get(address, asked)
    assert answer.status_code == 200
    return parsed(answer.content)


def parsed(content):
    calendar, other = Calendar.from_ical(content), vobject.readOne(content.decode())
    assert other.validate(raiseException=True)
    assert calendar.errors == []
    assert [entry.errors for entry in calendar.walk()] == [[] for _ in calendar.walk()]
    entries = other.contents.get("vevent", [])
    assert [(one.uid.value, one.summary.value, one.dtstart.value) for one in entries] == [
        (str(one["UID"]), str(one["SUMMARY"]), one.start) for one in calendar.events
    ]
    return calendar


def entries(address, **asked):
    """The entries of a feed by their UID; that each has one of its own is a part of what they promise."""
    found = read(address, **asked).events
    by_uid = {str(entry["UID"]): entry for entry in found}
    assert len(by_uid) == len(found)
    return by_uid


def summaries(address, **asked):
    return [str(entry["SUMMARY"]) for entry in read(address, **asked).events]


def uid(event):
    return f"event-{event.reference.lower()}@localhost"


def test_feed_is_a_calendar_that_says_its_name_and_how_often_to_look(k):
    on(k)

    answer = Client().get(ALL)
    calendar = parsed(answer.content)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "イベント・コワーキング北海道"
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.content
    assert b"\r\nX-PUBLISHED-TTL:PT1H\r\n" in answer.content


def test_entry_says_what_when_and_where(k, d, settings):
    event = on(k, d, None, text_ja="# はじめに\nお茶を**片手に**、\n- 封筒\n- はさみ", kind="workshop")

    [entry] = read(ALL).events

    assert str(entry["UID"]) == uid(event)
    assert (entry["SEQUENCE"], entry["STATUS"]) == (0, "CONFIRMED")
    assert entry.start == datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
    assert entry.end == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert b"DTSTART:20261127T040000Z" in Client().get(ALL).content
    assert entry["SUMMARY"] == "金曜のJelly"
    assert entry["LOCATION"] == "ドリノキ / 小春日和 / オンライン"
    assert entry["DESCRIPTION"] == "はじめに お茶を片手に、 封筒 はさみ"
    assert entry["URL"] == settings.SITE_URL + event.get_absolute_url()
    assert entry.categories == ["ワークショップ"]
    assert entry["LAST-MODIFIED"].dt == event.changed_at.replace(microsecond=0)
    assert "GEO" not in entry


def test_feed_reads_in_the_language_that_is_asked_for_and_not_in_the_browsers(k):
    on(k)

    assert summaries(ALL, lang="en") == ["Friday Jelly"]
    assert read(ALL, lang="en")["NAME"] == "Events · Coworking Hokkaido"
    for language in ("", "ja", "xx", "\x00"):
        assert summaries(ALL, lang=language) == ["金曜のJelly"]
    answer = Client().get(ALL, headers={"accept-language": "en"})
    assert "金曜のJelly".encode() in answer.content
    assert answer.headers["Content-Language"] == "ja"


def test_feed_holds_ninety_days_back_and_four_hundred_ahead(k):
    for days in (-91, -90, 400, 401):
        on(k, day=TUESDAY + timedelta(days), starts="09:00", title_ja=str(days))

    with time_machine.travel(at("09:00"), tick=False):
        assert (timedelta(90), timedelta(400)) == (BACK, AHEAD)
        assert summaries(ALL) == ["-90"]
    with time_machine.travel(at("09:01"), tick=False):
        assert summaries(ALL) == ["400"]


def test_feed_holds_what_everybody_may_see(k):
    gone = make_space("gone", left_on=TUESDAY)
    on(k, title_ja="a")
    on(k, published_at=None, title_ja="draft")
    on(gone, title_ja="left")
    on(gone, day=date(2026, 11, 1), title_ja="before")

    assert summaries(ALL) == ["before", "a"]
    assert summaries("/spaces/gone/events.ics") == ["before"]


def test_feed_of_a_space_holds_what_it_holds_and_where_it_takes_part(k, d, four_spaces):
    on(k, title_ja="own")
    on(d, k, title_ja="there")
    on(d, title_ja="other")
    unseen = on(d, k, title_ja="not any more, before anybody saw it")
    unseen.venues.filter(space=k).update(left_at=at("08:00"))
    declined = on(d, k, title_ja="said no")
    declined.venues.filter(space=k).update(agreed_at=None, left_at=at("09:30"))

    assert sorted(summaries(OF_K)) == ["own", "there"]
    assert read(OF_K)["NAME"] == "イベント・小春日和"
    assert Client().get("/spaces/nowhere/events.ics").status_code == 404


def test_feed_of_jelly_week_holds_its_jellies(k):
    on(k, day=date(2027, 1, 18), title_ja="a")
    on(k, day=date(2027, 1, 18), kind="talk", title_ja="talk")
    on(k, day=date(2027, 3, 1), title_ja="later")
    on(k, day=date(2027, 1, 17), title_ja="the day before")
    on(k, day=date(2027, 1, 25), title_ja="the day after")

    assert summaries(ALL, jelly_week="2027") == ["a"]
    for year in ("", "x", "2011", "99999", "２０２７", "\x00"):
        assert Client().get(ALL, {"jelly_week": year}).status_code == 404


def test_feed_of_nothing_is_a_calendar_all_the_same(four_spaces, own):
    for address in (ALL, OF_K, own):
        assert list(read(address).events) == []


def test_calendar_that_subscribes_sees_a_change_of_time(k, now):
    event = on(k)
    before = entries(ALL)[uid(event)]

    change(event=event, values={"starts_at": at("15:00", FRIDAY), "ends_at": at("18:00", FRIDAY)}, now=now)

    after = entries(ALL)[uid(event)]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.start == at("15:00", FRIDAY).astimezone(UTC)
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt


def test_calendar_that_subscribes_sees_a_cancellation_and_goes_on_seeing_it(k, now):
    event = on(k)
    before = entries(ALL)[uid(event)]

    cancel(event=event, reason="", now=now)

    for moment in (now, at("12:00", FRIDAY + timedelta(30))):
        with time_machine.travel(moment, tick=False):
            for address in (ALL, OF_K):
                after = entries(address)[uid(event)]
                assert after["STATUS"] == "CANCELLED"
                assert after["SEQUENCE"] > before["SEQUENCE"]


def test_calendar_of_a_space_sees_that_it_takes_no_part_any_more(k, d, now):
    event, own = on(d, k, text_ja="茶会"), on(k, d)
    before = entries(OF_K)[uid(event)]

    for one in (event, own):
        leave_venue(venue=one.venues.get(space=k), now=now + timedelta(hours=1))

    after = entries(OF_K)[uid(event)]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after["DESCRIPTION"] == "小春日和では開催されなくなりました。\n\n茶会"
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert entries(OF_K)[uid(own)]["STATUS"] == "CONFIRMED"
    assert entries(ALL)[uid(event)]["STATUS"] == "CONFIRMED"


def test_calendar_that_subscribes_sees_another_place(k, d, dai, now):
    event = on(k)
    asked = make_venue(event, d, agreed_at=None)
    before = entries(ALL)[uid(event)]

    agree(venue=asked, offer=Offer(capacity=5), by=dai, now=now + timedelta(hours=1))

    after = entries(ALL)[uid(event)]
    assert after["LOCATION"] == "ドリノキ / 小春日和"
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_cancelled_entry_says_why_and_stays_when_its_space_has_left(four_spaces, now):
    gone = make_space("gone")
    event = on(gone, text_ja="茶会")
    cancel(event=event, reason="大雪のため", now=now)
    Space.objects.filter(pk=gone.pk).update(left_on=TUESDAY)

    for address in (ALL, "/spaces/gone/events.ics"):
        [entry] = entries(address).values()
        assert (entry["STATUS"], entry["DESCRIPTION"]) == ("CANCELLED", "大雪のため\n\n茶会")


def test_program_that_has_the_feed_already_is_told_so(k, now, settings):
    event = on(k)
    client = Client()
    first = client.get(ALL)
    etag = first.headers["ETag"]

    with time_machine.travel(at("09:40"), tick=False):
        again = client.get(ALL, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
    change(event=event, values={"title_ja": "木曜のJelly"}, now=now)
    changed = client.get(ALL, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert "木曜のJelly".encode() in changed.content
    assert changed.headers["ETag"] != etag
    assert first.headers["Cache-Control"] == "no-cache"
    # Packed or not, and in each language, it is a feed of its own.
    assert client.get(ALL, {"lang": "en"}, headers={"if-none-match": etag}).status_code == 200


def test_feeds_ask_the_same_however_much_they_hold(k, d, ben, own):
    client = Client()
    counts = {address: set() for address in (ALL, OF_K, own)}
    days = count()
    for more in (1, 2, 20):
        for _ in range(more):
            make_rsvp(on(k, d, None).venues.first(), ben)
            make_booking(k.resources.get(kind="open_seats"), user=ben, day=TUESDAY + timedelta(next(days)))
        for address, asked in counts.items():
            asked.add(queries(client, address))

    assert [len(asked) for asked in counts.values()] == [1, 1, 1]


@pytest.mark.parametrize("address", [ALL, OF_K, "/calendar/x.ics"])
def test_feeds_take_no_post(four_spaces, address):
    assert Client().post(address).status_code == 405
    assert Client().head(address).status_code == Client().get(address).status_code


# What has a place in a line of a calendar: anything that can be typed, and no end of it.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=80).map(str.strip)
WORDS = TEXT.filter(bool)


@pytest.fixture
def event(k):
    return on(k)


@given(title=WORDS, place=WORDS)
@example(title="昼, 夜; そして\\n翌朝", place="BEGIN:VEVENT")
@example(title="漢字" * 40, place="🏠" * 40)
@example(title="a" * 74 + "é" + "🧑‍🤝‍🧑" * 5, place='":;,\\')
@examples(150)
def test_any_title_reads_back_as_it_was_typed_in_short_lines(event, title, place):
    with undone():
        Event.objects.filter(pk=event.pk).update(title_ja=title)
        Space.objects.filter(pk=event.organiser_id).update(name_ja=place, address_ja="", address_en="")

        content = feed("\n".join((title, place)), shown(NOW), now=NOW)

    calendar = parsed(content)
    [entry] = calendar.events
    assert str(entry["SUMMARY"]) == title
    assert str(entry["LOCATION"]) == place
    # The library reads a name as it stands, with its escapes (RFC 5545, 3.3.11).
    named = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), calendar["NAME"])
    assert named == f"{title}\n{place}"
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=300))
@example(text="一、\n\n二;三,四\\五\r\nEND:VEVENT\r\nBEGIN:VALARM")
@example(text="\x0b\x0c\x1c\x85\u2028")
@example(text="one\rEND:VCALENDAR\r")
@examples(150)
def test_no_text_breaks_the_feed(event, text):
    with undone():
        Event.objects.filter(pk=event.pk).update(text_ja=text, title_ja=text[:100] or "x")

        content = feed("x", shown(NOW), now=NOW)

    calendar = Calendar.from_ical(content)
    assert len(calendar.events) == 1
    assert calendar.walk("VALARM") == []
    assert str(calendar.events[0]["UID"]) == uid(event)
    assert set(content) & {*range(32), 127} <= {9, 10, 13}
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")


def test_own_calendar_holds_sign_ups_at_their_venue_and_bookings(ben, chie, k, d, own, settings):
    event = on(k, d)
    make_rsvp(event.venues.get(space=d), ben)
    make_rsvp(on(k).venues.get(), chie)
    booking = make_booking(k.resources.get(kind="open_seats"), user=ben, starts="11:00", ends="13:00")

    found = entries(own)

    assert set(found) == {uid(event), f"booking-{booking.reference.lower()}@localhost"}
    assert found[uid(event)]["LOCATION"].startswith("Dorinoki, ")
    assert (found[uid(event)]["STATUS"], found[uid(event)]["TRANSP"]) == ("CONFIRMED", "OPAQUE")
    assert read(own)["NAME"] == "My events and bookings"


def test_own_calendar_speaks_the_persons_language_unless_it_is_asked_for_another(ben, chie, now, k):
    make_rsvp(on(k).venues.get(), chie)
    make_rsvp(Event.objects.get().venues.get(), ben)
    hers = f"/calendar/{own_calendar.renew(user=chie, now=now)}.ics"
    his = f"/calendar/{own_calendar.renew(user=ben, now=now)}.ics"

    assert (summaries(hers), summaries(his)) == (["金曜のJelly"], ["Friday Jelly"])
    assert (summaries(hers, lang="en"), summaries(his, lang="ja")) == (["Friday Jelly"], ["金曜のJelly"])
    answer = Client().get(his, headers=JAPANESE)
    assert answer.headers["Content-Language"] == "en"


def test_own_calendar_follows_a_sign_up_from_the_line_to_leaving_and_back(ben, chie, k, d, own, now):
    event = make_event(k)
    here, there = make_venue(event, k, capacity=1), make_venue(event, d)
    first = make_rsvp(here, chie)
    rsvp = sign_up(venue=here, user=ben, waits=True, now=now)
    seen = [entries(own)[uid(event)]]
    leave(rsvp=first, now=now)
    seen.append(entries(own)[uid(event)])
    change_venue(rsvp=rsvp, venue=there, now=now)
    seen.append(entries(own)[uid(event)])
    leave(rsvp=rsvp, now=now)
    seen.append(entries(own)[uid(event)])
    sign_up(venue=here, user=ben, now=now)
    seen.append(entries(own)[uid(event)])
    cancel(event=event, reason="Snow", now=now)
    seen.append(entries(own)[uid(event)])

    assert [str(one["STATUS"]) for one in seen] == [
        "TENTATIVE",
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert [one["LOCATION"].split(",")[0] for one in seen[1:3]] == ["Koharubiyori", "Dorinoki"]
    sequences = [one["SEQUENCE"] for one in seen]
    assert sequences == sorted(set(sequences))


def test_own_calendar_shows_a_cancelled_booking_as_such(ben, k, own, now):
    booking = make_booking(k.resources.get(kind="open_seats"), user=ben, starts="11:00", ends="13:00")
    cancel_booking(booking=booking, by="person", now=now)

    [entry] = entries(own).values()
    assert entry["STATUS"] == "CANCELLED"


def test_own_calendar_opens_nothing(ben, k, own):
    event = on(k, None)
    online = event.venues.get(space=None)
    online.online_url = "https://meet.example/secret"
    online.save()
    rsvp = make_rsvp(online, ben)

    content = Client().get(own).content.replace(b"\r\n ", b"").decode()

    assert "meet.example" not in content
    assert rsvp_token(rsvp) not in content
    assert "/sign-ups/" not in content
    assert "/ticket" not in content


def test_own_calendar_leaves_out_what_nobody_confirmed(ben, k, own):
    make_rsvp(on(k).venues.get(), ben, confirmed_at=None, going_at=None)

    assert entries(own) == {}


def test_own_feed_is_two_parts_in_one_calendar(ben, k, now):
    make_rsvp(on(k).venues.get(), ben)
    make_booking(k.resources.get(kind="open_seats"), user=ben)

    calendar = Calendar.from_ical(own_feed(ben, now=now))
    assert len(calendar.events) == 2
    assert len(calendar.walk("VCALENDAR")) == 1
