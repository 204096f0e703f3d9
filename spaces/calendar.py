"""When a space is open, as plain values: no query, no clock.

Times are half-open: a span holds `starts_at` up to, not including, `ends_at`. Wall times are read in the space's own
zone; the moments that come out are in UTC, because Python compares two datetimes of one zone by their wall clocks,
which is wrong in the hour that a clock change repeats.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)
# How far to look for the next opening before a space counts as closed until further notice.
FURTHEST_OPENING = 120


class Span(NamedTuple):
    """A stretch of time between two moments in UTC."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


class WeeklyHours(NamedTuple):
    """One stretch of a weekday (0 is Monday); closing at or before opening means the next day."""

    weekday: int
    opens: time
    closes: time
    is_sample: bool = False


class SpecialDays(NamedTuple):
    """Days, the last one included, that are closed, or open between two times; `reason_*` is told to people."""

    starts_on: date
    ends_on: date
    opens: time | None
    closes: time | None
    reason_ja: str = ""
    reason_en: str = ""


class WhyClosed(NamedTuple):
    """Why a day has no hours: a closure's reason, a national holiday's name, or neither (a weekly day off)."""

    closure: SpecialDays | None = None
    holiday: str | None = None


@lru_cache(maxsize=256)
def national_holidays(country: str, year: int, language: str = "ja") -> dict[date, str]:
    """The national holidays of a year with their names; the library falls back to its own language."""
    # Its supported languages are tagged with a region ("en_US"), ours are not.
    tags = holidays.country_holidays(country).supported_languages
    tag = next((tag for tag in tags if tag.split("_")[0] == language), None)
    found = holidays.country_holidays(country, years=year, language=tag)
    return {day: name for day, name in found.items() if day.year == year}


@dataclass(frozen=True)
class Calendar:
    """The opening hours of one space: weekly hours, closures, special hours, national holidays."""

    zone: ZoneInfo
    country: str
    closed_on_holidays: bool
    weekly: tuple[WeeklyHours, ...]
    special: tuple[SpecialDays, ...] = ()

    def special_on(self, day: date) -> SpecialDays | None:
        """The closure or the special hours of a day; the database allows one a day."""
        return next((days for days in self.special if days.starts_on <= day <= days.ends_on), None)

    def holiday_on(self, day: date, language: str = "ja") -> str | None:
        """The name of the national holiday on a day."""
        return national_holidays(self.country, day.year, language).get(day)

    def spans_on(self, day: date) -> list[Span]:
        """The stretches that begin on a calendar day, in order, joined where they meet; the last may pass midnight."""
        stretches = (self.span_between(day, opens, closes) for opens, closes in self._hours_on(day))
        # Where the clock skips the whole of a stretch, its end comes out before its start: nothing is open then.
        return list(_joined(span for span in stretches if span.starts_at < span.ends_at))

    def _hours_on(self, day: date) -> list[tuple[time, time]]:
        special = self.special_on(day)
        if special is not None:
            return [(special.opens, special.closes)] if special.opens is not None and special.closes is not None else []
        if self.closed_on_holidays and self.holiday_on(day):
            return []
        weekday = day.weekday()
        return [(hours.opens, hours.closes) for hours in self.weekly if hours.weekday == weekday]

    def why_closed(self, day: date, language: str = "ja") -> WhyClosed | None:
        """Why nothing opens on a day, or None when something does."""
        if self.spans_on(day):
            return None
        special = self.special_on(day)
        if special is not None:
            return WhyClosed(closure=special)
        if self.closed_on_holidays and (holiday := self.holiday_on(day, language)):
            return WhyClosed(holiday=holiday)
        return WhyClosed()

    def merged(self, first: date, last: date) -> list[Span]:
        """The stretches of open time that touch the days from `first` to `last`, joined where they meet.

        Looks a day around, so that a night that began the day before and one that runs on are whole.
        """
        spans = (span for day in days(first - DAY, last + DAY) for span in self.spans_on(day))
        return list(_joined(spans))

    def open_span(self, moment: datetime) -> Span | None:
        """The stretch of open time that `moment` lies in, joined with what meets it."""
        day = moment.astimezone(self.zone).date()
        # Two nights on, so that what never closes lasts a day and more even where a clock change makes a day short.
        return next((span for span in self.merged(day, day + DAY) if span.holds(moment)), None)

    def holds(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the space is open all the time from one moment to the other."""
        first, last = starts_at.astimezone(self.zone).date(), ends_at.astimezone(self.zone).date()
        return any(span.starts_at <= starts_at and ends_at <= span.ends_at for span in self.merged(first, last))

    def next_opening(self, moment: datetime) -> datetime | None:
        """When the space next opens after `moment`, or None if not within FURTHEST_OPENING days."""
        today = moment.astimezone(self.zone).date()
        for day in days(today, today + FURTHEST_OPENING * DAY):
            for span in self.spans_on(day):
                if span.starts_at > moment:
                    return span.starts_at
        return None

    def span_of(self, moment: datetime) -> Span | None:
        """The stretch of one day that `moment` lies in, as its hours have it: it ends at that day's closing."""
        today = moment.astimezone(self.zone).date()
        for day in (today - DAY, today):
            for span in self.spans_on(day):
                if span.holds(moment):
                    return span
        return None

    def span_between(self, day: date, opens: time, closes: time) -> Span:
        """A day's wall times as moments; closing at or before opening is on the next day."""
        last = day + DAY if closes <= opens else day
        return Span(self._moment(day, opens), self._moment(last, closes))

    def _moment(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, self.zone).astimezone(UTC)


def days(first: date, last: date) -> Iterator[date]:
    """The calendar days from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + offset * DAY


def steps(span: Span, minutes: int) -> Iterator[datetime]:
    """The moments at which a booking may start or end within a span: every `minutes` of real time from its start."""
    step = timedelta(minutes=minutes)
    moment = span.starts_at
    while moment <= span.ends_at:
        yield moment
        moment += step


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    current: Span | None = None
    for span in sorted(spans):
        if current is None:
            current = span
        elif span.starts_at <= current.ends_at:
            current = Span(current.starts_at, max(current.ends_at, span.ends_at))
        else:
            yield current
            current = span
    if current is not None:
        yield current
