"""Cancelling: until when it is free, what it costs later, and that the seat is free at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Booking
from notices.models import Notice
from spaces.models import Space
from spaces.refusing import codes
from tests.factories import at, make_booking, span

PERSON, SPACE = Booking.Side.PERSON, Booking.Side.SPACE


def refused(booking: Booking, now, by=PERSON) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        cancel(booking=booking, by=by, now=now)
    return codes(caught.value)


@pytest.mark.parametrize(
    ("clock", "seconds", "fee"), [("09:00", 0, 0), ("11:00", 0, 0), ("11:00", 1, 800), ("12:59", 59, 800)]
)
def test_free_until_two_hours_before_to_the_second(koharubiyori, ben, now, clock, seconds, fee):
    booking = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    after = cancel(booking=booking, by=PERSON, now=at(clock) + timedelta(seconds=seconds))

    assert (after.cancelled_by, after.cancellation_fee, after.sequence) == ("person", fee, 1)


def test_space_cancels_without_a_fee_even_late(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    assert cancel(booking=booking, by=SPACE, now=at("12:59")).cancellation_fee == 0


def test_space_cancels_what_has_begun_the_person_does_not(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    assert refused(booking, at("13:00")) == {"begun"}
    assert cancel(booking=booking, by=SPACE, now=at("14:00")).cancelled_at == at("14:00")


def test_twice_checked_in_and_over_are_refused(koharubiyori, ben, chie, now):
    twice = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")
    cancel(booking=twice, by=PERSON, now=now)
    there = make_booking(koharubiyori.open_seats, user=chie, starts="13:00", ends="15:00", checked_in_at=at("13:05"))

    assert refused(twice, now) == {"not_live"}
    assert refused(there, at("13:10"), by=SPACE) == {"begun"}
    assert refused(there, at("15:00"), by=SPACE) == {"ended"}


def test_seat_is_free_for_others_at_once(koharubiyori, ben, chie, now):
    seats = koharubiyori.open_seats
    make_booking(seats, starts="13:00", ends="15:00", seats=14)
    last = make_booking(seats, user=ben, starts="13:00", ends="15:00")

    cancel(booking=last, by=PERSON, now=now)

    assert book(user=chie, space=koharubiyori.space, resource_id=seats.pk, span=span("13:00", "15:00"), now=now).is_live


def test_one_notice_tells_of_it(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    cancel(booking=booking, by=PERSON, now=now)

    assert [notice.kind for notice in Notice.objects.all()] == ["booking.cancelled"]


@pytest.mark.parametrize(
    ("minutes", "clock", "fee"),
    [(0, "12:59", 0), (60, "12:00", 0), (60, "12:01", 800), (1440, "09:00", 800)],
)
def test_each_space_says_itself_until_when_it_is_free(koharubiyori, ben, minutes, clock, fee):
    Space.objects.filter(pk=koharubiyori.space.pk).update(free_cancellation_minutes=minutes)
    booking = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    assert cancel(booking=Booking.objects.get(pk=booking.pk), by=PERSON, now=at(clock)).cancellation_fee == fee


def test_what_costs_nothing_is_cancelled_for_nothing(garage, aiko):
    booking = make_booking(garage.open_seats, user=aiko, starts="13:00", ends="15:00", price=0, basis="plan")

    assert cancel(booking=booking, by=PERSON, now=at("12:59")).cancellation_fee == 0


def test_who_did_not_come_can_not_cancel_afterwards(koharubiyori, ben):
    booking = make_booking(koharubiyori.open_seats, user=ben, missed_at=at("11:10"))

    assert refused(booking, at("11:20")) == {"not_live"}
    assert refused(booking, at("11:20"), by=SPACE) == {"not_live"}


def test_visitor_without_an_address_is_told_nothing(koharubiyori, now):
    booking = make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", name="電話の方")

    assert cancel(booking=booking, by=SPACE, now=now).cancelled_at == now
    assert not Notice.objects.exists()
