"""Deleting one's account, with what events know of the person: places are given back, and no name stays."""

import dataclasses
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from bookings import erasing
from bookings.erasing import Farewell
from events.belonging import sign_ups_of
from events.forgetting import forget
from events.leaving import leave
from events.live import channel
from events.locks import locked_person, locked_venues
from events.models import CalendarFeed, Event, RsvpQuerySet, Venue, WallLine
from events.refusals import refusal
from members.erasing import logged
from members.models import User


def farewell(user: User, *, now: datetime) -> Farewell:
    """What deleting the account of a person would do below events, or why it can't be done, at an event too."""
    found = erasing.farewell(user, now=now)
    try:
        _check(user, now)
    except ValidationError as error:
        return dataclasses.replace(found, refused=found.refused or error)
    return found


def erase(*, user: User, typed: str, now: datetime) -> None:
    """Delete a person's account as `bookings.erasing.erase` does; who waits for their places at events gets these.

    That they came stays, without a name; what they wrote on walls goes. Raises ValidationError, also while they are
    checked in at an event.
    """
    with transaction.atomic():
        locked_person(user)
        erasing.erase(user=user, typed=typed, also=lambda: _forget(user, now), now=now)


def sign_ups_to_leave(user: User, *, now: datetime) -> RsvpQuerySet:
    """A person's sign-ups for events to come, which deleting the account takes back, the next first."""
    still = sign_ups_of(user).live().filter(attended_at__isnull=True, event__ends_at__gt=now)
    return still.select_related("event__organiser", "venue__space").order_by("event__starts_at", "pk")


def _check(user: User, now: datetime) -> None:
    """Raise ValidationError while the person is checked in at an event."""
    there = sign_ups_of(user).live().filter(attended_at__isnull=False, event__ends_at__gt=now)
    if rsvp := there.select_related("event").first():
        raise refusal("still_at_event", event=rsvp.event.title)


def _forget(user: User, now: datetime) -> None:
    _lock(user, now)
    _check(user, now)
    for rsvp in sign_ups_to_leave(user, now=now):
        leave(rsvp=rsvp, now=now)
    own = list(sign_ups_of(user).values_list("pk", flat=True))
    _take_off_the_walls(user, own)
    forget(own)
    Event.objects.filter(host=user).update(host=None)
    Venue.objects.filter(host=user).update(host=None)
    CalendarFeed.objects.filter(user=user).delete()


def _lock(user: User, now: datetime) -> None:
    """Lock what is given back and what the person is the host of, each in the order of keys (design rule 10)."""
    list(Event.objects.filter(host=user).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    left = sign_ups_to_leave(user, now=now).order_by().values("venue")
    concerned = Venue.objects.filter(Q(pk__in=left) | Q(host=user))
    locked_venues(concerned.order_by().values_list("pk", flat=True))


def _take_off_the_walls(user: User, own: list[int]) -> None:
    """Delete a person's lines, and take them off the pages that are open: they are the person's own words."""
    lines = WallLine.objects.filter(Q(user=user) | Q(rsvp__in=own))
    for key, reference in lines.values_list("pk", "event__reference"):
        channel.publish(channel.hidden(reference, key))
    logged(lines).update(object_repr="")
    lines.delete()
