"""Which events, venues and sign-ups a person sees who helps to run some spaces, and which of them are theirs to change.

An event belongs to the space that holds it; a venue to its space, and online to who holds the event.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Q, QuerySet, When
from django.http import Http404, HttpRequest
from django.utils import timezone

from bookings.admin.scope import may_at
from bookings.admin.tickets.reach import EVERYWHERE, where
from events.models import Event, Rsvp, Series, Venue, WallLine

EVENT = Event._meta.label_lower
VENUE = Venue._meta.label_lower
RSVP = Rsvp._meta.label_lower
SERIES = Series._meta.label_lower
LINE = WallLine._meta.label_lower

# Of a venue: a space that was asked knows of a draft nothing, one that has said yes keeps what it holds in sight.
_AGREED_OR_ANNOUNCED = Q(agreed_at__isnull=False) | Q(event__published_at__isnull=False)


def events_of(rows: QuerySet[Event], spaces: list[int] | None) -> QuerySet[Event]:
    """Events that spaces hold; once announced, those with a venue there: asked too, and to look back what has left."""
    if spaces is EVERYWHERE:
        return rows
    there = Venue.objects.filter(_AGREED_OR_ANNOUNCED, space__in=spaces).values("event")
    return rows.filter(Q(organiser__in=spaces) | Q(pk__in=there))


def venues_of(rows: QuerySet[Venue], spaces: list[int] | None) -> QuerySet[Venue]:
    """Venues at spaces, asked ones once the event is announced, and online where they hold the event."""
    if spaces is EVERYWHERE:
        return rows
    own = Q(space__in=spaces) & (Q(event__organiser__in=spaces) | _AGREED_OR_ANNOUNCED)
    return rows.filter(own | Q(space__isnull=True, event__organiser__in=spaces))


def rsvps_of(rows: QuerySet[Rsvp], spaces: list[int] | None) -> QuerySet[Rsvp]:
    """Sign-ups at the venues of spaces, and online where they hold the event: who comes elsewhere is not theirs."""
    if spaces is EVERYWHERE:
        return rows
    return rows.filter(Q(venue__space__in=spaces) | Q(venue__space__isnull=True, event__organiser__in=spaces))


def lines_of(rows: QuerySet[WallLine], spaces: list[int] | None) -> QuerySet[WallLine]:
    """Lines that were written at the venues of spaces, and all on the wall of what they hold."""
    if spaces is EVERYWHERE:
        return rows
    return rows.filter(Q(venue__space__in=spaces) | Q(event__organiser__in=spaces))


def home_of(venue: Venue) -> int:
    """The key of the space to which a venue belongs."""
    return venue.space_id or venue.event.organiser_id


def event_or_404(request: HttpRequest, pk: int, action: str = "view") -> Event:
    """An event that the person sees; for anything but looking, of a space of theirs.

    Raises Http404, and PermissionDenied for who may only look.
    """
    rows = Event.objects.select_related("organiser", "host", "series", "picture")
    event = events_of(rows, where(request, "view", EVENT)).filter(pk=pk).first()
    if event is None:
        raise Http404
    if action != "view" and not may_at(request, event.organiser_id, action, EVENT):
        raise PermissionDenied
    return event


def venue_or_404(request: HttpRequest, pk: int, action: str = "view") -> Venue:
    """A venue of the person's own spaces. Raises Http404, and PermissionDenied for who may only look."""
    rows = Venue.objects.select_related("event__organiser", "event__series", "space", "resource", "host", "hold")
    venue = venues_of(rows, where(request, "view", VENUE)).filter(pk=pk).first()
    if venue is None:
        raise Http404
    if action != "view" and not may_at(request, home_of(venue), action, VENUE):
        raise PermissionDenied
    return venue


def next_first(event: str = "") -> list[Any]:
    """The order of a list by when the events are: those to come, the next first, then those that were, the last first.

    `event` is the path to the event, with its underscores.
    """
    coming = When(**{f"{event}ends_at__gt": timezone.now()}, then=F(f"{event}starts_at"))
    return [Case(coming).asc(nulls_last=True), F(f"{event}starts_at").desc()]


def is_open(event: Event, now: datetime) -> bool:
    """Whether an event can still be changed: neither cancelled nor over."""
    return event.cancelled_at is None and not event.is_over_at(now)
