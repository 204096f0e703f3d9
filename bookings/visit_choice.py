"""Where and when a ticket can be used: its spaces, and of each the next days with what is free."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.occupancy import Occupancy, occupancy
from bookings.rules import last_day
from bookings.visits import Left, left_of, visit_at, visit_token
from spaces.calendar import DAY, Span, days
from spaces.house import House, houses
from spaces.models import Space
from spaces.status import Status, status_at
from visas.models import Participation, Ticket
from visas.opening import check_still_good

DAYS_SHOWN = 14


@dataclass(frozen=True)
class VisitDay:
    """A day at a space: when the visit would be (never, if it is closed), and how many more tickets it takes."""

    day: date
    span: Span | None
    free: int = 0
    # The person has a seat then already, here or elsewhere.
    is_own: bool = False

    @property
    def is_free(self) -> bool:
        return self.span is not None and self.free > 0 and not self.is_own


@dataclass(frozen=True)
class Place:
    """A space that takes the ticket: open or not now, visits left there, and its next days."""

    house: House
    status: Status
    visits_left: int
    days: tuple[VisitDay, ...]

    @property
    def space(self) -> Space:
        return self.house.space

    @property
    def first_free(self) -> VisitDay | None:
        return next((one for one in self.days if one.is_free), None) if self.visits_left else None

    def on(self, day: date | None) -> VisitDay | None:
        """The first day from `day` on that is free; where there is none such, the first of all."""
        later = (one for one in self.days if one.is_free and day and one.day >= day)
        return next(later, self.first_free)


@dataclass(frozen=True)
class VisitChoice:
    """What there is to choose, and what is chosen: a place first, then one of its days."""

    ticket: Ticket
    left: Left
    places: tuple[Place, ...]
    place: Place | None = None
    day: VisitDay | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a day to choose at all."""
        return any(place.first_free for place in self.places)

    def free_until(self, now: datetime) -> datetime | None:
        """Until when the chosen visit could be cancelled and given back; None if that is over at `now`."""
        if self.place is None or self.day is None or self.day.span is None:
            return None
        until = self.day.span.starts_at - timedelta(minutes=self.place.space.free_cancellation_minutes)
        return until if until > now else None

    def chosen(self, slug: str, day: date | None, *, insists: bool = False) -> "VisitChoice":
        """The same with a place and a day: what is asked for, else the only place, and its next free day.

        Who `insists` has typed who comes, and keeps that beside the first place that is free.
        """
        free = [place for place in self.places if place.first_free]
        others = free[:1] if insists or len(free) == 1 else []
        place = next((one for one in free if one.space.slug == slug), others[0] if others else None)
        return replace(self, place=place, day=place.on(day) if place else None)


def visit_choice(ticket: Ticket, left: Left, *, now: datetime, moving: Booking | None = None) -> VisitChoice:
    """What a ticket of which this is left can be used for; `moving` is the visit that is to be moved.

    Five queries, however many spaces and bookings there are.
    """
    today = timezone.localdate(now)
    taking = Participation.objects.standing().filter(campaign=ticket.campaign_id)
    seats_a_day = dict(taking.values_list("space_id", "seats_a_day"))
    found = houses(Space.objects.in_federation(today).filter(pk__in=seats_a_day), today=today)
    first = max(today, ticket.campaign.starts_on)
    around = Span(_midnight(first - 2 * DAY), _midnight(first + (DAYS_SHOWN + 2) * DAY))
    reading = _Reading(
        taken=occupancy([one.pk for house in found for one in house.resources if one.is_seats], *around),
        by_campaign=_taken_by_campaign(ticket, found, around, moving),
        own=_own(ticket, around, moving),
        moving=moving,
    )
    places = (
        Place(
            house=house,
            status=status_at(house.calendar, now),
            visits_left=left.at(house.space.pk),
            days=tuple(
                reading.day(house, day, seats_a_day[house.space.pk], now)
                for day in _days(house, ticket, left.until, now)
            ),
        )
        for house in found
    )
    return VisitChoice(ticket, left, tuple(places))


@dataclass(frozen=True)
class _Reading:
    """What was read for all places at once."""

    taken: dict[int, Occupancy]
    by_campaign: Counter[tuple[int, date]]
    own: Occupancy
    moving: Booking | None

    def day(self, house: House, day: date, seats_a_day: int, now: datetime) -> VisitDay:
        wish = visit_at(house, day, now)
        if wish is None:
            return VisitDay(day, None)
        seats, span = wish.resource, wish.span
        free = min(
            seats.capacity - self.taken[seats.pk].peak(*span), seats_a_day - self.by_campaign[house.space.pk, day]
        )
        return VisitDay(day, span, free, is_own=bool(self.own.peak(*span)) or self._is_there(house, day))

    def _is_there(self, house: House, day: date) -> bool:
        """Whether the visit that is to be moved is there now."""
        moving, space = self.moving, house.space
        return moving is not None and moving.resource.space_id == space.pk and space.today(moving.starts_at) == day


def _days(house: House, ticket: Ticket, until: date, now: datetime) -> Iterable[date]:
    first = max(house.space.today(now), ticket.campaign.starts_on)
    return days(first, min(first + (DAYS_SHOWN - 1) * DAY, until, last_day(house, now)))


def _taken_by_campaign(
    ticket: Ticket, found: list[House], around: Span, moving: Booking | None
) -> Counter[tuple[int, date]]:
    """The visits by tickets of the campaign, by space and day of its own calendar."""
    zones = {house.space.pk: house.space.zone for house in found}
    rows = (
        Booking.objects.live()
        .overlapping(*around)
        .filter(ticket__campaign=ticket.campaign_id, resource__space__in=zones)
        .exclude(pk=moving.pk if moving else 0)
        .order_by()
        .values_list("resource__space_id", "starts_at")
        .annotate(visits=Count("pk"))
    )
    counted: Counter[tuple[int, date]] = Counter()
    for space_id, starts_at, visits in rows:
        counted[space_id, starts_at.astimezone(zones[space_id]).date()] += visits
    return counted


def _own(ticket: Ticket, around: Span, moving: Booking | None) -> Occupancy:
    """When the holder of a ticket has a seat, anywhere (design rule 14), but for the visit that is to be moved."""
    seats = Booking.objects.live().overlapping(*around).filter(person=ticket.email, holds_seat=True)
    others = seats.exclude(pk=moving.pk if moving else 0)
    return Occupancy((one.starts_at, one.ends_at, 1) for one in others)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


@dataclass(frozen=True)
class GivenBack:
    """A visit that a ticket has again: until when it is good, and where there is a day for it, each with its address.

    The addresses are from the root of the house.
    """

    until: date
    places: list[tuple[Place, str]]


def given_back(booking: Booking, *, now: datetime) -> GivenBack | None:
    """What a cancelled visit by ticket can be used for instead; None where it is not given back, or of no more use."""
    ticket = booking.ticket
    if ticket is None or booking.cancelled_at is None or booking.cancelled_late:
        return None
    found = visit_choice(ticket, left_of(ticket), now=now)
    try:
        check_still_good(ticket, today=timezone.localdate(now), until=found.left.until)
    except ValidationError:
        return None
    # Where one was to come stands last: it may have closed for longer.
    free = sorted(free_places(found), key=lambda one: one[0].space.pk == booking.resource.space_id)
    return GivenBack(found.left.until, free)


def free_places(found: VisitChoice) -> list[tuple[Place, str]]:
    """Where there is a day for a ticket, each with the address at which it is booked, from the root of the house."""
    address = reverse("tickets:another", args=[visit_token(found.ticket)])
    return [(place, f"{address}?space={place.space.slug}") for place in found.places if place.first_free]
