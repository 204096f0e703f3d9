"""At the door: coming, leaving, not coming, and what is forgotten."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from bookings.attendance import check_in, check_out, close_forgotten_check_outs, miss, undo
from bookings.cancelling import cancel
from bookings.models import Booking
from spaces.house import houses
from spaces.models import Space
from spaces.refusing import codes
from tests.factories import at, make_booking, make_closure, make_plan, make_resource, make_space
from tests.postgres import add_check

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

    undo(booking=booking, now=at("12:01"))

    assert check_in(booking=booking, now=at("12:02")).checked_in_at == at("12:02")


def test_undoing_an_absence_is_refused_when_the_seat_is_taken(booking, koharubiyori):
    miss(booking=booking, now=at("12:00"))
    make_booking(koharubiyori.open_seats, starts="12:00", ends="15:00", seats=15)

    assert refused(undo, booking, now=at("12:01")) == {"full"}


def test_undo_takes_the_last_note_back_first(booking):
    check_in(booking=booking, now=at("11:05"))
    check_out(booking=booking, now=at("14:00"))

    assert undo(booking=booking, now=at("12:01")).checked_out_at is None
    assert undo(booking=booking, now=at("12:01")).checked_in_at is None


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


@pytest.fixture
def bar_seats(db):
    bar = make_space("bar", opens="18:00", closes="02:00")
    seats = make_resource(bar)
    make_plan(bar, seats)
    return seats


def test_guest_of_the_small_hours_is_in_time_while_the_same_night_is_under_way(bar_seats, ben):
    late = make_booking(bar_seats, user=ben, starts="01:00", ends="02:00", day=WEDNESDAY)

    assert refused(check_in, late, now=at("20:00", date(2026, 11, 23))) == {"not_today"}
    assert check_in(booking=late, now=at("00:30", WEDNESDAY)).checked_in_at == at("00:30", WEDNESDAY)


def test_guest_of_tonight_may_come_early_on_the_day(bar_seats, ben):
    evening = make_booking(bar_seats, user=ben, starts="20:00", ends="22:00")

    assert check_in(booking=evening, now=at("01:00")).checked_in_at == at("01:00")


def test_late_comer_is_let_in_until_the_booking_ends(booking):
    assert check_in(booking=booking, now=at("14:59")).checked_in_at == at("14:59")


def test_guest_is_let_in_though_the_space_is_closed_that_day(booking, koharubiyori):
    make_closure(koharubiyori.space)

    assert check_in(booking=booking, now=at("10:50")).checked_in_at == at("10:50")


def test_guest_who_is_missed_after_the_end_is_missed_all_the_same(booking):
    assert miss(booking=booking, now=at("23:00")).missed_at == at("23:00")


def test_cancelled_booking_is_neither_missed_nor_checked_out(booking, now):
    cancel(booking=booking, by=Booking.Side.PERSON, now=now)

    assert refused(miss, booking, now=at("12:00")) == {"not_live"}
    assert refused(check_out, booking, now=at("12:00")) == {"not_live"}


def test_guest_who_is_missed_is_missed_once(booking):
    miss(booking=booking, now=at("12:00"))

    assert refused(miss, booking, now=at("12:10")) == {"missed"}
    assert refused(check_out, booking, now=at("12:10")) == {"missed"}


def test_undoing_where_nothing_was_noted_changes_nothing(booking):
    before = Booking.objects.values().get()

    undo(booking=booking, now=at("12:01"))

    assert Booking.objects.values().get() == before


def test_undoing_an_absence_is_refused_when_the_person_sits_elsewhere(booking, four_spaces, ben):
    miss(booking=booking, now=at("12:00"))
    make_booking(four_spaces["cafe-36"].resources.get(), user=ben, starts="13:00", ends="14:00")

    assert refused(undo, booking, now=at("12:01")) == {"overlaps_own"}


def test_undoing_an_absence_is_refused_when_the_room_is_taken(koharubiyori, ben):
    missed = make_booking(koharubiyori.rooms[0], user=ben, missed_at=at("11:10"))
    make_booking(koharubiyori.rooms[0], starts="12:00", ends="14:00")

    assert refused(undo, missed, now=at("12:01")) == {"taken"}


def test_refusal_that_is_not_about_seats_is_not_hidden(booking):
    miss(booking=booking, now=at("12:00"))
    add_check("bookings_booking", "somebody_is_always_missed", "missed_at IS NOT NULL")

    with pytest.raises(IntegrityError, match="somebody_is_always_missed"):
        undo(booking=booking, now=at("12:01"))


def forgotten_at(house, user, day, **fields):
    return make_booking(house.open_seats, user=user, day=day, checked_in_at=at("11:00", day), **fields)


def test_forgotten_check_outs_of_one_round_are_closed_each_at_its_own_closing(koharubiyori, bar_seats, ben, chie):
    here = forgotten_at(koharubiyori, ben, FRIDAY)
    night = make_booking(
        bar_seats, user=chie, day=FRIDAY, starts="22:00", ends="23:00", checked_in_at=at("22:00", FRIDAY)
    )
    saturday = date(2026, 11, 21)

    assert close_forgotten_check_outs(now=at("01:59", saturday)) == 1
    assert close_forgotten_check_outs(now=at("02:00", saturday)) == 1
    here.refresh_from_db()
    night.refresh_from_db()
    assert (here.checked_out_at, night.checked_out_at) == (at("21:00", FRIDAY), at("02:00", saturday))


def test_forgotten_check_out_is_closed_at_the_special_hours_of_its_day_however_long_ago(koharubiyori, ben):
    long_ago = date(2026, 10, 20)
    make_closure(koharubiyori.space, long_ago, opens=time(11), closes=time(16))
    forgotten = forgotten_at(koharubiyori, ben, long_ago)

    assert close_forgotten_check_outs(now=at("09:00")) == 1
    forgotten.refresh_from_db()
    assert forgotten.checked_out_at == at("16:00", long_ago)


def test_forgotten_check_out_of_a_day_closed_since_is_closed_at_its_own_end(koharubiyori, ben):
    forgotten = forgotten_at(koharubiyori, ben, FRIDAY)
    make_closure(koharubiyori.space, FRIDAY)

    close_forgotten_check_outs(now=at("13:00", FRIDAY))

    forgotten.refresh_from_db()
    assert (forgotten.checked_out_at, forgotten.check_out_estimated) == (at("13:00", FRIDAY), True)


def test_guest_noted_after_closing_left_no_sooner_than_that(koharubiyori, ben):
    noted = make_booking(koharubiyori.open_seats, user=ben, day=FRIDAY, ends="21:00", checked_in_at=at("21:05", FRIDAY))

    close_forgotten_check_outs(now=at("21:30", FRIDAY))

    noted.refresh_from_db()
    assert noted.checked_out_at == at("21:05", FRIDAY)


def test_corrected_check_out_stays_as_it_was_corrected(koharubiyori, ben):
    forgotten = forgotten_at(koharubiyori, ben, FRIDAY)
    close_forgotten_check_outs(now=at("21:00", FRIDAY))
    check_out(booking=forgotten, now=at("21:10", FRIDAY))

    assert close_forgotten_check_outs(now=at("22:00", FRIDAY)) == 0
    forgotten.refresh_from_db()
    assert (forgotten.checked_out_at, forgotten.check_out_estimated) == (at("21:10", FRIDAY), False)


def test_estimate_that_is_undone_is_made_again(koharubiyori, ben):
    forgotten = forgotten_at(koharubiyori, ben, FRIDAY)
    close_forgotten_check_outs(now=at("21:00", FRIDAY))

    assert undo(booking=forgotten, now=at("12:01")).check_out_estimated is False
    assert close_forgotten_check_outs(now=at("21:00", FRIDAY)) == 1


def test_round_without_forgotten_check_outs_asks_once(koharubiyori, booking, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert close_forgotten_check_outs(now=at("23:00")) == 0
