"""How much one person may hold at a space: told before it is hit, refused after, and an operator may pass it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings import attendance
from bookings.cancelling import cancel
from bookings.moving import move
from spaces.refusing import codes
from tests.bookings.taking import quoted, refused, take
from tests.factories import at, make_booking, make_plan, make_resource, make_room, make_space, span

WEDNESDAY, THURSDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (25, 26, 29, 30))


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def space(db):
    return make_space(max_upcoming_bookings=2)


@pytest.fixture
def seats(space):
    seats = make_resource(space)
    make_plan(space, seats)
    return seats


@pytest.fixture
def hours(space):
    """Six hours a week, and as many bookings as one likes."""
    space.max_upcoming_bookings, space.max_hours_a_week = None, 6
    space.save()


def says(user, resource, *times, **asked):
    with pytest.raises(ValidationError) as caught:
        take(user, resource, *times, **asked)
    return caught.value.messages


def test_limit_of_bookings_is_told_before_it_is_hit(seats, ben):
    assert quoted(ben, seats).tips == ("With this you hold 1 of 2 upcoming bookings at Somewhere.",)
    take(ben, seats)
    assert quoted(ben, seats, day=WEDNESDAY).tips == ("With this you hold 2 of 2 upcoming bookings at Somewhere.",)


def test_one_more_than_the_limit_is_refused_with_the_limit(seats, ben):
    take(ben, seats)
    take(ben, seats, day=WEDNESDAY)

    assert says(ben, seats, day=THURSDAY) == [
        "Somewhere lets one person hold 2 upcoming bookings, and you do. Cancel one first."
    ]


def test_others_do_not_count(seats, ben, chie):
    take(chie, seats)
    take(chie, seats, day=WEDNESDAY)

    assert take(ben, seats, day=THURSDAY).is_live


def test_other_spaces_do_not_count(seats, ben):
    elsewhere = make_space("elsewhere")
    there = make_resource(elsewhere)
    make_plan(elsewhere, there)
    for day in (WEDNESDAY, THURSDAY, MONDAY):
        take(ben, there, day=day)

    assert take(ben, seats).is_live


def test_rooms_count_as_seats_do(space, seats, ben):
    take(ben, seats)
    take(ben, make_room(space))

    assert refused(ben, seats, day=THURSDAY) == {"too_many_upcoming"}


@pytest.mark.parametrize("late", [False, True])
def test_cancelled_it_counts_no_longer(seats, ben, late):
    take(ben, seats)
    second = take(ben, seats, day=WEDNESDAY)

    moment = second.free_cancellation_until + timedelta(seconds=late)
    assert cancel(booking=second, by="person", now=moment).cancelled_late == late

    assert take(ben, seats, day=THURSDAY).is_live


def test_what_is_over_counts_no_longer(seats, ben):
    take(ben, seats)
    take(ben, seats, day=WEDNESDAY)

    assert refused(ben, seats, day=THURSDAY, now=at("12:59")) == {"too_many_upcoming"}
    assert take(ben, seats, day=THURSDAY, now=at("13:00")).is_live


def test_missed_it_counts_no_longer(seats, ben):
    missed = take(ben, seats)
    take(ben, seats, day=WEDNESDAY)
    attendance.miss(booking=missed, now=at("11:30"))

    assert take(ben, seats, day=THURSDAY, now=at("11:30")).is_live


def test_moving_is_not_one_more(seats, ben):
    take(ben, seats)
    second = take(ben, seats, day=WEDNESDAY)

    after = move(booking=second, resource_id=seats.pk, span=span("15:00", "17:00", THURSDAY), seats=1, now=at("09:00"))

    assert after.starts_at == at("15:00", THURSDAY)


def test_operator_may_pass_the_limits(seats, ben, space):
    space.max_hours_a_week = 4
    space.save()
    take(ben, seats)
    second = take(ben, seats, day=WEDNESDAY)

    third = take(ben, seats, "10:00", "20:00", day=THURSDAY, by_operator=True)

    assert third.is_live
    later = span("10:00", "20:00", WEDNESDAY)
    assert move(booking=second, resource_id=seats.pk, span=later, seats=1, by_operator=True, now=at("09:00")).is_live


def test_limit_that_was_lowered_takes_nothing_away_and_lets_nothing_in(seats, ben, space):
    booked = [take(ben, seats), take(ben, seats, day=WEDNESDAY)]
    space.max_upcoming_bookings = 1
    space.save()

    assert refused(ben, seats, day=THURSDAY) == {"too_many_upcoming"}
    for booking in booked:
        booking.refresh_from_db()
        assert booking.is_live


@pytest.mark.usefixtures("hours")
def test_limit_of_hours_is_told_before_it_is_hit(seats, ben):
    take(ben, seats, "11:00", "12:30")

    assert quoted(ben, seats, "11:00", "15:30", day=WEDNESDAY).tips == (
        "With this you have booked 6 of 6 hours in that week at Somewhere.",
    )


@pytest.mark.usefixtures("hours")
def test_longer_than_what_is_left_of_the_week_is_refused_with_what_is_left(seats, ben):
    take(ben, seats, "11:00", "14:30")

    assert says(ben, seats, "11:00", "14:00", day=WEDNESDAY) == [
        "Somewhere lets one person book 6 hours a week; 2.5 are left in that week."
    ]
    assert take(ben, seats, "11:00", "13:30", day=WEDNESDAY).is_live


@pytest.mark.usefixtures("hours")
def test_week_is_from_monday_to_sunday(seats, ben):
    take(ben, seats, "11:00", "17:00", day=SUNDAY)

    assert refused(ben, seats, "11:00", "11:30") == {"too_many_hours"}
    assert take(ben, seats, "11:00", "17:00", day=MONDAY).is_live


@pytest.mark.usefixtures("hours")
def test_hours_of_this_week_that_are_past_count(seats, ben):
    make_booking(seats, user=ben, starts="10:00", ends="16:00", day=date(2026, 11, 23))
    make_booking(seats, user=ben, starts="10:00", ends="20:00", day=date(2026, 11, 22))

    assert refused(ben, seats, "11:00", "11:30") == {"too_many_hours"}


@pytest.mark.usefixtures("hours")
@pytest.mark.parametrize(("late", "is_refused"), [(False, False), (True, True)])
def test_hours_are_given_back_when_they_are_cancelled_in_time(seats, ben, late, is_refused):
    booking = take(ben, seats, "11:00", "17:00", day=THURSDAY)

    cancel(booking=booking, by="person", now=booking.free_cancellation_until + timedelta(seconds=late))

    asked = ben, seats, "18:00", "20:00"
    said = refused(*asked, day=THURSDAY) if is_refused else take(*asked, day=THURSDAY).is_live
    assert said == ({"too_many_hours"} if is_refused else True)


@pytest.mark.usefixtures("hours")
def test_booking_that_is_made_longer_is_counted_once(seats, ben):
    booking = take(ben, seats, "11:00", "15:00")

    def to(ends):
        return move(booking=booking, resource_id=seats.pk, span=span("11:00", ends), seats=1, now=at("09:00"))

    assert to("17:00").ends_at == at("17:00")
    with pytest.raises(ValidationError) as caught:
        to("17:30")
    assert codes(caught.value) == {"too_many_hours"}


def test_both_limits_are_told_at_once(seats, ben, space):
    space.max_hours_a_week = 4
    space.save()

    assert quoted(ben, seats).tips == (
        "With this you hold 1 of 2 upcoming bookings at Somewhere.",
        "With this you have booked 2 of 4 hours in that week at Somewhere.",
    )
    take(ben, seats)
    take(ben, seats, day=WEDNESDAY)
    assert refused(ben, seats, day=THURSDAY) == {"too_many_upcoming", "too_many_hours"}


def test_space_without_limits_says_nothing_of_them(ben, space):
    free = make_space("free")
    seats = make_resource(free)
    make_plan(free, seats)

    assert quoted(ben, seats).tips == ()
