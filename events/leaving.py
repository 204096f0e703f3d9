"""Leaving an event: the next in line have the place at once."""

from datetime import datetime

from django.db import transaction

from events import notices
from events.line import move_up
from events.locks import locked_rsvp
from events.models import Rsvp
from events.refusals import refusal
from notices.outbox import tell


@transaction.atomic
def leave(*, rsvp: Rsvp, by: str = Rsvp.Side.PERSON, now: datetime) -> Rsvp:
    """Take a sign-up back, and give its places to the next in line; `by` is a Rsvp.Side. The person is told.

    Who has just moved up and says no in time has declined. Left already, nothing changes. Raises ValidationError once
    the person is checked in, or the event is over.
    """
    rsvp, venues = locked_rsvp(rsvp)
    if rsvp.left_at:
        return rsvp
    if rsvp.attended_at:
        raise refusal("here_already", name=rsvp.name)
    if rsvp.event.is_over_at(now):
        raise refusal("over")
    was_confirmed = rsvp.confirmed_at is not None
    rsvp.declined = by == Rsvp.Side.PERSON and rsvp.may_decline_at(now)
    rsvp.left_at, rsvp.left_by = now, by
    rsvp.sequence += 1
    rsvp.save(update_fields=["left_at", "left_by", "declined", "sequence"])
    if was_confirmed:
        tell(notices.left(rsvp, now=now))
        move_up(venues[rsvp.venue_id], now=now)
    return rsvp
