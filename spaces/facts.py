"""A space's standing facts as lines of a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from spaces.calendar import WeeklyHours
from spaces.house import House
from spaces.models import Resource


@dataclass(frozen=True)
class HoursLine:
    """A weekday and when the space is open on it; nothing when it is closed."""

    name: str
    is_today: bool
    spans: tuple[WeeklyHours, ...]


@dataclass(frozen=True)
class FurnishingLine:
    """What there is of one sort: seats, rooms, booths."""

    name: str
    text: str
    is_sample: bool


def hours_lines(house: House, today: date) -> list[HoursLine]:
    """The weekly hours, Monday first."""
    return [
        HoursLine(
            name=str(WEEKDAYS[weekday]),
            is_today=weekday == today.weekday(),
            spans=tuple(hours for hours in house.calendar.weekly if hours.weekday == weekday),
        )
        for weekday in range(7)
    ]


def furnishing_lines(house: House) -> Iterator[FurnishingLine]:
    """Seats and rooms by name; booths gathered by how many persons they are for."""
    for resource in house.resources:
        if resource.is_seats:
            seats = ngettext("%(count)s seat", "%(count)s seats", resource.capacity)
            yield FurnishingLine(resource.name, seats % {"count": resource.capacity}, resource.is_sample)
        elif resource.kind != Resource.Kind.BOOTH:
            yield FurnishingLine(resource.name, _persons(resource.persons), resource.is_sample)
    by_size = groupby(sorted(house.booths, key=_size), key=_size)
    for persons, booths in by_size:
        count = len(list(booths))
        name = _("Work booths (%(persons)s)") % {"persons": _persons(persons)}
        yield FurnishingLine(name, ngettext("%(count)s booth", "%(count)s booths", count) % {"count": count}, False)


def _size(booth: Resource) -> int:
    return booth.persons


def _persons(count: int) -> str:
    return ngettext("for %(count)s person", "for %(count)s persons", count) % {"count": count}
