"""How many seats are taken, when: read in one query for any number of resources, then plain values."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection

from bookings.models import LONGEST_HOURS

# `Booking.objects.live().overlapping(...)`, added up; by hand, because every page asks it (see spaces/rows.py).
_TAKEN = """
SELECT resource_id, starts_at, ends_at, sum(seats)::int FROM bookings_booking
WHERE resource_id = ANY(%s) AND cancelled_at IS NULL AND missed_at IS NULL
  AND starts_at > %s AND starts_at < %s AND ends_at > %s
GROUP BY resource_id, starts_at, ends_at
"""


class Occupancy:
    """The seats taken of one resource as a step function of time.

    Built from stretches `(starts_at, ends_at, seats)`, half-open, in any order, with any overlaps.
    """

    def __init__(self, stretches: Iterable[tuple[datetime, datetime, int]] = ()) -> None:
        changes: dict[datetime, int] = defaultdict(int)
        for starts_at, ends_at, seats in stretches:
            changes[starts_at] += seats
            changes[ends_at] -= seats
        self._moments = sorted(changes)
        self._taken: list[int] = []
        taken = 0
        for moment in self._moments:
            taken += changes[moment]
            self._taken.append(taken)

    @property
    def key(self) -> tuple[tuple[datetime, ...], tuple[int, ...]]:
        """All that it says, as a value to remember things by."""
        return tuple(self._moments), tuple(self._taken)

    def peak(self, starts_at: datetime, ends_at: datetime) -> int:
        """The most seats taken at any one moment from `starts_at` up to, not including, `ends_at`; 0 in no time."""
        if ends_at <= starts_at:
            return 0
        first = bisect_right(self._moments, starts_at) - 1
        last = bisect_left(self._moments, ends_at)
        return max(self._taken[max(first, 0) : last], default=0)

    def changes_between(self, starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime, int]]:
        """The stretches of even occupancy that fill a time, in order: the data of a small chart."""
        cuts = [starts_at, *(m for m in self._moments if starts_at < m < ends_at), ends_at]
        return [(start, end, self.peak(start, end)) for start, end in pairwise(cuts)]


def occupancy(resource_ids: Iterable[int], starts_at: datetime, ends_at: datetime) -> dict[int, Occupancy]:
    """The live bookings of resources that touch a time, by resource: one query.

    The database adds up what starts and ends together, so the answer is as long as the times differ, not as there are
    bookings.
    """
    stretches: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [list(resource_ids), starts_at - timedelta(hours=LONGEST_HOURS), ends_at, starts_at])
        for resource_id, start, end, taken in cursor.fetchall():
            stretches[resource_id].append((start, end, taken))
    return defaultdict(Occupancy, {pk: Occupancy(found) for pk, found in stretches.items()})
