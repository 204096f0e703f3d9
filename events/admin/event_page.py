"""What the page of an event shows besides its fields: its venues, its figures, and what may be done with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from bookings.admin.scope import may_at
from events.admin import words
from events.admin.figure_words import explained, note
from events.admin.reach import EVENT, VENUE, home_of, is_open
from events.counting import with_counts
from events.figures import figures_of
from events.models import Event, Venue


@dataclass(frozen=True)
class Part:
    """A venue with its counts, and whether the person may answer or change for it."""

    venue: Any
    may_change: bool

    @property
    def state(self) -> str:
        return words.venue_state(self.venue)

    @property
    def words(self) -> Any:
        return words.VENUE_STATES[self.state][0]

    @property
    def colour(self) -> str:
        return words.VENUE_STATES[self.state][1]

    @property
    def places(self) -> str:
        return words.places(self.venue)

    @property
    def hold(self) -> Any:
        return words.hold_words(self.venue)


def venues_shown(rows: QuerySet[Venue]) -> QuerySet[Any]:
    """Venues with their counts and what a line about one needs."""
    return with_counts(rows).select_related("space", "resource", "hold").order_by("space__position", "pk")


def page_of(request: HttpRequest, event: Event, now: datetime) -> dict[str, Any]:
    """A fixed number of queries."""
    parts = []
    for venue in venues_shown(Venue.objects.filter(event=event)):
        venue.event = event
        parts.append(Part(venue, is_open(event, now) and may_at(request, home_of(venue), "change", VENUE)))
    holds = may_at(request, event.organiser_id, "change", EVENT)
    may_change = holds and is_open(event, now)
    over = event.is_announced and event.cancelled_at is None and event.is_over_at(now)
    return {
        "event": event,
        "event_key": str(event.pk),
        "parts": parts,
        "asked": [part for part in parts if part.state == "asked" and part.may_change],
        "may_announce": may_change and not event.is_announced,
        "may_change_event": may_change,
        "may_repeat": may_change and event.series_id is None,
        "may_end_series": may_change and event.series_id is not None,
        "may_thank": holds and over and event.thanked_at is None,
        "may_add_online": not any(part.venue.is_online and not part.venue.left_at for part in parts),
        "figures": explained(figures_of([event]).total) if over else None,
        "figures_note": note(),
        "door": reverse("events:door", args=[event.reference]) if event.cancelled_at is None else "",
        "sign_ups": f"{reverse('admin:events_rsvp_changelist')}?event__id__exact={event.pk}",
        "lines": f"{reverse('admin:events_wallline_changelist')}?event__id__exact={event.pk}",
    }
