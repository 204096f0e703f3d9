"""Finding by time: where is there room for so many people, over all spaces at once."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from bookings.models import Booking
from bookings.occupancy import Occupancy, occupancy
from bookings.pricelist import PriceList, price_list
from bookings.quote import Quote
from bookings.refusals import refusal
from bookings.rules import Wish, priced
from bookings.week import booking_link
from members.requests import Viewer
from spaces.calendar import Span
from spaces.house import House, houses
from spaces.models import Resource, Space


@dataclass(frozen=True)
class Finding:
    """One resource at the time asked for: free seats and a quote, or every reason why not."""

    house: House
    resource: Resource
    span: Span
    free: int
    quote: Quote | None
    refusals: tuple[str, ...]
    seats: int

    @property
    def is_free(self) -> bool:
        return self.quote is not None

    @property
    def link(self) -> str:
        """The address of its quote."""
        return booking_link(self.house, self.resource, self.span, self.seats)


def find(*, day: date, start: time, end: time, persons: int, user: Viewer, now: datetime) -> list[Finding]:
    """What every space of the federation has at a time, free ones first, each by price: eight queries at most."""
    today = localdate(now)
    found_houses = houses(Space.objects.in_federation(today), today=today)
    spaces = [house.space for house in found_houses]
    prices = price_list([space.pk for space in spaces], user, today=today).reckoned(user, spaces, now=now)
    wishes = [
        (house, Wish(resource, house.calendar.span_between(day, start, end), _seats(resource, persons)))
        for house in found_houses
        for resource in house.resources
        if (resource.is_seats or resource.is_sold_by_the_hour) and resource.persons >= persons
    ]
    if not wishes:
        return []
    around = Span(min(wish.span.starts_at for _, wish in wishes), max(wish.span.ends_at for _, wish in wishes))
    taken = occupancy([wish.resource.pk for _, wish in wishes], *around)
    own = Occupancy((one.starts_at, one.ends_at, 1) for one in Booking.objects.seats_of(user).overlapping(*around))
    findings = [_finding(house, wish, taken, own, prices, now) for house, wish in wishes]
    return sorted(findings, key=lambda one: (not one.is_free, one.quote.price if one.quote else 0))


def _seats(resource: Resource, persons: int) -> int:
    return persons if resource.is_seats else 1


def _finding(
    house: House, wish: Wish, taken: dict[int, Occupancy], own: Occupancy, prices: PriceList, now: datetime
) -> Finding:
    free = wish.resource.capacity - taken[wish.resource.pk].peak(*wish.span)
    try:
        quote = priced(house, prices, wish, now=now)
        if free < wish.seats:
            code = "full" if wish.resource.is_seats else "taken"
            raise refusal(code, resource=wish.resource.name)
        if wish.resource.is_seats and own.peak(*wish.span):
            raise refusal("overlaps_own")
    except ValidationError as error:
        return Finding(house, wish.resource, wish.span, free, None, tuple(error.messages), wish.seats)
    return Finding(house, wish.resource, wish.span, free, quote, (), wish.seats)
