"""What a wished booking must pass, and which starts are left in a day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from bookings.pricelist import price_list
from bookings.rules import Wish, first_start, last_day, next_step, priced, time_problems
from spaces.calendar import Calendar, Span, WeeklyHours
from spaces.models import Resource
from spaces.refusing import codes
from tests.factories import JAPAN, TUESDAY, at, span, unsaved_house
from tests.properties import examples


def house_with(*hours, zone=JAPAN, **fields):
    """A house that is open at these hours each day."""
    rows = [
        WeeklyHours(weekday, time.fromisoformat(opens), time.fromisoformat(closes))
        for weekday in range(7)
        for opens, closes in hours
    ]
    return unsaved_house(Calendar(zone, "JP", False, tuple(rows)), **fields)


def problems(house, wished, now):
    return {error.code for error in time_problems(house, Wish(house.open_seats, wished), now)}


@pytest.mark.parametrize(
    ("clock", "start"),
    [
        ("09:00", "11:00"),
        ("11:00", "11:00"),
        ("11:01", "11:30"),
        ("13:30", "13:30"),
        ("20:59", "21:00"),
        ("21:01", "21:30"),
    ],
)
def test_first_start_is_the_next_step_or_the_opening(clock, start):
    house = house_with(("11:00", "21:00"))

    assert first_start(house.open_seats, span("11:00", "21:00"), at(clock)) == at(start)


def test_first_start_leaves_the_notice_that_the_space_wants():
    house = house_with(("11:00", "21:00"), notice_minutes=45)

    assert first_start(house.open_seats, span("11:00", "21:00"), at("10:00")) == at("11:00")
    assert first_start(house.open_seats, span("11:00", "21:00"), at("10:16")) == at("11:30")


@given(opening=st.integers(0, 600), step=st.sampled_from([15, 30, 60]), moment=st.integers(0, 1440))
@examples(200)
def test_next_step_is_the_first_that_is_not_before_the_moment(opening, step, moment):
    midnight = at("00:00")
    resource = Resource(step_minutes=step)
    day = Span(midnight + timedelta(minutes=opening), midnight + timedelta(days=1))

    found = next_step(resource, day, midnight + timedelta(minutes=moment))

    by_hand = next(minute for minute in range(opening, 3000, step) if minute >= moment)
    assert found == midnight + timedelta(minutes=by_hand)


@pytest.mark.parametrize(("clock", "said"), [("10:59", set()), ("11:00", set()), ("11:01", {"past"})])
def test_booking_may_be_made_until_it_starts(clock, said):
    assert problems(house_with(("11:00", "21:00")), span("11:00", "13:00"), at(clock)) == said


@pytest.mark.parametrize(("clock", "said"), [("10:15", set()), ("10:16", {"too_short_notice"}), ("11:01", {"past"})])
def test_notice_is_counted_to_the_minute(clock, said):
    house = house_with(("11:00", "21:00"), notice_minutes=45)

    assert problems(house, span("11:00", "13:00"), at(clock)) == said


@pytest.mark.parametrize(("day", "said"), [(date(2027, 1, 23), set()), (date(2027, 1, 24), {"beyond_horizon"})])
def test_horizon_of_sixty_days_includes_the_sixtieth(now, day, said):
    house = house_with(("11:00", "21:00"))

    assert last_day(house, now) == date(2027, 1, 23)
    assert problems(house, span("11:00", "13:00", day), now) == said


def test_horizon_is_counted_in_the_days_of_the_space():
    house = house_with(("11:00", "21:00"), zone=ZoneInfo("America/New_York"), horizon_days=1)

    assert last_day(house, at("09:00")) == TUESDAY
    assert last_day(house, at("15:00")) == date(2026, 11, 25)


@pytest.mark.parametrize(("day", "said"), [(date(2026, 12, 9), set()), (date(2026, 12, 10), {"leaves"})])
def test_nothing_is_booked_from_the_day_on_which_the_space_leaves(now, day, said):
    house = house_with(("11:00", "21:00"), left_on=date(2026, 12, 10))

    assert last_day(house, now) == date(2026, 12, 9)
    assert problems(house, span("11:00", "13:00", day), now) == said


def test_night_before_the_space_leaves_is_open_to_its_end(now):
    house = house_with(("18:00", "02:00"), left_on=date(2026, 12, 10))

    assert problems(house, span("22:00", "02:00", date(2026, 12, 9)), now) == set()
    assert problems(house, span("00:30", "02:00", date(2026, 12, 10)), now) == {"leaves"}


def test_horizon_before_the_space_leaves_stays_the_horizon(now):
    house = house_with(("11:00", "21:00"), horizon_days=3, left_on=date(2026, 12, 10))

    assert problems(house, span("11:00", "13:00", date(2026, 11, 28)), now) == {"beyond_horizon"}


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ("11:00", "21:00", set()),
        ("10:59", "13:00", {"closed"}),
        ("20:00", "21:30", {"closed"}),
        ("22:00", "23:00", {"closed"}),
        ("11:30", "12:00", set()),
        ("11:10", "12:00", {"off_step"}),
        ("11:00", "12:10", {"off_step"}),
    ],
)
def test_time_lies_inside_the_hours_and_on_the_step(now, starts, ends, said):
    assert problems(house_with(("11:00", "21:00")), span(starts, ends), now) == said


def test_closing_time_is_an_end_also_off_the_step(now):
    house = house_with(("11:00", "20:40"), step=60)

    assert problems(house, span("18:00", "20:40"), now) == set()
    assert problems(house, span("18:00", "20:30"), now) == {"off_step"}


def test_night_is_one_day_and_days_that_meet_are_two(now):
    bar, always = house_with(("18:00", "02:00")), house_with(("00:00", "00:00"))

    assert problems(bar, span("23:00", "01:30"), now) == set()
    assert problems(bar, span("01:00", "02:00", date(2026, 11, 25)), now) == set()
    assert problems(always, span("22:00", "00:00"), now) == set()
    assert problems(always, span("22:00", "01:00"), now) == {"closed"}


def test_booking_may_run_over_hours_of_one_day_that_meet(now):
    house = house_with(("10:00", "14:00"), ("14:00", "20:00"))

    assert problems(house, span("13:00", "15:00"), now) == set()


def test_split_day_is_booked_half_by_half(now):
    house = house_with(("10:00", "13:00"), ("15:00", "20:00"))

    assert problems(house, span("12:00", "16:00"), now) == {"closed"}
    assert problems(house, span("15:00", "16:00"), now) == set()


def test_steps_count_real_minutes_where_the_clock_repeats_an_hour():
    zone, autumn = ZoneInfo("America/New_York"), date(2026, 11, 1)
    house = house_with(("00:00", "06:00"), zone=zone, step=60)
    opening = datetime(2026, 11, 1, 0, 0, tzinfo=zone).astimezone(JAPAN)
    now = opening - timedelta(hours=3)

    assert problems(house, Span(opening, opening + timedelta(hours=7)), now) == set()
    assert problems(house, Span(opening, opening + timedelta(hours=7, minutes=30)), now) == {"closed"}
    assert house.space.today(opening) == autumn


def test_retired_resource_is_booked_up_to_the_day_before(now):
    house = house_with(("11:00", "00:00"))
    house.open_seats.retired_on = date(2026, 11, 26)

    assert problems(house, span("11:00", "00:00", date(2026, 11, 25)), now) == set()
    assert problems(house, span("11:00", "12:00", date(2026, 11, 26)), now) == {"no_such_resource"}


@pytest.mark.parametrize(("seats", "code"), [(0, "too_few_seats"), (16, "too_many_seats")])
def test_seats_are_one_at_least_and_no_more_than_there_are(koharubiyori, ben, now, seats, code):
    prices = price_list([koharubiyori.space.pk], ben, today=TUESDAY)

    with pytest.raises(ValidationError) as caught:
        priced(koharubiyori, prices, Wish(koharubiyori.open_seats, span("11:00", "13:00"), seats), now=now)

    assert codes(caught.value) == {code}
