"""Months of a membership: from one renewal to the day before the next. Pure; days are the space's own calendar days."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days from one renewal to the day before the next, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def next_first(self) -> date:
        """The renewal that ends it."""
        return self.last + DAY


def renewal_in(year: int, month: int, renewal_day: int) -> date:
    """The day on which a membership renews in a month: its own day, or the month's last if that is shorter.

    So does Japan's Civil Code count a period in months (article 143, paragraph 2).
    """
    return date(year, month, min(renewal_day, calendar.monthrange(year, month)[1]))


def period_of(day: date, renewal_day: int) -> Period:
    """The period that holds `day`."""
    this = renewal_in(day.year, day.month, renewal_day)
    if day < this:
        return Period(_month_before(this, renewal_day), this - DAY)
    return Period(this, _month_after(this, renewal_day) - DAY)


def renewal_after(day: date, renewal_day: int) -> date:
    """The first renewal later than `day`."""
    return period_of(day, renewal_day).next_first


def renewal_days_on(day: date) -> range:
    """The days of the month on which a membership can be set to renew that does so on `day`: of a month's last day also
    those that it has not. The other way round of `renewal_in`."""
    is_last = (day + DAY).month != day.month
    return range(day.day, 32 if is_last else day.day + 1)


def prorated(price: int, period: Period, days: int) -> int:
    """What so many days of a period cost, if all of it costs `price`: whole yen, rounded down once for all of them."""
    return price * days // period.days


def _month_after(day: date, renewal_day: int) -> date:
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return renewal_in(year, month, renewal_day)


def _month_before(day: date, renewal_day: int) -> date:
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return renewal_in(year, month, renewal_day)
