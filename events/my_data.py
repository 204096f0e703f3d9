"""Everything the house keeps about one person, with what events add to it."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from bookings import my_data as below
from events.belonging import sign_ups_of
from events.models import CalendarFeed, Event, Rsvp, WallLine
from members.models import User


def my_data(user: User, *, now: datetime) -> dict[str, Any]:
    """What is kept about a person, as `bookings.my_data` has it; five queries more."""
    own = sign_ups_of(user).select_related("event", "venue__space").order_by("signed_up_at")
    return {
        **below.my_data(user, now=now),
        "sign_ups": [_sign_up(one) for one in own],
        "wall_lines": [
            {
                "event": one.event.reference,
                "text": one.text,
                "said_at": _iso(one.said_at),
                "hidden_at": _iso(one.hidden_at),
            }
            for one in WallLine.objects.filter(Q(user=user) | Q(rsvp__in=own.order_by())).select_related("event")
        ],
        "host_of": [
            {"event": one.reference, "title": one.title, "starts_at": _iso(one.starts_at)}
            for one in Event.objects.filter(Q(host=user) | Q(venues__host=user)).distinct()
        ],
        "calendar_feeds": [
            {"made_at": _iso(one.made_at), "revoked_at": _iso(one.revoked_at)}
            for one in CalendarFeed.objects.filter(user=user).order_by("made_at")
        ],
    }


def _sign_up(rsvp: Rsvp) -> dict[str, Any]:
    return {
        "reference": rsvp.reference,
        "event": rsvp.event.reference,
        "title": rsvp.event.title,
        "starts_at": _iso(rsvp.event.starts_at),
        "space": rsvp.venue.space.slug if rsvp.venue.space else None,
        "name": rsvp.name,
        "email": rsvp.person,
        "language": rsvp.language,
        "people": rsvp.people,
        "answer": rsvp.answer,
        "is_walk_in": rsvp.is_walk_in,
        "signed_up_at": _iso(rsvp.signed_up_at),
        "confirmed_at": _iso(rsvp.confirmed_at),
        "in_line_since": _iso(rsvp.queued_at),
        "has_a_place_since": _iso(rsvp.going_at),
        "moved_up_at": _iso(rsvp.promoted_at),
        "declined": rsvp.declined,
        "said_coming_at": _iso(rsvp.coming_at),
        "came_at": _iso(rsvp.attended_at),
        "left_at": _iso(rsvp.left_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
