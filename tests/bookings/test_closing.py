"""Closing, other hours, fewer seats: which bookings no longer fit, and what becomes of them."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings.booking import book
from bookings.closing import (
    calendar_of,
    cancel_misfits,
    check_capacity,
    check_fit,
    check_retirement,
    misfits,
    with_closure,
    with_hours,
)
from bookings.models import Booking
from notices.models import Notice
from spaces.models import Closure, OpeningHours
from tests.factories import at, make_booking, make_closure, make_user, span

WEDNESDAY = date(2026, 11, 25)


def refused(check, *args, **asked):
    with translation.override("en"):
        with pytest.raises(ValidationError) as caught:
            check(*args, **asked)
        return caught.value.code, " ".join(caught.value.messages)


@pytest.fixture
def late(koharubiyori, ben):
    return make_booking(koharubiyori.open_seats, user=ben, starts="15:00", ends="17:00", day=WEDNESDAY)


def snow(space, **fields):
    return Closure(space=space, starts_on=WEDNESDAY, ends_on=WEDNESDAY, **fields)


def test_closure_leaves_the_bookings_of_its_days_outside(koharubiyori, late, now):
    space = koharubiyori.space
    make_booking(koharubiyori.open_seats, starts="15:00", ends="17:00")

    assert misfits(space, with_closure(snow(space)), now=now) == [late]
    early = snow(space, opens=time(11), closes=time(16))
    assert misfits(space, with_closure(early), now=now) == [late]
    assert misfits(space, with_closure(snow(space, opens=time(11), closes=time(17))), now=now) == []


def test_what_is_past_gone_or_under_way_with_its_guest_is_no_misfit(koharubiyori, now):
    seats, space = koharubiyori.open_seats, koharubiyori.space
    make_booking(seats, day=date(2026, 11, 20))
    make_booking(seats, cancelled_at=now, cancelled_by="person")
    make_booking(seats, missed_at=at("11:30"))
    make_booking(seats, checked_in_at=at("11:00"))
    tomorrow = make_booking(seats, day=WEDNESDAY)
    closed = Closure(space=space, starts_on=date(2026, 11, 1), ends_on=WEDNESDAY)

    assert misfits(space, with_closure(closed), now=at("12:00")) == [tomorrow]


def test_closure_that_moves_or_goes_counts_as_it_will_be(koharubiyori, late, now):
    space = koharubiyori.space
    closure = make_closure(space, WEDNESDAY, reason_ja="大雪")

    assert misfits(space, calendar_of(space), now=now) == [late]
    assert misfits(space, with_closure(closure, removed=True), now=now) == []
    closure.starts_on = closure.ends_on = date(2026, 11, 27)
    assert misfits(space, with_closure(closure), now=now) == []


def test_new_weekly_hours_are_tried_before_they_are_kept(koharubiyori, late, now):
    space = koharubiyori.space
    shorter = [OpeningHours(space=space, weekday=day, opens=time(11), closes=time(16)) for day in range(6)]

    assert misfits(space, with_hours(space, shorter), now=now) == [late]
    assert misfits(space, with_hours(space, list(space.hours.all())), now=now) == []


def test_holidays_that_a_space_begins_to_keep_count(dorinoki, now):
    new_year = make_booking(dorinoki.rooms[0], day=date(2027, 1, 1))
    dorinoki.space.closed_on_holidays = True

    assert misfits(dorinoki.space, with_hours(dorinoki.space, list(dorinoki.space.hours.all())), now=now) == [new_year]


def test_operator_is_told_which_bookings_stand_in_the_way(koharubiyori, late, now):
    code, sentence = refused(check_fit, koharubiyori.space, with_closure(snow(koharubiyori.space)), now=now)

    assert code == "misfits"
    assert sentence.startswith("1 booking would be outside the hours: ")
    assert f"{late.spaced_reference} Ben Miller (" in sentence


def test_five_of_many_are_named(koharubiyori, now):
    for number in range(7):
        make_booking(koharubiyori.open_seats, user=make_user(f"{number}@example.jp"), day=WEDNESDAY)

    _, sentence = refused(check_fit, koharubiyori.space, with_closure(snow(koharubiyori.space)), now=now)

    assert sentence.startswith("7 bookings would be outside the hours: ")
    assert sentence.count("山田") == 5
    assert "…" in sentence


def test_hours_that_everything_fits_in_are_fine(koharubiyori, late, now):
    check_fit(koharubiyori.space, calendar_of(koharubiyori.space), now=now)


def test_misfits_are_cancelled_by_the_space_for_nothing_and_told(koharubiyori, late, now):
    make_closure(koharubiyori.space, WEDNESDAY)

    assert cancel_misfits(koharubiyori.space, now=at("14:59", WEDNESDAY)) == 1
    assert cancel_misfits(koharubiyori.space, now=at("14:59", WEDNESDAY)) == 0
    late.refresh_from_db()
    assert (late.cancelled_by, late.cancellation_fee) == ("space", 0)
    assert [notice.kind for notice in Notice.objects.all()] == ["booking.cancelled"]


def test_fewer_seats_than_are_booked_are_refused(koharubiyori, now):
    seats = koharubiyori.open_seats
    make_booking(seats, starts="11:00", ends="13:00", seats=3)
    make_booking(seats, starts="12:00", ends="14:00", seats=2, day=WEDNESDAY)
    make_booking(seats, starts="13:00", ends="15:00", seats=2, day=WEDNESDAY)

    assert refused(check_capacity, seats, 3, now=now)[0] == "capacity"
    check_capacity(seats, 4, now=now)
    check_capacity(seats, 4, now=at("12:00"))
    check_capacity(seats, 1, now=at("15:00", WEDNESDAY))


def test_seats_that_nobody_has_booked_may_all_go(koharubiyori, now):
    check_capacity(koharubiyori.open_seats, 1, now=now)


def test_resource_that_is_booked_from_that_day_on_does_not_retire(koharubiyori, late, now):
    seats = koharubiyori.open_seats

    seats.retired_on = WEDNESDAY
    assert refused(check_retirement, seats, now=now)[0] == "retired"

    seats.retired_on = date(2026, 11, 26)
    check_retirement(seats, now=now)
    seats.retired_on = None
    check_retirement(seats, now=now)


def test_booking_that_ends_at_midnight_is_of_the_day_before(dorinoki, now):
    room = dorinoki.rooms[0]
    make_booking(room, starts="22:00", ends="00:00")
    room.retired_on = WEDNESDAY

    check_retirement(room, now=now)


def test_closed_time_can_not_be_booked_again(koharubiyori, late, chie, now):
    make_closure(koharubiyori.space, WEDNESDAY)
    cancel_misfits(koharubiyori.space, now=now)

    with pytest.raises(ValidationError):
        book(
            user=chie,
            space=koharubiyori.space,
            resource_id=koharubiyori.open_seats.pk,
            span=span("15:00", "17:00", WEDNESDAY),
            now=now,
        )
    assert not Booking.objects.live().exists()
