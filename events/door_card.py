"""What a host sees of one sign-up at the door."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from events.models import Rsvp, Venue
from events.places import numbers_in_line


@dataclass(frozen=True)
class Card:
    """A sign-up as it is seen at the door of one venue."""

    rsvp: Rsvp
    here: Venue
    number: int | None
    """Which number in line, where they wait."""
    is_own: bool
    """Whether whoever looks lets people in at the venue where the sign-up is."""

    @property
    def is_elsewhere(self) -> bool:
        return self.rsvp.venue_id != self.here.pk

    @property
    def can_check_in(self) -> bool:
        """Whether the button that lets in is of use; who has come may go over to another venue."""
        return self.rsvp.is_live and (self.rsvp.attended_at is None or self.is_elsewhere)

    @property
    def can_undo(self) -> bool:
        return self.rsvp.attended_at is not None and self.is_own


def cards(rsvps: Iterable[Rsvp], *, here: Venue, own: Collection[int]) -> list[Card]:
    """Sign-ups as they are seen at `here` by who lets in at the venues `own`; one query."""
    rsvps = list(rsvps)
    numbers = numbers_in_line(rsvps)
    return [Card(rsvp, here, numbers.get(rsvp.pk), rsvp.venue_id in own) for rsvp in rsvps]
