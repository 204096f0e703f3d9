"""Deleting one's account, with what events know of the person: places are given back, and no name stays."""

from datetime import datetime

from bookings import erasing
from events.belonging import sign_ups_of
from events.leaving import leave
from events.locks import locked_venues
from events.models import CalendarFeed, Event, Rsvp, RsvpQuerySet, Venue, WallLine
from members.models import User


def erase(*, user: User, typed: str, now: datetime) -> None:
    """Delete a person's account as `bookings.erasing.erase` does; who waits for their places at events gets these.

    Lines on a wall stay, without a name, as the event's record. Raises ValidationError.
    """
    erasing.erase(user=user, typed=typed, also=lambda: _forget(user, now), now=now)


def sign_ups_to_leave(user: User, *, now: datetime) -> RsvpQuerySet:
    """A person's sign-ups for events to come, which deleting the account takes back, the next first."""
    still = sign_ups_of(user).live().filter(attended_at__isnull=True, event__ends_at__gt=now)
    return still.select_related("event__organiser", "venue__space").order_by("event__starts_at", "pk")


def _forget(user: User, now: datetime) -> None:
    found = sign_ups_to_leave(user, now=now)
    # All of them before the first is given back, in the order of their keys (design rule 10).
    locked_venues(found.values_list("venue", flat=True))
    for rsvp in found:
        leave(rsvp=rsvp, now=now)
    own = list(sign_ups_of(user).values_list("pk", flat=True))
    WallLine.objects.filter(rsvp__in=own).update(name="")
    WallLine.objects.filter(user=user).update(name="")
    Rsvp.objects.filter(pk__in=own).update(name="", person=None, answer="")
    Event.objects.filter(host=user).update(host=None)
    Venue.objects.filter(host=user).update(host=None)
    CalendarFeed.objects.filter(user=user).delete()
