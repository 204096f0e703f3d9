"""Months of a membership: for any day and any day of renewal, no day is lost, and none is counted twice."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.periods import Period, period_of, prorated, renewal_after, renewal_in
from tests.properties import examples

DAY = timedelta(days=1)
days = st.dates(date(1999, 1, 1), date(2101, 12, 31))
renewal_days = st.integers(1, 31)
prices = st.integers(0, 200_000)


@st.composite
def cut_periods(draw):
    """A period, cut into parts of one day at least, each as its first and last day."""
    period = period_of(draw(days), draw(renewal_days))
    cuts = sorted(draw(st.sets(st.integers(1, period.days - 1), max_size=5)))
    firsts = [period.first + timedelta(days=cut) for cut in (0, *cuts)]
    lasts = [*(first - DAY for first in firsts[1:]), period.last]
    return period, list(zip(firsts, lasts, strict=True))


@examples(300)
@given(day=days, renewal_day=renewal_days)
def test_a_day_is_in_its_period(day, renewal_day):
    period = period_of(day, renewal_day)

    assert period.first <= day <= period.last
    assert 28 <= period.days <= 31
    assert period.days == (period.next_first - period.first).days


@examples(300)
@given(day=days, renewal_day=renewal_days)
def test_periods_tile_the_calendar(day, renewal_day):
    period = period_of(day, renewal_day)

    for each in (period.first, period.last):
        assert period_of(each, renewal_day) == period
    before, after = period_of(period.first - DAY, renewal_day), period_of(period.next_first, renewal_day)
    assert before.next_first == period.first
    assert after.first == period.next_first == renewal_after(day, renewal_day)


@examples(300)
@given(day=days, renewal_day=renewal_days)
def test_every_renewal_is_a_month_after_the_last_and_keeps_its_day(day, renewal_day):
    """After a short month the day comes back: the 31st does not drift to the 28th."""
    first = period_of(day, renewal_day).first
    for _month in range(13):
        after = renewal_after(first, renewal_day)
        assert (after.year * 12 + after.month) - (first.year * 12 + first.month) == 1
        assert after.day == min(renewal_day, calendar.monthrange(after.year, after.month)[1])
        first = after


@examples(100)
@given(year=st.integers(1999, 2101), renewal_day=renewal_days)
def test_year_has_twelve_periods_and_all_its_days(year, renewal_day):
    first = renewal_in(year, 1, renewal_day)
    periods = []
    while first.year == year:
        periods.append(period_of(first, renewal_day))
        first = periods[-1].next_first

    assert len(periods) == 12
    assert sum(period.days for period in periods) == (renewal_in(year + 1, 1, renewal_day) - periods[0].first).days


@pytest.mark.parametrize(
    ("day", "renewal_day", "first", "last"),
    [
        (date(2027, 2, 15), 31, date(2027, 1, 31), date(2027, 2, 27)),
        (date(2027, 2, 28), 31, date(2027, 2, 28), date(2027, 3, 30)),
        (date(2028, 2, 28), 31, date(2028, 1, 31), date(2028, 2, 28)),
        (date(2028, 2, 29), 31, date(2028, 2, 29), date(2028, 3, 30)),
        (date(2028, 2, 29), 30, date(2028, 2, 29), date(2028, 3, 29)),
        (date(2027, 3, 1), 29, date(2027, 2, 28), date(2027, 3, 28)),
        (date(2026, 11, 30), 31, date(2026, 11, 30), date(2026, 12, 30)),
        (date(2026, 12, 31), 1, date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), 15, date(2026, 12, 15), date(2027, 1, 14)),
    ],
)
def test_period_of_a_day_in_a_short_month(day, renewal_day, first, last):
    assert period_of(day, renewal_day) == Period(first, last)


@examples(300)
@given(price=prices, cut=cut_periods())
def test_parts_of_a_period_never_cost_more_than_it_and_hardly_less(price, cut):
    period, parts = cut
    shares = [prorated(price, period, (last - first).days + 1) for first, last in parts]

    assert price - (len(parts) - 1) <= sum(shares) <= price
    assert prorated(price, period, period.days) == price
    assert prorated(price, period, 0) == 0


@examples(300)
@given(price=prices, cut=cut_periods())
def test_more_days_never_cost_less(price, cut):
    period, parts = cut
    shares = [prorated(price, period, (last - period.first).days + 1) for _first, last in parts]

    assert shares == sorted(shares)
    assert prorated(price + 1000, period, period.days) >= prorated(price, period, period.days)
