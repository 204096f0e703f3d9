"""Calendar entries, read back by the icalendar library."""

from datetime import UTC, date

from django.utils import translation
from icalendar import Calendar

from bookings.cancelling import cancel
from bookings.ics import calendar_file
from bookings.models import Booking
from bookings.moving import move
from tests.factories import at, make_booking, make_resource, make_space, span

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


def test_times_are_in_utc_whatever_zone_they_came_in(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)
    assert booking.starts_at.tzinfo != UTC

    lines = calendar_file(booking, now=now).decode().splitlines()

    assert [line for line in lines if line.startswith(("DTSTART", "DTEND", "DTSTAMP"))] == [
        "DTSTART:20261126T020000Z",
        "DTEND:20261126T040000Z",
        "DTSTAMP:20261124T000000Z",
    ]


def test_published_entry_invites_nobody(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)

    _, published = entry(booking, now)
    _, request = entry(booking, now, "REQUEST")

    assert (published.get("ATTENDEE"), published.get("ORGANIZER")) == (None, None)
    assert request["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert request["ORGANIZER"].params["CN"] == "小春日和"


def test_the_organiser_is_an_address_also_where_mail_has_a_name(koharubiyori, ben, now, settings):
    settings.DEFAULT_FROM_EMAIL = '"Coworking" <house@example.jp>'

    _, request = entry(make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY), now, "REQUEST")

    assert str(request["ORGANIZER"]) == "mailto:house@example.jp"


def test_walk_in_without_an_address_is_invited_to_nothing(koharubiyori, now):
    _, event = entry(make_booking(koharubiyori.open_seats, day=THURSDAY), now, "REQUEST")

    assert event.get("ATTENDEE") is None


def test_published_entry_of_a_cancelled_booking_says_so(koharubiyori, ben, now):
    gone = cancel(booking=make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY), by="space", now=now)

    calendar, event = entry(gone, now)

    assert (calendar["METHOD"], event["STATUS"]) == ("PUBLISH", "CANCELLED")


def test_entry_has_what_the_standard_asks_for(koharubiyori, ben, now):
    calendar, event = entry(make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY), now, "REQUEST")

    assert (calendar["VERSION"], event["STATUS"]) == ("2.0", "CONFIRMED")
    assert calendar["PRODID"]
    assert event["UID"].endswith("@localhost")
    assert event["URL"].startswith("http://localhost:8000/bookings/")


def test_space_without_an_address_is_found_by_its_name(db, now):
    booking = make_booking(make_resource(make_space(name_ja="どこか")), day=THURSDAY)

    assert entry(booking, now)[1]["LOCATION"] == "どこか"


def test_long_japanese_name_is_read_back_as_it_was(koharubiyori, ben, now):
    name = "とても、長い名前の席；\n" * 8
    koharubiyori.open_seats.name_ja = name[:80]
    koharubiyori.open_seats.save()

    _, event = entry(make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY), now)

    assert event["SUMMARY"] == f"小春日和 · {name[:80]}"
