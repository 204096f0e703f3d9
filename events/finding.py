"""Finding events: which of them everybody may see, and what a list says of each at a glance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from events.belonging import sign_ups_of
from events.models import Event, EventQuerySet, Rsvp, Venue
from events.places import Places, places_at
from members.requests import Viewer
from spaces.models import Space


@dataclass(frozen=True)
class Row:
    """An event in a list: its venues, and the reader's own sign-up if they have one."""

    event: Event
    places: list[Places]
    mine: Rsvp | None
    takes_sign_ups: bool
    has_begun: bool

    @property
    def day(self) -> date:
        return self.event.day


def to_come(now: datetime) -> EventQuerySet:
    """Announced events that have not ended, where a space of the federation takes part, the next first.

    Who meant to come should read that an event is cancelled: such a one stays until its day is over.
    """
    cancelled_today = Q(cancelled_at__isnull=False, ends_at__gt=_midnight(now))
    still = Event.objects.announced().filter(Q(ends_at__gt=now) | cancelled_today)
    return still.filter(_takes_part(now)).order_by("starts_at", "pk")


def been(now: datetime) -> EventQuerySet:
    """Events that took place, of all spaces there ever were, the latest first."""
    return Event.objects.announced().past(now).filter(cancelled_at__isnull=True)


def shown(now: datetime) -> EventQuerySet:
    """What calendars show: what is to come as `to_come` has it, all that was announced before, and what is off."""
    known = Q(ends_at__lte=now) | Q(cancelled_at__isnull=False) | _takes_part(now)
    return Event.objects.announced().filter(known).order_by("starts_at", "pk")


def at_space(events: EventQuerySet, space: Space) -> EventQuerySet:
    """Those that a space holds, or that take place there."""
    there = Venue.objects.standing().filter(event=OuterRef("pk"), space=space)
    return events.filter(Q(organiser=space) | Exists(there))


def ever_at_space(events: EventQuerySet, space: Space) -> EventQuerySet:
    """Those that a space holds, and where it takes part or did once everybody could see them."""
    seen = Q(left_at__isnull=True) | Q(left_at__gt=OuterRef("published_at"))
    there = Venue.objects.filter(seen, event=OuterRef("pk"), space=space, agreed_at__isnull=False)
    return events.filter(Q(organiser=space) | Exists(there))


def between(events: EventQuerySet, first: date, last: date) -> EventQuerySet:
    """Those that may begin on the days from one to another, both included, by the clocks of any space."""
    # A day begins up to fourteen hours earlier, or later, where another clock is kept.
    margin = timedelta(days=1)
    starts = _midnight_of(first) - margin, _midnight_of(last) + 2 * margin
    return events.filter(starts_at__gte=starts[0], starts_at__lt=starts[1])


def with_venues(events: EventQuerySet) -> EventQuerySet:
    """The events with who holds them and where they take place: one query more, however many they are."""
    return events.select_related("organiser").prefetch_related(
        Prefetch("venues", Venue.objects.select_related("space"))
    )


def rows_of(events: Iterable[Event], viewer: Viewer, *, now: datetime) -> list[Row]:
    """What a list says of events that `with_venues` has read: one query more, and two for who is signed in."""
    listed = list(events)
    mine: dict[int, Rsvp] = {}
    if viewer and viewer.is_authenticated:
        own = sign_ups_of(viewer).standing().filter(event__in=listed)
        mine = {rsvp.event_id: rsvp for rsvp in own}
    places: dict[int, list[Places]] = {event.pk: [] for event in listed}
    for one in places_at(venue for event in listed for venue in event.venues.all() if venue.stands):
        places[one.venue.event_id].append(one)
    return [
        Row(event, places[event.pk], mine.get(event.pk), event.takes_sign_ups_at(now), event.has_begun_at(now))
        for event in listed
    ]


def by_day(rows: Iterable[Row]) -> list[tuple[date, list[Row]]]:
    """Rows under the day on which each begins where it is held, in the order of the first of each day."""
    days: dict[date, list[Row]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    return list(days.items())


def _takes_part(now: datetime) -> Exists:
    """Whether an event takes place at a space of the federation, or online and is held by one."""
    federation = Space.objects.in_federation(timezone.localdate(now))
    here = Q(space__in=federation) | Q(space__isnull=True, event__organiser__in=federation)
    return Exists(Venue.objects.standing().filter(here, event=OuterRef("pk")))


def _midnight(now: datetime) -> datetime:
    return _midnight_of(timezone.localdate(now))


def _midnight_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
