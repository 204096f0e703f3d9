"""Opening hours as one would work them out with a clock and much paper: a list of the minutes that are open.

The slow and plain twin of spaces/calendar.py. Minutes are whole numbers, counted from an evening long ago. A wall time
that the clock shows twice is the first of the two; one that it skips is read with the offset from before the change
(RFC 5545, 3.3.5).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from spaces.calendar import Calendar, Span

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def number(moment: datetime) -> int:
    """The minute of a moment."""
    return (moment - BEGINNING) // MINUTE


def moment(minute: int) -> datetime:
    """The moment at which a minute begins."""
    return BEGINNING + minute * MINUTE


@lru_cache(maxsize=16)
def clock(zone: ZoneInfo, day: date) -> dict[datetime, int]:
    """Each wall time that the clock shows in the nine days around one, with the first minute that shows it."""
    first = number(datetime.combine(day - 4 * DAY, time(), UTC))
    shown: dict[datetime, int] = {}
    for minute in range(first, first + 9 * 24 * 60):
        shown.setdefault(moment(minute).astimezone(zone).replace(tzinfo=None), minute)
    return shown


def minute_at(wall: datetime, shown: dict[datetime, int]) -> int:
    """The minute of a wall time."""
    skipped = 0
    while wall not in shown:
        wall -= MINUTE
        skipped += 1
    return shown[wall] + skipped


def own_minutes(calendar: Calendar, day: date, shown: dict[datetime, int]) -> list[int]:
    """The minutes that belong to the opening day `day`, in order."""
    special = [days for days in calendar.special if days.starts_on <= day <= days.ends_on]
    if special:
        hours = [(days.opens, days.closes) for days in special if days.opens is not None]
    elif calendar.closed_on_holidays and calendar.holiday_on(day):
        hours = []
    else:
        hours = [(each.opens, each.closes) for each in calendar.weekly if each.weekday == day.weekday()]
    found: set[int] = set()
    for opens, closes in hours:
        last = day if opens < closes else day + DAY
        found.update(
            range(minute_at(datetime.combine(day, opens), shown), minute_at(datetime.combine(last, closes), shown))
        )
    return sorted(found)


def stretches(minutes: list[int]) -> list[Span]:
    """Minutes in order, joined where they follow each other."""
    found: list[Span] = []
    start = None
    for at, minute in enumerate(minutes):
        start = minute if start is None else start
        if at + 1 == len(minutes) or minutes[at + 1] != minute + 1:
            found.append(Span(moment(start), moment(minute + 1)))
            start = None
    return found
