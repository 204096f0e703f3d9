"""Calendar entries, read back by the icalendar library."""

from datetime import date

from django.utils import translation
from icalendar import Calendar

from bookings.cancelling import cancel
from bookings.ics import calendar_file
from bookings.models import Booking
from bookings.moving import move
from tests.factories import at, make_booking, span

THURSDAY = date(2026, 11, 26)


def entry(booking: Booking, now, method: str = "PUBLISH"):
    calendar = Calendar.from_ical(calendar_file(booking, method=method, now=now))
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_entry_says_where_and_when(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)

    calendar, event = entry(booking, now)

    assert calendar["METHOD"] == "PUBLISH"
    assert event.decoded("DTSTART") == at("11:00", THURSDAY)
    assert event.decoded("DTEND") == at("13:00", THURSDAY)
    assert event["SUMMARY"] == "小春日和 · オープン席"
    assert event["LOCATION"] == "函館市八幡町18-18"
    assert booking.spaced_reference in event["DESCRIPTION"]


def test_uid_stays_and_sequence_grows(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)
    _, first = entry(booking, now, "REQUEST")
    moved = move(
        booking=booking,
        resource_id=booking.resource_id,
        span=span("15:00", "17:00", THURSDAY),
        seats=1,
        now=now,
    )

    _, second = entry(moved, now, "REQUEST")

    assert second["UID"] == first["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert str(second["ATTENDEE"]) == f"mailto:{ben.email}"


def test_cancelled_booking_takes_its_entry_out_of_the_calendar(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)
    gone = cancel(booking=booking, by=Booking.Side.PERSON, now=now)

    calendar, event = entry(gone, now, "REQUEST")

    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)


def test_lines_are_folded_by_octets_and_not_inside_a_character(koharubiyori, ben, now):
    koharubiyori.open_seats.name_ja = "とても長い名前の席" * 8
    koharubiyori.open_seats.save()
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)

    with translation.override("ja"):
        lines = calendar_file(booking, now=now).split(b"\r\n")

    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()
