"""The calendar file of one booking."""

from datetime import UTC

import pytest
from icalendar import Calendar

from bookings.cancelling import cancel
from tests.factories import at, make_booking


@pytest.fixture
def booking(ben, koharubiyori):
    return make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", user=ben)


@pytest.fixture
def entry(english, ben, booking):
    """Call it for the file as a calendar reads it, and its one entry."""

    def read(**headers):
        answer = english(ben).get(f"/bookings/{booking.reference}/calendar.ics", headers=headers or None)
        assert answer.status_code == 200
        calendar = Calendar.from_ical(answer.content)
        [event] = calendar.events
        return calendar, event

    return read


def test_file_is_a_calendar_with_a_name(english, ben, booking):
    answer = english(ben).get(f"/bookings/{booking.reference}/calendar.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="booking-{booking.reference}.ics"'
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_entry_says_when_and_where(entry, booking, settings):
    calendar, event = entry()

    assert calendar["METHOD"] == "PUBLISH"
    assert event.start.astimezone(UTC) == at("13:00").astimezone(UTC)
    assert event.end.astimezone(UTC) == at("15:00").astimezone(UTC)
    assert event["SUMMARY"] == "Koharubiyori · Open seats"
    assert event["LOCATION"] == "18-18 Hachiman-cho, Hakodate"
    assert event["URL"] == f"{settings.SITE_URL}/bookings/{booking.reference}/"
    assert booking.spaced_reference in event["DESCRIPTION"]


def test_entry_keeps_its_identity_and_counts_its_changes(entry, booking):
    before = entry()[1]
    booking.sequence = 3
    booking.save()
    after = entry()[1]

    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 3)


def test_cancelled_booking_is_a_cancelled_entry(entry, booking, now):
    cancel(booking=booking, by="person", now=now)

    assert entry()[1]["STATUS"] == "CANCELLED"


def test_entry_reads_in_japanese(entry):
    assert entry(**{"accept-language": "ja"})[1]["SUMMARY"] == "小春日和 · オープン席"


@pytest.mark.parametrize("name", ["Say “hi”, we; are\\here", 'Say "hi"', "Two\nlines", "Two\r\nBEGIN:VALARM", "🏠:x"])
def test_name_of_a_space_can_not_break_the_file(entry, koharubiyori, name):
    koharubiyori.space.name_en = name
    koharubiyori.space.save()

    calendar, event = entry()

    assert event["SUMMARY"].replace("\r", "") == f"{name} · Open seats".replace("\r", "")
    assert calendar.walk("VALARM") == []


def test_visitor_is_sent_to_sign_in_and_a_stranger_finds_nothing(visitor, english, chie, booking):
    address = f"/bookings/{booking.reference}/calendar.ics"

    assert visitor.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert english(chie).get(address).status_code == 404


def test_file_takes_no_post(english, ben, booking):
    assert english(ben).post(f"/bookings/{booking.reference}/calendar.ics").status_code == 405
