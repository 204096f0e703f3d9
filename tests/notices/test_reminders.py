"""Reminders as they go out: the evening before, never at night, late or not at all, and what they ask."""

import email
import email.policy
from datetime import date

import pytest
import time_machine
from django.core import mail
from icalendar import Calendar

from bookings.booking import book
from events.links import asked_of
from events.signing_up import sign_up
from events.still_coming import keep
from notices.delivery import deliver_due
from notices.models import Notice
from spaces.models import Space
from tests.conftest import NOW
from tests.events.making import make_event, make_venue
from tests.factories import at, make_plan, make_resource, make_space, make_user, make_visited, span
from tests.reading import Page

pytestmark = pytest.mark.usefixtures("letters_apart")

TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (24, 25, 26))
LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])


@pytest.fixture
def early(db):
    """The seats of a house that opens at five."""
    seats = make_resource(make_space(opens="05:00", closes="22:00"))
    make_plan(seats.space, seats)
    return seats


def books(seats, starts, ends, day=THURSDAY, now=NOW, language="en"):
    user = make_visited(make_user("ben@example.com", language=language), seats.space)
    return book(user=user, space=seats.space, resource_id=seats.pk, span=span(starts, ends, day), now=now)


def delivered(clock, day=WEDNESDAY):
    """The mails that go out when the outbox is emptied at a time."""
    mail.outbox.clear()
    with time_machine.travel(at(clock, day)):
        deliver_due(until=at("23:59", day))
    return list(mail.outbox)


def reminder_state():
    found = Notice.objects.get(kind="booking.reminder")
    return found.state, found.last_error


def test_for_a_morning_it_goes_out_at_five_in_the_evening_before(early):
    books(early, "06:30", "09:00")
    delivered("09:01", TUESDAY)

    assert delivered("16:59") == []
    [letter] = delivered("17:00")

    assert letter.subject == "Tomorrow: Somewhere, Thu 26 Nov 06:30"


@pytest.mark.parametrize("clock", ["21:00", "23:50"])
def test_what_is_late_in_the_evening_waits_for_the_morning_and_speaks_of_today(early, clock):
    books(early, "11:00", "13:00")
    delivered("09:01", TUESDAY)

    assert delivered(clock) == []
    assert delivered("03:00", THURSDAY) == []
    assert delivered("06:59", THURSDAY) == []
    [letter] = delivered("07:00", THURSDAY)

    assert letter.subject == "Today: Somewhere, Thu 26 Nov 11:00"
    assert "See you today." in letter.body
    assert "tomorrow" not in letter.body


def test_what_would_come_too_late_in_the_morning_is_dropped(early):
    books(early, "06:30", "09:00")
    delivered("09:01", TUESDAY)

    assert delivered("21:30") == []
    assert delivered("05:00", THURSDAY) == []
    assert delivered("07:00", THURSDAY) == []

    assert reminder_state() == ("dropped", "Too late to be useful.")


def test_night_is_that_of_the_space(early):
    Space.objects.update(timezone="Europe/Lisbon")
    early.refresh_from_db()
    # Five in the evening there is two at night in Japan.
    books(early, "20:00", "22:00")
    delivered("09:01", TUESDAY)

    assert delivered("01:59", THURSDAY) == []
    assert len(delivered("03:00", THURSDAY)) == 1


@pytest.mark.parametrize(("clock", "reminders"), [("16:59", 1), ("17:00", 0), ("18:30", 0)])
def test_who_books_after_five_for_the_next_day_has_the_confirmation_and_no_reminder(early, clock, reminders):
    books(early, "11:00", "13:00", now=at(clock, WEDNESDAY))

    assert Notice.objects.filter(kind="booking.confirmed").count() == 1
    assert Notice.objects.filter(kind="booking.reminder").count() == reminders


def test_once_free_cancellation_is_over_the_reminder_does_not_promise_it(early):
    books(early, "08:00", "10:00")
    delivered("09:01", TUESDAY)

    [letter] = delivered("07:00", THURSDAY)

    assert "cancelling is free until" not in letter.body
    assert "If you can’t come, please cancel" in letter.body


class Letter:
    """A mail as the program of its reader takes it apart."""

    def __init__(self, sent):
        raw = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
        self.subject, self.text = raw["Subject"], raw.get_body(("plain",)).get_content()
        self.page = Page.of(raw.get_body(("html",)).get_content())
        self.calendars = [Calendar.from_ical(part.get_content()) for part in raw.iter_attachments()]
        self.asks = [words for words, href in self.page.links if "coming/" in href]


@pytest.fixture
def venue(four_spaces):
    event = make_event(four_spaces["koharubiyori"], day=THURSDAY, starts="13:00", ends="17:00")
    return make_venue(event, four_spaces["koharubiyori"], capacity=5)


def signs_up(venue, language="en", **fields):
    return sign_up(venue=venue, user=make_user("ben@example.com", language=language), **{"now": NOW, **fields})


@LANGUAGES
def test_reminders_of_an_event_ask_twice_with_the_calendar_file(venue, language):
    rsvp = signs_up(venue, language)
    delivered("09:01", TUESDAY)

    [eve], [soon] = delivered("17:00"), delivered("11:00", THURSDAY)

    for letter in (Letter(eve), Letter(soon)):
        assert letter.asks == {"en": ["I'm coming", "Free my place"], "ja": ["参加します", "席をゆずる"]}[language]
        for words in letter.asks:
            assert f"{words}\n{letter.page.link(words)}" in letter.text
        [calendar] = letter.calendars
        [entry] = calendar.events
        assert calendar["METHOD"] == "REQUEST"
        assert entry["UID"] == f"event-{rsvp.event.reference.lower()}@localhost"
        assert entry["SEQUENCE"] == 0


def test_who_has_said_so_is_not_asked_again(venue):
    signs_up(venue)
    delivered("09:01", TUESDAY)
    eve = Letter(delivered("17:00")[0])
    token = eve.page.link("I'm coming").split("/")[-2]
    keep(asked=asked_of(token), now=at("18:00", WEDNESDAY))

    soon = Letter(delivered("11:00", THURSDAY)[0])

    assert soon.asks == []
    assert "Open my sign-up" in [words for words, _href in soon.page.links]


def test_evening_s_reminder_that_is_late_does_not_go_out_beside_the_one_of_the_day(venue):
    signs_up(venue)
    delivered("09:01", TUESDAY)

    assert delivered("21:30") == []
    [letter] = delivered("11:00", THURSDAY)

    assert letter.subject == "Today at 13:00: Friday Jelly"
    dropped = Notice.objects.get(kind="event.day_before")
    assert (dropped.state, dropped.last_error) == ("dropped", "Too late to be useful.")


def test_evening_s_reminder_that_is_late_by_a_night_goes_out_in_the_morning(venue):
    signs_up(venue)
    delivered("09:01", TUESDAY)

    assert delivered("23:00") == []
    assert delivered("06:30", THURSDAY) == []
    [letter] = delivered("07:00", THURSDAY)

    assert letter.subject == "Are you coming? Friday Jelly, Thu 26 Nov"


@pytest.mark.parametrize("starts", ["07:00", "06:00"])
def test_event_that_begins_before_the_morning_is_reminded_of_in_the_evening_or_not_at_all(venue, starts):
    event = venue.event
    event.starts_at, event.ends_at = at(starts, THURSDAY), at("12:00", THURSDAY)
    event.save()
    signs_up(venue)
    delivered("09:01", TUESDAY)

    assert delivered("22:00") == []
    assert delivered("07:00", THURSDAY) == []

    assert set(Notice.objects.filter(kind__in=["event.day_before", "event.soon"]).values_list("state", flat=True)) == {
        "dropped"
    }
