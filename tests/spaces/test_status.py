"""What a space says of itself at a moment: open until, closed, opens when."""

from datetime import date, time

import pytest
from django.utils import translation

from spaces.calendar import Calendar, SpecialDays, WeeklyHours
from spaces.status import status_at
from tests.factories import JAPAN, TUESDAY, at

WEDNESDAY, SATURDAY = date(2026, 11, 25), date(2026, 11, 28)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def text(calendar, clock, day=TUESDAY):
    return status_at(calendar, at(clock, day)).text


def bar(*, special=()):
    return Calendar(
        JAPAN, "JP", False, tuple(WeeklyHours(weekday, time(18), time(2)) for weekday in range(7)), tuple(special)
    )


def test_open_space_says_until_when(koharubiyori):
    status = status_at(koharubiyori.calendar, at("11:00"))

    assert (status.is_open, status.text, status.changes_at) == (True, "Open until 21:00", at("21:00"))


def test_space_that_opens_later_today_says_so(koharubiyori):
    status = status_at(koharubiyori.calendar, at("10:59"))

    assert (status.is_open, status.text, status.changes_at) == (False, "Closed, opens today 11:00", at("11:00"))


def test_space_is_closed_from_its_closing_time_on(koharubiyori):
    assert text(koharubiyori.calendar, "20:59") == "Open until 21:00"
    assert text(koharubiyori.calendar, "21:00") == "Closed, opens tomorrow 11:00"


def test_space_that_rests_on_sunday_says_which_day_it_opens(koharubiyori):
    assert text(koharubiyori.calendar, "18:00", SATURDAY) == "Closed, opens Monday 11:00"


def test_weekday_is_named_in_japanese_too(koharubiyori):
    with translation.override("ja"):
        said = text(koharubiyori.calendar, "18:00", SATURDAY)

    assert "月曜" in said
    assert "11:00" in said


def test_holiday_is_skipped(koharubiyori):
    assert text(koharubiyori.calendar, "19:00", date(2026, 11, 21)) == "Closed, opens Tuesday 11:00"


def test_opening_a_week_or_more_away_has_its_date(koharubiyori, now):
    away = SpecialDays(TUESDAY, date(2026, 12, 31), None, None)
    calendar = Calendar(JAPAN, "JP", True, koharubiyori.calendar.weekly, (away,))

    assert text(calendar, "09:00") == "Closed, opens 2 January 11:00"


def test_space_without_hours_is_closed_until_further_notice():
    status = status_at(Calendar(JAPAN, "JP", False, ()), at("09:00"))

    assert (status.is_open, status.text, status.changes_at) == (False, "Closed until further notice", None)


def test_bar_is_open_past_midnight_until_two():
    assert text(bar(), "23:00") == "Open until 02:00"
    assert text(bar(), "01:59", WEDNESDAY) == "Open until 02:00"
    assert text(bar(), "02:00", WEDNESDAY) == "Closed, opens today 18:00"


def test_after_midnight_tomorrow_is_the_calendar_day_after():
    rests = SpecialDays(WEDNESDAY, WEDNESDAY, None, None)

    assert text(bar(special=[rests]), "02:30", WEDNESDAY) == "Closed, opens tomorrow 18:00"


def test_space_that_never_closes_says_no_time():
    calendar = Calendar(JAPAN, "JP", False, tuple(WeeklyHours(weekday, time(), time()) for weekday in range(7)))

    status = status_at(calendar, at("12:00"))

    assert (status.is_open, status.text, status.changes_at) == (True, "Open day and night", None)


def test_space_open_day_and_night_that_will_close_says_when():
    closed = SpecialDays(WEDNESDAY, WEDNESDAY, None, None)
    always = tuple(WeeklyHours(weekday, time(), time()) for weekday in range(7))

    assert text(Calendar(JAPAN, "JP", False, always, (closed,)), "12:00") == "Open until 00:00"
    assert text(Calendar(JAPAN, "JP", False, always, (closed,)), "12:00", WEDNESDAY) == "Closed, opens tomorrow 00:00"


def test_snow_closes_early():
    snow = SpecialDays(TUESDAY, TUESDAY, time(11), time(16), "大雪", "Snow")
    calendar = Calendar(JAPAN, "JP", False, (WeeklyHours(1, time(11), time(21)),), (snow,))

    assert text(calendar, "15:00") == "Open until 16:00"
    assert text(calendar, "16:00") == "Closed, opens 1 December 11:00"


def test_whole_day_ahead_is_day_and_night_and_a_minute_less_is_not():
    closed = SpecialDays(date(2026, 11, 26), date(2026, 11, 26), None, None)
    always = tuple(WeeklyHours(weekday, time(), time()) for weekday in range(7))
    calendar = Calendar(JAPAN, "JP", False, always, (closed,))

    assert text(calendar, "00:00", WEDNESDAY) == "Open day and night"
    assert text(calendar, "00:01", WEDNESDAY) == "Open until 00:00"
