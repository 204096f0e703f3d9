"""The booking as a row: what it knows about itself, and the querysets that ask many the same."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking
from members.models import User
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_resource, make_room, make_space, make_user
from tests.properties import examples, undone


@pytest.fixture
def seats(db):
    return make_resource(make_space(), capacity=50)


def test_live_asks_rows_what_is_live_asks_one(seats):
    make_booking(seats)
    make_booking(seats, missed_at=at("11:30"))
    make_booking(seats, cancelled_at=at("10:00"), cancelled_by="person")
    make_booking(seats, checked_in_at=at("11:00"), checked_out_at=at("12:00"))

    assert [one.is_live for one in Booking.objects.order_by("pk")] == [True, False, False, True]
    assert set(Booking.objects.live()) == {one for one in Booking.objects.all() if one.is_live}


@given(start=st.integers(-30, 60), length=st.integers(1, 100), begins=st.integers(0, 30), lasts=st.integers(1, 100))
@examples(60)
def test_overlapping_shares_a_moment(seats, start, length, begins, lasts):
    quarter = timedelta(minutes=15)
    noon = at("12:00")

    with undone():
        booking = Booking.objects.create(
            resource=seats,
            starts_at=noon + begins * quarter,
            ends_at=noon + (begins + lasts) * quarter,
            basis="drop_in",
            price=0,
        )

        found = Booking.objects.overlapping(noon + start * quarter, noon + (start + length) * quarter)

        shared = set(range(start, start + length)) & set(range(begins, begins + lasts))
        assert list(found) == ([booking] if shared else [])


def test_upcoming_and_past_part_all_bookings_of_a_person(seats, ben):
    noon = at("12:00")
    over = make_booking(seats, user=ben, starts="09:00", ends="12:00")
    running = make_booking(seats, user=ben, starts="12:00", ends="12:30")
    later = make_booking(seats, user=ben, starts="15:00", ends="16:00")
    gone = make_booking(seats, user=ben, starts="15:00", ends="16:00", cancelled_at=noon, cancelled_by="person")
    missed = make_booking(seats, user=ben, starts="11:00", ends="18:00", missed_at=noon)
    make_booking(seats, user=make_user())

    own = Booking.objects.for_user(ben)

    assert list(own.upcoming(noon)) == [running, later]
    assert list(own.past(noon)) == [gone, missed, over]


def test_operator_sees_the_bookings_of_the_own_spaces(seats):
    here, there = make_booking(seats), make_booking(make_resource(make_space("elsewhere")))
    sam = make_operator("sam@example.jp", seats.space)
    everybody = User.objects.create_superuser("all@example.jp", "a secret", family_name="全")

    assert list(Booking.objects.for_operator(sam)) == [here]
    assert set(Booking.objects.for_operator(everybody)) == {here, there}
    assert list(Booking.objects.for_operator(make_user())) == []


def test_seats_of_a_person_are_live_seats_under_the_address(seats, ben):
    seat = make_booking(seats, user=ben)
    make_booking(make_room(seats.space), user=ben)
    make_booking(seats, user=ben, cancelled_at=at("10:00"), cancelled_by="person")
    make_booking(seats, user=ben, person=None, name="guest of Ben", starts="15:00", ends="16:00")

    assert list(Booking.objects.seats_of(ben)) == [seat]
    assert list(Booking.objects.seats_of(AnonymousUser())) == list(Booking.objects.seats_of(None)) == []


def test_booking_is_called_by_its_reference_and_its_holder(seats, ben):
    booking = make_booking(seats, user=ben, reference="ABCD2345")

    assert (str(booking), booking.spaced_reference) == ("ABCD-2345", "ABCD-2345")
    assert booking.get_absolute_url() == "/bookings/ABCD2345/"
    assert booking.holder == "Ben Miller"
    assert make_booking(seats, user=None, name="電話の方").holder == "電話の方"
    assert make_booking(seats, user=ben, name="", starts="15:00", ends="16:00").holder == "Ben Miller"
    assert make_booking(seats).holder == ""


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "Confirmed"),
        ({"checked_in_at": at("11:00")}, "Checked in"),
        ({"checked_in_at": at("11:00"), "checked_out_at": at("12:00")}, "Visited"),
        ({"missed_at": at("11:30")}, "Did not come"),
        ({"cancelled_at": at("10:00"), "cancelled_by": "space"}, "Cancelled"),
    ],
)
def test_booking_says_how_it_stands(fields, state):
    with translation.override("en"):
        assert str(Booking(**fields).state_name) == state


def test_booking_begins_and_ends_at_its_very_moments():
    booking = Booking(starts_at=at("11:00"), ends_at=at("13:00"))

    assert [booking.has_begun_at(at(clock)) for clock in ("10:59", "11:00")] == [False, True]
    assert [booking.has_ended_at(at(clock)) for clock in ("12:59", "13:00")] == [False, True]


def test_free_cancelling_ends_before_the_start_by_what_the_space_says(seats):
    seats.space.free_cancellation_minutes = 90
    booking = make_booking(seats, starts="12:00", ends="13:00", day=date(2026, 11, 26))

    assert booking.free_cancellation_until == at("10:30", date(2026, 11, 26))
