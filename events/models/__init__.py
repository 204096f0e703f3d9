"""Tables of events, cut by topic."""

from events.models.event import DOORS_OPEN, Event, EventQuerySet, Series
from events.models.feed import CalendarFeed
from events.models.picture import Picture
from events.models.rsvp import CONFIRMED_WITHIN, Rsvp, RsvpQuerySet
from events.models.venue import Venue, VenueQuerySet
from events.models.wall import LINE_LENGTH, WallLine

__all__ = [
    "CONFIRMED_WITHIN",
    "DOORS_OPEN",
    "LINE_LENGTH",
    "CalendarFeed",
    "Event",
    "EventQuerySet",
    "Picture",
    "Rsvp",
    "RsvpQuerySet",
    "Series",
    "Venue",
    "VenueQuerySet",
    "WallLine",
]
