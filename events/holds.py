"""What a venue holds of its space: a booking that follows the event (bookings/holding.py)."""

from datetime import datetime

from django.conf import settings
from django.utils import translation

from bookings.holding import hold, move_hold, release
from events.models import Event, Venue
from spaces.calendar import Span
from spaces.models import Resource


def bring_in_line(venue: Venue, *, now: datetime) -> None:
    """Hold what a venue wants, as the event stands now, or give it back; the caller holds event and venue.

    Raises ValidationError, with the bookings that stand in the way.
    """
    event = venue.event
    held = venue.hold if venue.is_held else None
    wanted = _wanted(venue, event, now)
    if wanted is None:
        if held:
            release(booking=held, now=now)
        return
    span, seats = Span(event.starts_at, event.ends_at), venue.held_seats
    with translation.override(settings.LANGUAGE_CODE):
        name = event.title  # one for all who read the booking, whoever writes it
    if held:
        move_hold(booking=held, resource=wanted, span=span, seats=seats, name=name, now=now)
    else:
        venue.hold = hold(resource=wanted, span=span, seats=seats, name=name, now=now)
        venue.save(update_fields=["hold"])


def _wanted(venue: Venue, event: Event, now: datetime) -> Resource | None:
    """What is to be held, if anything is by now."""
    takes_place = venue.stands and event.cancelled_at is None and not event.is_over_at(now)
    return venue.resource if takes_place else None
