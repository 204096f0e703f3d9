"""Moving a booking: the new seats are taken and the old ones given back, or nothing happens."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from notices.models import Notice
from spaces.refusing import codes
from tests.factories import at, make_booking, make_membership, make_user, make_visited, span

THURSDAY = date(2026, 11, 26)


@pytest.fixture
def ben(ben, koharubiyori):
    return make_visited(ben, koharubiyori.space)


def moved(booking: Booking, now, *, to=None, resource=None, seats=1, **asked) -> Booking:
    return move(
        booking=booking,
        resource_id=(resource or booking.resource).pk,
        span=to or span("15:00", "17:00", THURSDAY),
        seats=seats,
        now=now,
        **asked,
    )


def refused(booking: Booking, now, **asked) -> set[str]:
    before = Booking.objects.filter(pk=booking.pk).values().get()
    with pytest.raises(ValidationError) as caught:
        moved(booking, now, **asked)
    assert Booking.objects.filter(pk=booking.pk).values().get() == before
    return codes(caught.value)


def test_new_time_is_priced_anew_and_told(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY, starts="11:00", ends="21:00")

    after = moved(booking, now)

    assert (after.starts_at, after.price, after.plan.kind, after.sequence) == (
        at("15:00", THURSDAY),
        500,
        "mini_drop_in",
        1,
    )
    assert {notice.kind for notice in Notice.objects.all()} == {"booking.changed", "booking.reminder"}


def test_seats_of_its_own_do_not_stand_in_the_way(koharubiyori, ben, now):
    seats = koharubiyori.open_seats
    make_booking(seats, day=THURSDAY, starts="11:00", ends="21:00", seats=14)
    booking = make_booking(seats, user=ben, day=THURSDAY, starts="15:00", ends="17:00")

    assert moved(booking, now, to=span("16:00", "18:00", THURSDAY)).starts_at == at("16:00", THURSDAY)


def test_to_a_full_hour_is_refused(koharubiyori, ben, now):
    make_booking(koharubiyori.open_seats, day=THURSDAY, starts="16:00", ends="16:30", seats=15)
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY, starts="11:00", ends="13:00")

    assert refused(booking, now) == {"full"}


def test_to_a_room_of_the_same_space(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)

    after = moved(booking, now, resource=koharubiyori.rooms[0])

    after.refresh_from_db()
    assert (after.price, after.holds_seat, after.is_exclusive) == (1000, False, True)


def test_to_another_space_is_refused(koharubiyori, dorinoki, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)

    assert refused(booking, now, resource=dorinoki.rooms[0]) == {"no_such_resource"}


def test_over_an_own_seat_elsewhere_is_refused(koharubiyori, four_spaces, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)
    elsewhere = four_spaces["cafe-36"].resources.get()
    make_booking(elsewhere, user=ben, day=THURSDAY, starts="16:00", ends="18:00")

    assert refused(booking, now) == {"overlaps_own"}


def test_other_price_than_agreed_is_refused(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY)

    assert refused(booking, now, agreed_price=800) == {"price_changed"}


def test_until_free_cancellation_ends_and_not_a_second_later(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY, starts="11:00", ends="13:00")
    last = at("09:00", THURSDAY)

    assert moved(booking, last).sequence == 1
    booking.refresh_from_db()
    late = booking.free_cancellation_until.replace(second=1)
    assert refused(booking, late, to=span("17:00", "19:00", THURSDAY)) == {"move_too_late"}


def test_operator_moves_until_it_begins(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY, starts="11:00", ends="13:00")

    assert moved(booking, at("10:59", THURSDAY), by_operator=True).sequence == 1


def test_free_booking_of_a_member_moves_until_it_begins(garage, aiko, now):
    booking = make_booking(garage.open_seats, user=aiko, day=THURSDAY, price=0, basis="plan")

    assert moved(booking, at("10:59", THURSDAY)).price == 0


def test_begun_and_cancelled_bookings_stay(koharubiyori, ben, now):
    booking = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY, starts="11:00", ends="13:00")
    assert refused(booking, at("11:00", THURSDAY), by_operator=True) == {"begun"}

    cancel(booking=booking, by=Booking.Side.PERSON, now=now)

    assert refused(booking, now) == {"not_live"}


def test_member_whose_plan_has_ended_pays_again(four_spaces, koharubiyori, now):
    member = make_visited(make_user("passholder@example.jp"), koharubiyori.space)
    make_membership(member, four_spaces["koharubiyori"].plans.get(kind="free_pass"), ends_on=THURSDAY)
    booking = make_booking(koharubiyori.open_seats, user=member, day=THURSDAY, price=0, basis="plan")

    after = moved(booking, now, to=span("15:00", "17:00", date(2026, 11, 27)))

    assert (after.basis, after.price) == ("drop_in", 500)
