"""A month of events as a calendar has it: whole weeks from Monday to Sunday."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from events.finding import Row

WEEK = 7


@dataclass(frozen=True)
class Cell:
    """A day in the calendar; days beside the month fill up its first and its last week, and hold nothing."""

    day: date
    rows: list[Row]
    is_of_month: bool
    is_today: bool


def weeks_of(first: date, rows: Iterable[Row], *, today: date) -> list[list[Cell]]:
    """The weeks of the month that begins on `first`, with the events of each day."""
    last = last_day(first)
    days: dict[date, list[Row]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    monday = first - timedelta(days=first.weekday())
    cells = [
        Cell(day, days.get(day, []) if first <= day <= last else [], first <= day <= last, day == today)
        for day in (monday + timedelta(days=number) for number in range((last - monday).days + WEEK - last.weekday()))
    ]
    return [cells[start : start + WEEK] for start in range(0, len(cells), WEEK)]


def last_day(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return next_month(first) - timedelta(days=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)
