"""When a wish is refused: the nearest times and places that are still free."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bookings.limits import limit_problems
from bookings.models import Booking
from bookings.occupancy import Occupancy, occupancy
from bookings.pricelist import PriceList, price_list
from bookings.quote import Quote, quote
from bookings.rules import Wish, first_start, last_day, retires_before, time_problems
from bookings.week import booking_link
from members.requests import Viewer
from spaces.calendar import DAY, Span, days, steps
from spaces.house import House, day_of, houses
from spaces.models import Resource, Space

MOST = 3
DAYS_AHEAD = 14


@dataclass(frozen=True)
class Alternative:
    """A time and place with enough seats, and what it costs the person."""

    house: House
    resource: Resource
    span: Span
    free: int
    quote: Quote
    seats: int
    moving: Booking | None = None

    @property
    def link(self) -> str:
        """The address of its quote, or where the booking can be moved to it."""
        return booking_link(self.house, self.resource, self.span, self.seats, moving=self.moving)


def alternatives(
    house: House, wish: Wish, *, user: Viewer, own: list[Booking], now: datetime, moving: Booking | None = None
) -> list[Alternative]:
    """The nearest free times for a wish: the same day and the days around at the space, then other spaces then.

    Times at which the person holds a seat already (`own`) are no alternative, and a booking moves within its space.
    Seven queries at most, however many spaces; other spaces are asked about the wished time only.
    """
    others = list(houses(Space.objects.in_federation(), today=house.space.today(now)))
    spaces = [other.space for other in others]
    prices = price_list([space.pk for space in spaces], user, today=house.space.today(now))
    prices = prices.reckoned(user, spaces, now=now, without=moving)
    around = Span(
        min(wish.span.starts_at, now) - DAY,
        max(wish.span.ends_at, wish.span.starts_at, now) + (DAYS_AHEAD + 2) * DAY,
    )
    taken = occupancy([resource.pk for resource in _alike(house, wish)], *around)
    seated = Occupancy((one.starts_at, one.ends_at, 1) for one in own if wish.resource.is_seats)
    here = _nearest(house, wish, taken, prices, seated, now)
    if moving:
        return [replace(one, moving=moving) for one in here[:MOST]]
    elsewhere = _elsewhere(others, house, wish, prices, seated, now)
    found = [*here[: MOST - 1], *elsewhere[:1], *here[MOST - 1 :]]
    return found[:MOST]


def _nearest(
    house: House,
    wish: Wish,
    taken: dict[int, Occupancy],
    prices: PriceList,
    seated: Occupancy,
    now: datetime,
) -> list[Alternative]:
    """The best candidate of each day and resource, the nearest in time first."""
    found: list[Alternative] = []
    last = last_day(house, now)
    enough_at = DAYS_AHEAD
    for away, day in _days_near(house, wish, now):
        # A late hour of a near day may be as far as an early hour of the next: one more day is looked at.
        if away > enough_at + 1:
            break
        for resource in _alike(house, wish):
            candidates = sorted(
                _candidates(house, resource, wish, day, now), key=lambda span: _distance(span, wish.span)
            )
            fits = (
                alternative
                for span in candidates
                # After midnight the last night is beyond the last day.
                if house.space.today(span.starts_at) <= last
                and not retires_before(resource, span)
                and not seated.peak(*span)
                and (alternative := _fitting(house, resource, wish, span, taken, prices, now))
            )
            nearest = next(fits, None)
            if nearest:
                found.append(nearest)
        if len(found) >= MOST:
            enough_at = min(enough_at, away)
    return sorted(found, key=lambda one: _distance(one.span, wish.span))


def _elsewhere(
    others: list[House],
    house: House,
    wish: Wish,
    prices: PriceList,
    seated: Occupancy,
    now: datetime,
) -> list[Alternative]:
    """The same time at other spaces."""
    found: list[Alternative] = []
    if seated.peak(*wish.span) or wish.span.ends_at <= wish.span.starts_at:
        return found
    taken = occupancy([alike.pk for other in others for alike in _alike(other, wish)], *wish.span)
    for other in others:
        if other.space.pk == house.space.pk:
            continue
        for resource in _alike(other, wish):
            there = Wish(resource, wish.span, wish.seats)
            if not time_problems(other, there, now):
                fit = _fitting(other, resource, wish, wish.span, taken, prices, now)
                if fit:
                    found.append(fit)
                    break
    return found


def _alike(house: House, wish: Wish) -> list[Resource]:
    """What a house has of the sort that is wished for."""
    return [resource for resource in house.resources if resource.kind == wish.resource.kind]


def _days_near(house: House, wish: Wish, now: datetime) -> list[tuple[int, date]]:
    """The days around the wish that can be booked, the nearest first, each with how many days away it is."""
    wished = house.space.today(wish.span.starts_at)
    today = house.space.today(now)
    first = min(max(wished, today), last_day(house, now))
    around = (day for day in days(first - DAY, first + DAYS_AHEAD * DAY) if day <= last_day(house, now))
    return sorted((abs((day - first).days), day) for day in around)


def _candidates(house: House, resource: Resource, wish: Wish, day: date, now: datetime) -> Iterator[Span]:
    """Spans as long as the wish on a day, from each step; one that lasted until closing still does."""
    own = house.calendar.span_of(wish.span.starts_at)
    until_closing = own is not None and wish.span.ends_at == own.ends_at
    # A wish that does not end on a step is offered until the next one.
    unit = timedelta(minutes=resource.step_minutes)
    length = unit * -((wish.span.starts_at - wish.span.ends_at) // unit)
    for day_span in house.calendar.spans_on(day):
        start = first_start(resource, day_span, now)
        for step in steps(Span(start, day_span.ends_at), resource.step_minutes):
            if until_closing and step < day_span.ends_at:
                yield Span(step, day_span.ends_at)
            elif timedelta(0) < length <= day_span.ends_at - step:
                yield Span(step, step + length)


def _fitting(
    house: House,
    resource: Resource,
    wish: Wish,
    span: Span,
    taken: dict[int, Occupancy],
    prices: PriceList,
    now: datetime,
) -> Alternative | None:
    free = resource.capacity - taken[resource.pk].peak(*span)
    if free < wish.seats or any(limit_problems(house.space, prices.used, span, now)):
        return None
    day = day_of(house.calendar, span.starts_at)
    found = quote(house=house, prices=prices, resource=resource, span=span, seats=wish.seats, day=day)
    return Alternative(house, resource, span, free, found, wish.seats) if found else None


def _distance(span: Span, wished: Span) -> timedelta:
    return abs(span.starts_at - wished.starts_at)
