"""The evening before and two hours before: at the clocks of the venue, as long as it is true, and once."""

from datetime import timedelta

import pytest

from events import announcing, series, series_changes
from events.changing_sign_up import change_venue
from events.door import check_in
from events.leaving import leave
from events.models import Venue
from events.signing_up import sign_up
from notices.models import Notice
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.events.posting import LANGUAGES, delivered
from tests.factories import at

EVE = at("17:00", FRIDAY - timedelta(days=1))


@pytest.fixture
def jelly(four_spaces):
    return make_event(four_spaces["koharubiyori"])


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=2)


def subjects(moment) -> list[str]:
    return [letter.subject for letter in delivered(moment)]


def due(*kinds: str) -> list[object]:
    """When the reminders are due that are still in the outbox."""
    return list(
        Notice.objects.filter(kind__in=kinds, state="waiting").order_by("due_at").values_list("due_at", flat=True)
    )


def test_who_comes_is_reminded_the_evening_before_and_two_hours_before(here, aiko, settings, now):
    sign_up(venue=here, user=aiko, now=now)
    delivered()

    assert delivered(EVE - timedelta(seconds=1)) == []
    [eve] = delivered(EVE)
    [soon] = delivered(at("11:00", FRIDAY))
    assert delivered(at("12:59", FRIDAY)) == []

    assert eve.subject == "参加のご確認：金曜のJelly（11月27日（金））"
    assert f"{settings.SITE_URL}/sign-ups/" in eve.body
    assert soon.subject == "まもなく13:00開始：金曜のJelly"


@LANGUAGES
def test_who_comes_online_has_the_link_two_hours_before(jelly, ben, language, now):
    online = make_venue(jelly, None, capacity=None, online_url="https://meet.example/jelly")
    type(ben).objects.filter(pk=ben.pk).update(language=language)
    ben.language = language
    sign_up(venue=online, user=ben, now=now)

    [*_others, soon] = [letter for moment in (now, EVE, at("11:00", FRIDAY)) for letter in delivered(moment)]

    assert "13:00" in soon.subject
    assert "https://meet.example/jelly" in soon.body
    assert 'href="https://meet.example/jelly"' in soon.alternatives[0][0]


def test_nobody_is_woken_at_night(four_spaces, aiko, now):
    early = make_event(four_spaces["koharubiyori"], starts="08:00", ends="10:00")
    sign_up(venue=make_venue(early, four_spaces["koharubiyori"]), user=aiko, now=now)

    assert due("event.soon") == [at("07:00", FRIDAY)]


def test_reminders_go_by_the_clocks_of_the_venue(jelly, four_spaces, aiko, now):
    space = four_spaces["dorinoki"]
    space.timezone = "Asia/Kolkata"
    space.save()
    sign_up(venue=make_venue(jelly, space), user=aiko, now=now)

    # 13:00 in Japan is 9:30 there.
    assert due("event.day_before", "event.soon") == [at("20:30", FRIDAY - timedelta(days=1)), at("11:00", FRIDAY)]


def test_who_signs_up_on_the_day_is_reminded_only_of_what_is_to_come(here, aiko):
    sign_up(venue=here, user=aiko, now=at("10:00", FRIDAY))

    assert due("event.day_before", "event.soon") == [at("11:00", FRIDAY)]


def test_another_time_has_other_reminders_and_the_old_are_left_out(jelly, here, aiko, now):
    sign_up(venue=here, user=aiko, now=now)
    later = timedelta(days=1, hours=2)
    announcing.change(
        event=jelly, values={"starts_at": jelly.starts_at + later, "ends_at": jelly.ends_at + later}, now=now
    )
    delivered()

    assert subjects(EVE) == subjects(at("11:00", FRIDAY)) == []
    assert subjects(EVE + timedelta(days=1)) == ["参加のご確認：金曜のJelly（11月28日（土））"]
    assert subjects(at("13:00", FRIDAY + timedelta(days=1))) == ["まもなく15:00開始：金曜のJelly"]


def test_a_series_that_is_moved_moves_its_reminders(four_spaces, aiko, sam, now):
    event = make_event(four_spaces["koharubiyori"])
    make_venue(event, four_spaces["koharubiyori"])
    series.repeat(event=event, rule="FREQ=WEEKLY", now=now)
    event.refresh_from_db()
    sign_up(venue=Venue.objects.get(event=event), user=aiko, now=now)

    hour = timedelta(hours=1)
    series_changes.change_following(
        event=event, values={"starts_at": event.starts_at + hour, "ends_at": event.ends_at + hour}, now=now
    )
    told = subjects(now)

    assert told == ["日時の変更：金曜のJelly（11月27日（金））"]
    assert subjects(at("11:00", FRIDAY)) == ["参加のご確認：金曜のJelly（11月27日（金））"]
    assert subjects(at("12:00", FRIDAY)) == ["まもなく14:00開始：金曜のJelly"]


def test_another_venue_has_its_own_reminders_once(jelly, here, four_spaces, aiko, now):
    rsvp = sign_up(venue=here, user=aiko, now=now)
    change_venue(rsvp=rsvp, venue=make_venue(jelly, four_spaces["dorinoki"]), now=now)
    delivered()

    assert [letter.from_email.partition(" <")[0] for letter in delivered(EVE)] == ['"ドリノキ"']


def test_who_moves_up_is_reminded_as_well(here, aiko, now):
    gone = make_rsvp(here, people=2)
    sign_up(venue=here, user=aiko, waits=True, now=now)
    leave(rsvp=gone, now=now)
    delivered()

    assert len(delivered(EVE)) == 1


def test_who_waits_or_has_left_is_not_reminded(here, aiko, ben, chie, now):
    goes = sign_up(venue=here, user=aiko, people=2, now=now)
    sign_up(venue=here, user=ben, people=2, waits=True, now=now)
    sign_up(venue=here, user=chie, waits=True, now=now)
    leave(rsvp=goes, now=now)
    delivered()

    assert {letter.to[0] for letter in delivered(EVE)} == {ben.email}


def test_nobody_is_reminded_of_a_cancelled_event(jelly, here, aiko, now):
    sign_up(venue=here, user=aiko, now=now)
    announcing.cancel(event=jelly, reason="大雪", now=now)
    delivered()

    assert subjects(EVE) == subjects(at("11:00", FRIDAY)) == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent", "dropped"}


def test_who_is_there_already_is_not_reminded(here, aiko, now):
    rsvp = sign_up(venue=here, user=aiko, now=now)
    subjects(now), subjects(EVE)
    check_in(rsvp=rsvp, venue=here, now=at("11:00", FRIDAY))

    assert subjects(at("11:01", FRIDAY)) == []


def test_a_reminder_that_is_late_is_left_out(here, aiko, now):
    sign_up(venue=here, user=aiko, now=now)
    delivered()

    assert subjects(at("13:00", FRIDAY)) == []
