"""Free places to book at, so that every post of a measurement can succeed."""

import random
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection

from bench.filling.founding import RACE
from bookings.pricelist import price_list
from spaces.house import House, houses
from spaces.models import Resource, Space

FIRST_HOURS = (11, 13, 15, 17)
LENGTH = timedelta(hours=2)
OF_ONE_WINDOW = 2  # bookings at one house, so that the load spreads over all of them

FREE = """
SELECT capacity - bookings_peak(resource.id, starts_at, ends_at)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY
     AS wanted (resource_id, starts_at, ends_at, number)
JOIN spaces_resource AS resource ON resource.id = resource_id ORDER BY number
"""


class Target(NamedTuple):
    """A place for one person, in the words of the form: wall times in the space's zone."""

    space: str
    resource: int
    starts: str
    ends: str
    person: int


class Window(NamedTuple):
    """Two hours at the open seats of one house."""

    space: str
    resource: Resource
    starts_at: datetime
    ends_at: datetime

    def target(self, person: int) -> Target:
        starts, ends = (f"{moment:%Y-%m-%dT%H:%M}" for moment in (self.starts_at, self.ends_at))
        return Target(self.space, self.resource.pk, starts, ends, person)


def free_places(today: date, persons: int, draw: random.Random) -> list[Target]:
    """Places over the coming weeks at every house that sells drop-ins, in no order; nobody is in two at a time."""
    windows = [
        window
        for house in _selling(today)
        for offset in range(2, house.space.horizon_days - 2)
        for window in windows_on(house, today + timedelta(days=offset))
    ]
    draw.shuffle(windows)
    booked: dict[datetime, int] = {}
    targets = []
    for window, free in zip(windows, _free(windows), strict=True):
        for _ in range(min(free, OF_ONE_WINDOW)):
            person = booked.get(window.starts_at, 0)
            if person < persons:
                targets.append(window.target(person))
                booked[window.starts_at] = person + 1
    draw.shuffle(targets)
    return targets


def race_windows(today: date, count: int) -> list[Target]:
    """The same two hours on `count` days at the house of the race, where nobody has booked."""
    [house] = houses(Space.objects.filter(slug=RACE), today=today)
    open_days = (
        window
        for offset in range(2, house.space.horizon_days - 2)
        for window in windows_on(house, today + timedelta(days=offset))[:1]
    )
    return [window.target(0) for window, _ in zip(open_days, range(count), strict=False)]


def windows_on(house: House, day: date) -> list[Window]:
    """The windows of a day that lie within its opening hours."""
    zone, seats = house.space.zone, house.open_seats
    starts = [datetime.combine(day, time(hour), zone) for hour in FIRST_HOURS]
    return [
        Window(house.space.slug, seats, start, start + LENGTH)
        for start in starts
        if seats and house.calendar.holds(start, start + LENGTH)
    ]


def _selling(today: date) -> list[House]:
    found = houses(Space.objects.exclude(slug=RACE), today=today)
    prices = price_list([house.space.pk for house in found], None, today=today)
    return [house for house in found if house.open_seats and prices.visits_at(house.space.pk, house.open_seats.pk)]


def _free(windows: list[Window]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            FREE,
            [
                [window.resource.pk for window in windows],
                [window.starts_at for window in windows],
                [window.ends_at for window in windows],
            ],
        )
        return [free for (free,) in cursor.fetchall()]
