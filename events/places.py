"""How full venues are, and who finds room; who signs up asks it of one venue under its lock (events/locks.py)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from events.models import Event, Rsvp, Venue
from events.models.rsvp import GOING, WAITING


@dataclass(frozen=True)
class Places:
    """How full a venue is."""

    venue: Venue
    people: int
    """Who has a place, guests counted."""
    waiting: int
    """Who waits for one, guests counted."""
    in_line: int
    """Sign-ups in the line: who comes next is the number after it."""
    before: int
    """Sign-ups in the line that will have a place: those with more people than there are places are passed."""

    @property
    def left(self) -> int | None:
        """Places that are free; None where there is no limit."""
        return None if self.venue.capacity is None else max(self.venue.capacity - self.people, 0)

    @property
    def next_number(self) -> int:
        """Which number in line who joins it now would be."""
        return self.in_line + 1

    @property
    def has_room(self) -> bool:
        """Whether one person finds a place at once."""
        return self.has_room_for(1)

    def has_room_for(self, people: int) -> bool:
        """Whether so many find places at once: enough are free, and nobody waits for them.

        Who waits with more people than the venue has places at all keeps nobody from one.
        """
        return self.left is None or (people <= self.left and not self.before)

    def holds(self, people: int) -> bool:
        """Whether there are so many places at all, taken or not."""
        return self.venue.holds(people)


def places_at(venues: Iterable[Venue]) -> list[Places]:
    """How full venues are, in their order; one query."""
    venues = list(venues)
    sums = Rsvp.objects.live().filter(venue__in=venues).order_by().values("venue")
    found = {
        row["venue"]: row
        for row in sums.annotate(
            going=Sum("people", filter=GOING, default=0),
            waiting=Sum("people", filter=WAITING, default=0),
            in_line=Count("pk", filter=WAITING),
            before=Count("pk", filter=WAITING & Q(people__lte=F("venue__capacity"))),
        )
    }
    nobody = {"going": 0, "waiting": 0, "in_line": 0, "before": 0}
    rows = [(venue, found.get(venue.pk, nobody)) for venue in venues]
    return [Places(venue, row["going"], row["waiting"], row["in_line"], row["before"]) for venue, row in rows]


def places_here(venue: Venue) -> Places:
    """How full one venue is; what follows from it stays so as long as the caller holds its lock. One query."""
    return places_at([venue])[0]


def places_of(event: Event) -> list[Places]:
    """How full the venues are at which an event takes place, online last; two queries."""
    standing = Venue.objects.standing().filter(event=event)
    venues = list(standing.select_related("space", "host").order_by("space__position", "pk"))
    for venue in venues:
        venue.event = event
    return places_at(venues)


def numbers_in_line(rsvps: Iterable[Rsvp]) -> dict[int, int]:
    """Which number each of these sign-ups that wait is in its line, from 1, by their keys; one query."""
    venues = {rsvp.venue_id for rsvp in rsvps if rsvp.is_waiting}
    lines: dict[int, list[int]] = {}
    for venue, key in Rsvp.objects.waiting().filter(venue__in=venues).values_list("venue", "pk"):
        lines.setdefault(venue, []).append(key)
    return {key: number for line in lines.values() for number, key in enumerate(line, 1)}
