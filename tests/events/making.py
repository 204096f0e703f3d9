"""Makers of events, venues and sign-ups with dull defaults, past every rule of the acts."""

from datetime import date, datetime
from typing import Any

from events.models import Event, Rsvp, Venue
from members.models import User
from spaces.models import Space
from tests.conftest import NOW
from tests.factories import at

FRIDAY = date(2026, 11, 27)


def make_event(
    organiser: Space, *, day: date = FRIDAY, starts: str = "13:00", ends: str = "17:00", **fields: Any
) -> Event:
    """An announced Jelly, next Friday afternoon."""
    fields = {"title_ja": "金曜のJelly", "title_en": "Friday Jelly", "published_at": NOW, **fields}
    return Event.objects.create(organiser=organiser, starts_at=at(starts, day), ends_at=at(ends, day), **fields)


def make_venue(event: Event, space: Space | None, *, capacity: int | None = 10, **fields: Any) -> Venue:
    """A venue that takes part; without a space it is online."""
    return Venue.objects.create(event=event, space=space, capacity=capacity, **{"agreed_at": NOW, **fields})


def make_rsvp(venue: Venue, user: User | None = None, *, when: datetime = NOW, **fields: Any) -> Rsvp:
    """Somebody who has a place, unless the fields say otherwise."""
    if user:
        fields = {"user": user, "person": user.email, "name": user.display_name, "language": user.language, **fields}
    fields = {"name": "Visitor", "confirmed_at": when, "going_at": when, "signed_up_at": when, **fields}
    return Rsvp.objects.create(event=venue.event, venue=venue, **fields)
