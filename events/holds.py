"""What a venue holds of its space: a booking that follows the event (bookings/holding.py)."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
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
    span, seats, name = Span(event.starts_at, event.ends_at), venue.held_seats, _name(event)
    if held:
        move_hold(booking=held, resource=wanted, span=span, seats=seats, name=name, now=now)
    else:
        venue.hold = hold(resource=wanted, span=span, seats=seats, name=name, now=now)
        venue.save(update_fields=["hold"])


def hold_if_free(venue: Venue, *, now: datetime) -> None:
    """As `bring_in_line`, but what can't be held is not: `VenueQuerySet.without_hold` lists it for the operators."""
    before = venue.hold
    try:
        with transaction.atomic():
            bring_in_line(venue, now=now)
    except ValidationError:
        venue.hold = before


def keep_name(venue: Venue, *, now: datetime) -> None:
    """Let what is held have the name of its event, whose time and place are as before."""
    held = venue.hold if venue.is_held else None
    if held and not held.has_ended_at(now):
        span = Span(held.starts_at, held.ends_at)
        move_hold(booking=held, resource=held.resource, span=span, seats=held.seats, name=_name(venue.event), now=now)


def _name(event: Event) -> str:
    """One for all who read the booking, whoever writes it."""
    with translation.override(settings.LANGUAGE_CODE):
        return event.title


def _wanted(venue: Venue, event: Event, now: datetime) -> Resource | None:
    """What is to be held, if anything is by now."""
    takes_place = venue.stands and event.cancelled_at is None and not event.is_over_at(now)
    return venue.resource if takes_place else None
