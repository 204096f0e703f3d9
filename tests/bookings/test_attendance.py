"""At the door: coming, leaving, not coming, and what is forgotten."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from bookings.attendance import check_in, check_out, close_forgotten_check_outs, miss, undo
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.refusals import codes
from spaces.house import houses
from spaces.models import Space
from tests.factories import at, make_booking, make_plan, make_resource, make_space

FRIDAY = date(2026, 11, 20)
WEDNESDAY = date(2026, 11, 25)


def refused(act, booking: Booking, **asked) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        act(booking=booking, **asked)
    return codes(caught.value)


@pytest.fixture
def booking(koharubiyori, ben) -> Booking:
    return make_booking(koharubiyori.open_seats, user=ben, starts="11:00", ends="15:00")


def test_who_comes_before_opening_is_let_in(booking):
    assert check_in(booking=booking, now=at("10:40")).checked_in_at == at("10:40")


def test_who_comes_a_day_early_is_let_in_only_if_the_operator_says_so(koharubiyori, chie, now):
    tomorrow = make_booking(koharubiyori.open_seats, user=chie, day=WEDNESDAY)

    assert refused(check_in, tomorrow, now=now) == {"not_today"}
    assert check_in(booking=tomorrow, now=now, even_early=True).checked_in_at == now


def test_night_guest_is_let_in_after_midnight(now, ben):
    bar = make_space("bar", opens="18:00", closes="02:00")
    seats = make_resource(bar)
    make_plan(bar, seats)
    night = make_booking(seats, user=ben, starts="23:00", ends="02:00")
    [house] = houses(Space.objects.filter(pk=bar.pk), today=now.date())

    assert house.calendar.holds(night.starts_at, night.ends_at)
    assert check_in(booking=night, now=at("01:30", WEDNESDAY)).checked_in_at == at("01:30", WEDNESDAY)


def test_every_refusal_at_the_door_has_its_code(booking, koharubiyori, chie, now):
    assert refused(check_out, booking, now=at("12:00")) == {"not_in"}
    assert refused(miss, booking, now=at("10:59")) == {"not_begun"}
    assert refused(check_in, booking, now=at("15:00")) == {"ended"}
    check_in(booking=booking, now=at("11:05"))
    assert refused(check_in, booking, now=at("11:06")) == {"checked_in"}
    assert refused(miss, booking, now=at("11:06")) == {"checked_in"}
    check_out(booking=booking, now=at("14:00"))
    assert refused(check_out, booking, now=at("14:01")) == {"checked_out"}

    gone = make_booking(koharubiyori.open_seats, user=chie)
    cancel(booking=gone, by=Booking.Side.PERSON, now=now)
    assert refused(check_in, gone, now=at("11:00")) == {"not_live"}


def test_who_did_not_come_gives_the_seat_back_and_may_still_come(booking, koharubiyori):
    miss(booking=booking, now=at("12:00"))
    assert refused(check_in, booking, now=at("12:01")) == {"missed"}

    undo(booking=booking)

    assert check_in(booking=booking, now=at("12:02")).checked_in_at == at("12:02")


def test_undoing_an_absence_is_refused_when_the_seat_is_taken(booking, koharubiyori):
    miss(booking=booking, now=at("12:00"))
    make_booking(koharubiyori.open_seats, starts="12:00", ends="15:00", seats=15)

    assert refused(undo, booking) == {"full"}


def test_undo_takes_the_last_note_back_first(booking):
    check_in(booking=booking, now=at("11:05"))
    check_out(booking=booking, now=at("14:00"))

    assert undo(booking=booking).checked_out_at is None
    assert undo(booking=booking).checked_in_at is None


def test_forgotten_check_out_is_closed_at_closing_and_not_before(koharubiyori, ben):
    forgotten = make_booking(
        koharubiyori.open_seats, user=ben, day=FRIDAY, ends="15:00", checked_in_at=at("11:00", FRIDAY)
    )

    assert close_forgotten_check_outs(now=at("20:59", FRIDAY)) == 0
    assert close_forgotten_check_outs(now=at("21:00", FRIDAY)) == 1
    assert close_forgotten_check_outs(now=at("21:01", FRIDAY)) == 0
    forgotten.refresh_from_db()
    assert (forgotten.checked_out_at, forgotten.check_out_estimated) == (at("21:00", FRIDAY), True)


def test_estimated_check_out_can_be_corrected(koharubiyori, ben):
    forgotten = make_booking(
        koharubiyori.open_seats, user=ben, day=FRIDAY, ends="15:00", checked_in_at=at("11:00", FRIDAY)
    )
    close_forgotten_check_outs(now=at("21:00", FRIDAY))

    corrected = check_out(booking=forgotten, now=at("21:10", FRIDAY))

    assert (corrected.checked_out_at, corrected.check_out_estimated) == (at("21:10", FRIDAY), False)
