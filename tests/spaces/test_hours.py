"""Hours as spaces keep them: holidays, closures, special hours, nights, split days."""

from datetime import UTC, date, time
from zoneinfo import ZoneInfo

import pytest

from spaces.calendar import Calendar, SpecialDays, WeeklyHours, WhyClosed, national_holidays
from spaces.house import day_of
from tests.conftest import house
from tests.factories import JAPAN, TUESDAY, at, make_closure, span

LABOUR_THANKSGIVING = date(2026, 11, 23)


def open_hours(calendar, day):
    """A day's stretches as a door sign has them, in the space's own zone."""
    return [
        "–".join(f"{moment.astimezone(calendar.zone):%H:%M}" for moment in stretch)
        for stretch in calendar.spans_on(day)
    ]


def weekly(*hours, closed_on_holidays=False, special=()):
    """A calendar in Japan with the same hours each day."""
    rows = [
        WeeklyHours(weekday, time.fromisoformat(opens), time.fromisoformat(closes))
        for weekday in range(7)
        for opens, closes in hours
    ]
    return Calendar(JAPAN, "JP", closed_on_holidays, tuple(rows), tuple(special))


def test_koharubiyori_is_closed_on_a_national_holiday(koharubiyori):
    calendar = koharubiyori.calendar

    assert open_hours(calendar, LABOUR_THANKSGIVING) == []
    assert calendar.why_closed(LABOUR_THANKSGIVING) == WhyClosed(holiday="勤労感謝の日")
    assert calendar.why_closed(LABOUR_THANKSGIVING, "en") == WhyClosed(holiday="Labor Thanksgiving Day")


def test_dorinoki_is_open_on_a_national_holiday(dorinoki):
    assert open_hours(dorinoki.calendar, LABOUR_THANKSGIVING) == ["08:00–23:00"]
    assert dorinoki.calendar.why_closed(LABOUR_THANKSGIVING) is None


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 9, 22),  # a citizens' holiday: the day between two holidays
        date(2027, 3, 22),  # the day after an equinox that falls on a Sunday
        date(2026, 5, 6),  # Constitution Day fell on a Sunday, and the days after it are holidays too
    ],
)
def test_holidays_that_the_law_moves_or_makes_are_holidays(koharubiyori, day):
    assert open_hours(koharubiyori.calendar, day) == []


def test_weekday_hours_saturday_hours_and_the_weekly_day_off(koharubiyori):
    calendar = koharubiyori.calendar

    assert open_hours(calendar, TUESDAY) == ["11:00–21:00"]
    assert open_hours(calendar, date(2026, 11, 28)) == ["11:00–18:00"]
    assert open_hours(calendar, date(2026, 11, 29)) == []
    assert calendar.why_closed(date(2026, 11, 29)) == WhyClosed()


def test_closure_shuts_each_of_its_days_and_says_why(koharubiyori, now):
    make_closure(koharubiyori.space, date(2026, 11, 25), last=date(2026, 11, 27), reason_ja="改装", reason_en="Works")
    calendar = house("koharubiyori", now).calendar

    hours = {day: open_hours(calendar, date(2026, 11, day)) for day in (24, 25, 26, 27, 28)}

    assert hours == {24: ["11:00–21:00"], 25: [], 26: [], 27: [], 28: ["11:00–18:00"]}
    why = calendar.why_closed(date(2026, 11, 27))
    assert (why.closure.reason_ja, why.closure.reason_en, why.holiday) == ("改装", "Works", None)


def test_space_that_closes_at_four_for_snow_keeps_those_hours(koharubiyori, now):
    make_closure(koharubiyori.space, opens=time(11), closes=time(16), reason_ja="大雪", reason_en="Snow")
    calendar = house("koharubiyori", now).calendar

    assert open_hours(calendar, TUESDAY) == ["11:00–16:00"]
    assert calendar.holds(*span("14:00", "16:00"))
    assert not calendar.holds(*span("15:00", "17:00"))
    assert calendar.why_closed(TUESDAY) is None


def test_special_hours_open_a_holiday_and_a_day_off(koharubiyori, now):
    for day in (LABOUR_THANKSGIVING, date(2026, 11, 29)):
        make_closure(koharubiyori.space, day, opens=time(13), closes=time(15))
    calendar = house("koharubiyori", now).calendar

    assert open_hours(calendar, LABOUR_THANKSGIVING) == ["13:00–15:00"]
    assert open_hours(calendar, date(2026, 11, 29)) == ["13:00–15:00"]


def test_special_hours_may_run_past_midnight():
    calendar = weekly(("10:00", "20:00"), special=[SpecialDays(TUESDAY, TUESDAY, time(18), time(2))])

    assert calendar.holds(*span("23:00", "01:30"))
    assert open_hours(calendar, TUESDAY) == ["18:00–02:00"]
    assert open_hours(calendar, date(2026, 11, 25)) == ["10:00–20:00"]


def test_night_belongs_to_the_day_that_opened():
    calendar = weekly(("18:00", "02:00"))
    one_in_the_night = at("01:00", date(2026, 11, 25))

    assert calendar.span_of(one_in_the_night) == span("18:00", "02:00")
    assert day_of(calendar, one_in_the_night) == TUESDAY
    assert day_of(calendar, at("02:00", date(2026, 11, 25))) == date(2026, 11, 25)
    assert calendar.open_span(at("02:00", date(2026, 11, 25))) is None


def test_closing_at_midnight_is_the_end_of_the_day():
    calendar = weekly(("18:00", "00:00"))

    assert calendar.holds(*span("18:00", "00:00"))
    assert not calendar.holds(at("23:00"), at("00:01", date(2026, 11, 25)))


def test_midnight_to_midnight_is_the_whole_day_and_days_meet():
    calendar = weekly(("00:00", "00:00"))

    assert calendar.spans_on(TUESDAY) == [span("00:00", "00:00")]
    assert calendar.holds(at("22:00"), at("04:00", date(2026, 11, 26)))
    assert day_of(calendar, at("00:00", date(2026, 11, 25))) == date(2026, 11, 25)


def test_split_day_is_shut_between_its_halves():
    calendar = weekly(("10:00", "13:00"), ("15:00", "20:00"))

    assert open_hours(calendar, TUESDAY) == ["10:00–13:00", "15:00–20:00"]
    assert not calendar.holds(*span("12:00", "16:00"))
    assert calendar.open_span(at("13:00")) is None
    assert calendar.next_opening(at("13:00")) == at("15:00")


def test_halves_that_meet_or_overlap_are_one_stretch():
    assert open_hours(weekly(("10:00", "14:00"), ("14:00", "20:00")), TUESDAY) == ["10:00–20:00"]
    assert open_hours(weekly(("10:00", "16:00"), ("12:00", "20:00")), TUESDAY) == ["10:00–20:00"]


def test_last_moment_of_a_stretch_is_not_in_it():
    stretch = span("11:00", "13:00")

    assert (stretch.holds(at("11:00")), stretch.holds(at("12:59")), stretch.holds(at("13:00"))) == (True, True, False)


def test_space_without_hours_never_opens():
    calendar = Calendar(JAPAN, "JP", False, ())

    assert calendar.next_opening(at("09:00")) is None
    assert calendar.open_span(at("09:00")) is None


def test_opening_farther_than_four_months_is_not_announced():
    closed = SpecialDays(TUESDAY, date(2027, 3, 23), None, None)

    assert weekly(("10:00", "20:00"), special=[closed]).next_opening(at("09:00")) == at("10:00", date(2027, 3, 24))
    longer = closed._replace(ends_on=date(2027, 3, 24))
    assert weekly(("10:00", "20:00"), special=[longer]).next_opening(at("09:00")) is None


def test_moments_come_out_in_utc():
    [stretch] = weekly(("10:00", "20:00")).spans_on(TUESDAY)

    assert {moment.tzinfo for moment in stretch} == {UTC}


def test_holidays_are_named_in_the_language_asked_for_where_the_library_has_it():
    new_year = date(2027, 1, 1)

    assert national_holidays("JP", 2027)[new_year] == "元日"
    assert national_holidays("JP", 2027, "en")[new_year] == "New Year's Day"
    assert national_holidays("US", 2027, "ja")[new_year] == "New Year's Day"
    assert {day.year for day in national_holidays("JP", 2027)} == {2027}


def test_each_space_keeps_its_own_countrys_holidays():
    independence_day = date(2026, 7, 3)  # observed: the fourth is a Saturday
    rows = (WeeklyHours(4, time(10), time(20)),)

    american = Calendar(ZoneInfo("America/New_York"), "US", True, rows)
    japanese = Calendar(JAPAN, "JP", True, rows)

    assert american.spans_on(independence_day) == []
    assert open_hours(japanese, independence_day) == ["10:00–20:00"]
