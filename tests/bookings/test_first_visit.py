"""The first visit at a space, which may be free: once in a lifetime, given back when it was cancelled in time."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings import attendance
from bookings.cancelling import cancel
from bookings.models import Booking, FirstVisit
from bookings.moving import move
from members.models import Plan
from members.person_key import person_key
from spaces.refusing import codes
from tests.bookings.taking import quoted, take
from tests.factories import TUESDAY, at, make_booking, make_membership, make_plan, make_resource, make_space, span

THURSDAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def seats(koharubiyori):
    return koharubiyori.open_seats


def basis(user, seats, *times, **asked):
    return quoted(user, seats, *times, **asked).best.basis


def test_who_was_never_there_comes_for_nothing_and_reads_why(seats, ben):
    found = quoted(ben, seats)

    assert (found.price, found.best.reason) == (0, "Your first visit at Koharubiyori is free of charge.")
    assert [(rule.basis, rule.price) for rule in found.others] == [("drop_in", 500), ("drop_in", 800)]


def test_booking_it_uses_it_up(seats, ben):
    booking = take(ben, seats)

    assert (booking.basis, booking.price, booking.plan.kind) == ("first_visit", 0, "mini_drop_in")
    used = FirstVisit.objects.get()
    assert (used.space, used.booking, used.used_at) == (seats.space, booking, at("09:00"))
    assert basis(ben, seats, day=THURSDAY) == "drop_in"


def test_row_holds_no_address(seats, ben):
    take(ben, seats)

    used = FirstVisit.objects.get()
    assert used.person_key == person_key("BEN@example.com ")
    assert "ben" not in used.person_key


def test_longer_than_its_plan_it_is_not_free(seats, ben):
    assert basis(ben, seats, "11:00", "13:30") == "drop_in"


def test_it_is_for_one_person(seats, ben):
    found = quoted(ben, seats, seats=2)

    assert (found.price, [rule.basis for rule in (found.best, *found.others)]) == (1000, ["drop_in", "drop_in"])


def test_visitor_who_is_not_known_pays_until_we_know_them(seats):
    assert basis(None, seats) == "drop_in"


def test_other_spaces_first_visit_is_another_one(seats, ben):
    elsewhere = make_space("elsewhere")
    there = make_resource(elsewhere)
    make_plan(elsewhere, there, first_visit_free=True)
    take(ben, seats)

    assert basis(ben, there, "14:00", "16:00") == "first_visit"


def test_where_no_first_visit_is_free_everybody_pays(four_spaces, ben):
    assert basis(ben, four_spaces["cafe-36"].resources.get()) == "drop_in"


def test_who_was_there_before_has_had_it(seats, ben):
    make_booking(seats, user=ben, day=date(2026, 11, 20), checked_in_at=at("11:00", date(2026, 11, 20)))

    assert basis(ben, seats) == "drop_in"


@pytest.mark.parametrize("fact", [{}, {"missed_at": at("12:00", date(2026, 11, 20))}])
def test_booking_that_was_paid_and_never_used_is_no_visit(seats, ben, fact):
    make_booking(seats, user=ben, day=date(2026, 11, 20), **fact)

    assert basis(ben, seats) == "first_visit"


def test_member_draws_on_the_plan_and_keeps_the_first_visit(seats, ben):
    make_membership(ben, seats.space.plans.get(kind="free_pass"))

    assert take(ben, seats).basis == "plan"
    assert not FirstVisit.objects.exists()


def test_cancelled_in_time_it_is_given_back(seats, ben):
    booking = take(ben, seats, day=THURSDAY)

    cancel(booking=booking, by=Booking.Side.PERSON, now=booking.free_cancellation_until)

    assert not FirstVisit.objects.exists()
    assert take(ben, seats, day=THURSDAY).basis == "first_visit"


def test_cancelled_late_it_is_used(seats, ben):
    booking = take(ben, seats, day=THURSDAY)

    late = cancel(booking=booking, by=Booking.Side.PERSON, now=booking.free_cancellation_until + timedelta(seconds=1))

    assert (late.cancelled_late, late.cancellation_fee) == (True, 0)
    assert basis(ben, seats, day=date(2026, 11, 27)) == "drop_in"


def test_cancelled_by_the_space_however_late_it_is_given_back(seats, ben):
    booking = take(ben, seats, day=THURSDAY)

    cancel(booking=booking, by=Booking.Side.SPACE, now=booking.starts_at)

    assert basis(ben, seats, day=date(2026, 11, 27)) == "first_visit"


def test_who_did_not_come_has_used_it(seats, ben):
    booking = take(ben, seats)

    attendance.miss(booking=booking, now=at("12:00"))

    assert basis(ben, seats, day=THURSDAY) == "drop_in"


def test_who_came_has_used_it(seats, ben):
    attendance.check_in(booking=take(ben, seats), now=at("11:00"))

    assert basis(ben, seats, day=THURSDAY) == "drop_in"


def moved(booking, starts, ends, **asked):
    asked = {"resource_id": booking.resource_id, "seats": 1, "now": at("09:00"), **asked}
    return move(booking=booking, span=span(starts, ends, THURSDAY), **asked)


def test_moved_it_stays_the_first_visit(seats, ben):
    after = moved(take(ben, seats), "15:00", "17:00")

    assert (after.basis, after.price, FirstVisit.objects.get().booking) == ("first_visit", 0, after)


def test_moved_to_a_whole_day_it_is_paid_and_the_first_visit_given_back(seats, ben):
    after = moved(take(ben, seats), "11:00", "21:00")

    assert (after.basis, after.price) == ("drop_in", 800)
    assert basis(ben, seats, day=date(2026, 11, 27)) == "first_visit"


def test_paid_day_that_is_moved_to_two_hours_becomes_the_first_visit(seats, ben):
    after = moved(take(ben, seats, "11:00", "21:00"), "11:00", "13:00")

    assert (after.basis, after.price, FirstVisit.objects.get().booking) == ("first_visit", 0, after)


def test_too_late_to_cancel_is_too_late_to_move_it_where_it_could_be_cancelled(seats, ben):
    booking = take(ben, seats)

    with pytest.raises(ValidationError) as caught:
        moved(booking, "15:00", "17:00", now=at("09:01"))

    assert codes(caught.value) == {"move_too_late"}
    assert moved(booking, "15:00", "17:00", now=at("09:01"), by_operator=True).basis == "first_visit"


def test_plan_that_has_left_the_price_list_gives_no_first_visit(seats, ben):
    Plan.objects.filter(kind="mini_drop_in").update(retired_on=TUESDAY)

    assert basis(ben, seats) == "drop_in"


def test_key_of_an_account_that_was_deleted_counts_for_the_next_one_with_the_address(seats, ben):
    FirstVisit.objects.create(space=seats.space, person_key=person_key(ben.email))

    assert basis(ben, seats) == "drop_in"


def test_other_address_does_not_give_a_second_one(seats, ben):
    take(ben, seats)
    ben.email = "new@example.com"
    ben.save()

    assert basis(ben, seats, day=THURSDAY) == "drop_in"
