"""“Still coming?”: keeping a place at an event, or giving it to the next in line, by a button of a reminder."""

from datetime import datetime

from django.db import transaction

from events.leaving import leave
from events.links import Asked
from events.locks import locked_rsvp
from events.models import Rsvp
from events.refusals import refusal


@transaction.atomic
def keep(*, asked: Asked, now: datetime) -> Rsvp:
    """Note that the person says they come; said before, nothing changes. Raises ValidationError."""
    rsvp, _venues = locked_rsvp(asked.rsvp)
    _check_as_told(rsvp, asked, now)
    if rsvp.coming_at is None:
        rsvp.coming_at = now
        rsvp.save(update_fields=["coming_at"])
    return rsvp


@transaction.atomic
def free(*, asked: Asked, now: datetime) -> Rsvp:
    """Take the sign-up back, as the person; the next in line have its places at once.

    Taken back by them before, nothing changes. Raises ValidationError.
    """
    rsvp, _venues = locked_rsvp(asked.rsvp)
    if rsvp.left_by == Rsvp.Side.PERSON:
        return rsvp
    _check_as_told(rsvp, asked, now)
    return leave(rsvp=rsvp, now=now)


def state_of(asked: Asked, *, now: datetime) -> str:
    """How it stands with what a reminder asked, in a word that templates know; `open` while it can be answered."""
    rsvp = asked.rsvp
    if rsvp.event.cancelled_at:
        return "cancelled"
    if rsvp.left_at:
        return "freed" if rsvp.left_by == Rsvp.Side.PERSON else "taken_back"
    if rsvp.event.is_over_at(now):
        return "over"
    if rsvp.attended_at:
        return "here"
    if rsvp.event.has_begun_at(now):
        return "begun"
    return "open" if asked.tells(rsvp) else "changed"


def _check_as_told(rsvp: Rsvp, asked: Asked, now: datetime) -> None:
    state = state_of(Asked(rsvp, asked.sequence, asked.event_sequence), now=now)
    if state != "open":
        raise refusal(_REFUSED[state], name=rsvp.name)


_REFUSED = {
    "cancelled": "cancelled",
    "freed": "left_already",
    "taken_back": "left_already",
    "over": "over",
    "here": "here_already",
    "begun": "begun",
    "changed": "changed_meanwhile",
}
