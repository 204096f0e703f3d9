"""The calendar against a plain list of minutes, on the days on which clocks change."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces.calendar import Calendar, Span, WeeklyHours, days, steps
from spaces.status import status_at
from tests.properties import examples
from tests.spaces.hours import CLOCK_CHANGES, calendars
from tests.spaces.minutes import DAY, MINUTE, clock, moment, number, own_minutes, stretches

every_change = pytest.mark.parametrize(
    ("zone", "day"), CLOCK_CHANGES, ids=[f"{zone.key}-{day:%m-%d}" for zone, day in CLOCK_CHANGES]
)
NEW_YORK = ZoneInfo("America/New_York")


def whole(calendar: Calendar, day: date) -> tuple[dict[date, list[int]], list[int]]:
    """The open minutes of the days around one: by opening day, and all of them in order."""
    shown = clock(calendar.zone, day)
    by_day = {each: own_minutes(calendar, each, shown) for each in days(day - 2 * DAY, day + 2 * DAY)}
    return by_day, sorted({minute for minutes in by_day.values() for minute in minutes})


def minutes_near(zone: ZoneInfo, day: date, minutes: list[int]) -> st.SearchStrategy[int]:
    """The minutes of a day and of the nights around it; those on which something opens or closes more often."""
    midnight = number(datetime.combine(day, time(), zone))
    around = range(midnight - 240, midnight + 30 * 60)
    edges = [minute for span in stretches(minutes) for minute in map(number, span) if minute in around]
    anyone = st.integers(around[0], around[-1])
    return anyone | st.sampled_from(edges) if edges else anyone


@every_change
@examples(20)
@given(data=st.data())
def test_day_opens_in_the_minutes_that_its_hours_say(zone, day, data):
    calendar = data.draw(calendars(zone, day))
    by_day, _ = whole(calendar, day)

    for each in days(day - DAY, day + DAY):
        spans = calendar.spans_on(each)

        assert spans == stretches(by_day[each])
        assert (calendar.why_closed(each) is None) == bool(by_day[each])


@every_change
@examples(20)
@given(data=st.data())
def test_stretches_that_meet_are_one(zone, day, data):
    calendar = data.draw(calendars(zone, day))
    by_day, _ = whole(calendar, day)

    merged = calendar.merged(day, day)

    around = sorted({minute for each in days(day - DAY, day + DAY) for minute in by_day[each]})
    assert merged == stretches(around)


@every_change
@examples(20)
@given(data=st.data())
def test_space_is_open_in_its_open_minutes_only(zone, day, data):
    calendar = data.draw(calendars(zone, day))
    _, minutes = whole(calendar, day)
    minute = data.draw(minutes_near(zone, day, minutes))

    span = calendar.open_span(moment(minute))

    assert (span is not None) == (minute in minutes)
    if span:
        [run] = [run for run in stretches(minutes) if run.holds(moment(minute))]
        assert span.ends_at == run.ends_at or span.ends_at - moment(minute) >= DAY
        assert status_at(calendar, moment(minute)).is_open


@every_change
@examples(30)
@given(data=st.data())
def test_time_is_inside_the_hours_if_each_of_its_minutes_is(zone, day, data):
    calendar = data.draw(calendars(zone, day))
    _, minutes = whole(calendar, day)
    near = minutes_near(zone, day, minutes)
    start, end = sorted([data.draw(near), data.draw(near)])

    holds = calendar.holds(moment(start), moment(end + 1))

    assert holds == set(range(start, end + 1)).issubset(minutes)


@every_change
@examples(20)
@given(data=st.data())
def test_closed_space_opens_next_in_its_next_open_minute(zone, day, data):
    calendar = data.draw(calendars(zone, day))
    _, minutes = whole(calendar, day)
    minute = data.draw(minutes_near(zone, day, minutes))
    to_come = [each for each in minutes if each > minute]

    opening = calendar.next_opening(moment(minute))

    if minute not in minutes and to_come:
        assert opening == moment(to_come[0])


@every_change
@examples(20)
@given(data=st.data())
def test_moment_belongs_to_the_stretch_of_the_day_that_opened(zone, day, data):
    calendar = data.draw(calendars(zone, day))
    by_day, minutes = whole(calendar, day)
    minute = data.draw(minutes_near(zone, day, minutes))
    runs = [run for own in by_day.values() for run in stretches(own) if run.holds(moment(minute))]

    span = calendar.span_of(moment(minute))

    assert (span in runs) if runs else span is None


@given(minutes=st.sampled_from([15, 30, 60]), length=st.integers(1, 1500))
@examples(50)
def test_steps_are_every_so_many_real_minutes_from_the_opening(minutes, length):
    start = datetime(2026, 11, 1, 4, 0, tzinfo=ZoneInfo("UTC"))
    span = Span(start, start + length * MINUTE)

    found = list(steps(span, minutes))

    assert found == [start + count * MINUTE for count in range(length + 1) if count % minutes == 0]


@every_change
def test_space_that_never_closes_is_open_day_and_night_when_clocks_change(zone, day):
    calendar = Calendar(zone, "JP", False, tuple(WeeklyHours(weekday, time(), time()) for weekday in range(7)))
    midnight = datetime.combine(day - DAY, time(), zone).astimezone(ZoneInfo("UTC"))

    statuses = [status_at(calendar, midnight + count * timedelta(minutes=30)) for count in range(48 * 2)]

    assert {(status.is_open, status.changes_at) for status in statuses} == {(True, None)}


def test_hours_that_the_clock_skips_do_not_open():
    calendar = Calendar(NEW_YORK, "US", False, (WeeklyHours(6, time(2, 30), time(3, 0)),))
    spring = date(2026, 3, 8)

    assert calendar.spans_on(spring) == []
    assert calendar.why_closed(spring) is not None
    assert calendar.next_opening(datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)) == datetime(
        2026, 3, 15, 2, 30, tzinfo=NEW_YORK
    )


def test_day_on_which_an_hour_comes_twice_is_longer():
    calendar = Calendar(NEW_YORK, "US", False, (WeeklyHours(6, time(0, 0), time(6, 0)),))

    [autumn], [spring], [plain] = (
        calendar.spans_on(day) for day in (date(2026, 11, 1), date(2026, 3, 8), date(2026, 3, 15))
    )

    hours = [(span.ends_at - span.starts_at) / timedelta(hours=1) for span in (autumn, spring, plain)]
    assert hours == [7, 5, 6]
