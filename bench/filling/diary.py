"""Who sits where, when: drawn so that no rule is broken, for as many bookings as are wanted.

A seat resource is a number of chairs and a room is one. Each chair's day is filled with bookings that follow one
another; of all these a day's share is drawn, so no moment has more bookings than chairs.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate, groupby, pairwise

from spaces.calendar import Span, days
from spaces.house import House
from spaces.models import Resource

HOURS = (1, 1, 1.5, 2, 2, 2, 3, 3, 4, 4, 5, 6, 8, 10)
SHORTEST = timedelta(hours=1)
PAST_DAYS, NEXT_DAYS = 365, 60
FULLEST = 0.8  # of what the chairs could take; for more bookings the past is made longer
PATTERNS = 12


@dataclass(frozen=True)
class Slot:
    """A booking of some chair's day, counted from opening."""

    resource: Resource
    begins: timedelta
    length: timedelta


@dataclass(frozen=True)
class Opening:
    """One house on one day, and a full day's bookings of it to draw from."""

    day: date
    house: House
    span: Span
    pattern: list[Slot]


@dataclass(frozen=True)
class Drawn:
    """One booking that shall be in the table."""

    resource: Resource
    starts_at: datetime
    ends_at: datetime


class Diary:
    """A number of bookings, spread over the openings of all houses; read once."""

    def __init__(self, houses: list[House], count: int, today: date, draw: random.Random) -> None:
        self._draw = draw
        self._openings = _openings_for(houses, count, today, draw)
        self._shares = _shares(self._openings, count)

    @property
    def fullest_day(self) -> int:
        """The most bookings of any day, over all houses."""
        of_day: Counter[date] = Counter()
        for opening, share in zip(self._openings, self._shares, strict=True):
            of_day[opening.day] += share
        return max(of_day.values(), default=0)

    def __iter__(self) -> Iterator[Drawn]:
        """Day by day from the earliest, and within a day in no order."""
        parts = zip(self._openings, self._shares, strict=True)
        for _, of_day in groupby(parts, key=lambda part: part[0].day):
            drawn = [
                _at(opening, slot) for opening, share in of_day for slot in self._draw.sample(opening.pattern, share)
            ]
            self._draw.shuffle(drawn)
            yield from drawn


def _shares(openings: list[Opening], count: int) -> list[int]:
    """How many bookings each opening gets, by what it could take, `count` in all."""
    places = list(accumulate(len(opening.pattern) for opening in openings))
    ends = [place * count // places[-1] for place in places]
    return [end - start for start, end in pairwise([0, *ends])]


def _openings_for(houses: list[House], count: int, today: date, draw: random.Random) -> list[Opening]:
    """Every day of every house from long enough ago to the horizon, the earliest first."""

    @cache
    def patterns(house: House, length: timedelta) -> list[list[Slot]]:
        return [_full_day(house, length, draw) for _ in range(PATTERNS)]

    past = PAST_DAYS
    while True:
        openings = [
            Opening(day, house, span, draw.choice(patterns(house, span.ends_at - span.starts_at)))
            for day in days(today - timedelta(days=past), today + timedelta(days=NEXT_DAYS))
            for house in houses
            for span in house.calendar.spans_on(day)
        ]
        if count <= FULLEST * sum(len(opening.pattern) for opening in openings):
            return openings
        past *= 2


def _full_day(house: House, length: timedelta, draw: random.Random) -> list[Slot]:
    slots = []
    for resource in house.resources:
        if not (resource.is_seats or resource.is_sold_by_the_hour):
            continue
        step = timedelta(minutes=resource.step_minutes)
        for _chair in range(resource.capacity):
            begins = step * draw.randrange(4)
            while begins + SHORTEST <= length:
                wanted = timedelta(hours=draw.choice(HOURS))
                slot = Slot(resource, begins, min(wanted // step * step, length - begins))
                slots.append(slot)
                begins += slot.length + step * draw.randrange(3)
    return slots


def _at(opening: Opening, slot: Slot) -> Drawn:
    starts_at = opening.span.starts_at + slot.begins
    return Drawn(slot.resource, starts_at, starts_at + slot.length)
