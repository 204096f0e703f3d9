"""A day at a space as its operators meet it: hours, who comes, what is on. A fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bookings.models import Booking
from bookings.owing import to_pay_for
from events.counting import with_counts
from events.models import Venue
from spaces.calendar import SpecialDays, WhyClosed
from spaces.house import House, day_of, house_of
from spaces.models import Space

# A day's last stretch may run on into the night: so far into the next day somebody may still come who belongs to it.
INTO_THE_NIGHT = timedelta(hours=12)


@dataclass(frozen=True)
class Coming:
    """A booking of the day, and what the desk still has to take for it, in yen."""

    booking: Booking
    to_pay: int

    @property
    def is_by_visa(self) -> bool:
        return self.booking.basis == Booking.Basis.VISA

    @property
    def is_trial(self) -> bool:
        """Whether somebody looks at the space for the first time: by ticket, or as a first visit."""
        return self.booking.basis in (Booking.Basis.TICKET, Booking.Basis.FIRST_VISIT)


@dataclass(frozen=True)
class Day:
    """What is known of a day; `events` are venues with their counts."""

    house: House
    on: date
    coming: list[Coming]
    events: list[Any]

    @property
    def space(self) -> Space:
        return self.house.space

    @property
    def people(self) -> int:
        return sum(one.booking.seats for one in self.coming)

    @property
    def hours(self) -> list[tuple[datetime, datetime]]:
        """From when to when it is open; nothing on a closed day."""
        return [(span.starts_at, span.ends_at) for span in self.house.calendar.spans_on(self.on)]

    @property
    def special(self) -> SpecialDays | None:
        """Hours that are not those of the week."""
        return self.house.calendar.special_on(self.on) if self.hours else None

    def why_closed(self, language: str) -> WhyClosed | None:
        return self.house.calendar.why_closed(self.on, language)


def day_at(space: Space, on: date) -> Day:
    """A day at a space: six queries, however many come."""
    house = house_of(space, today=on)
    bookings = _bookings(house, on)
    to_pay = to_pay_for(space, bookings)
    return Day(house, on, [Coming(one, to_pay[one.pk]) for one in bookings], _events(space, on))


def _bookings(house: House, on: date) -> list[Booking]:
    """Who comes on an opening day, the first first: at one in the night of an open bar, still the day before."""
    morning, next_morning = _midnights(house.space, on)
    rows = Booking.objects.live().exclude(basis=Booking.Basis.HOLD).filter(resource__space=house.space)
    rows = rows.filter(starts_at__gte=morning, starts_at__lt=next_morning + INTO_THE_NIGHT)
    whole = rows.select_related("resource", "user", "plan", "ticket__campaign", "visa__membership__space")
    found = list(whole.order_by("starts_at", "ends_at", "pk"))
    for booking in found:
        booking.resource.space = house.space
    return [booking for booking in found if day_of(house.calendar, booking.starts_at) == on]


def _events(space: Space, on: date) -> list[Any]:
    """The space as a venue of what is on that day, the first first."""
    morning, next_morning = _midnights(space, on)
    announced = Venue.objects.standing().filter(
        space=space,
        event__published_at__isnull=False,
        event__cancelled_at__isnull=True,
        event__starts_at__gte=morning,
        event__starts_at__lt=next_morning,
    )
    return list(with_counts(announced.select_related("event").order_by("event__starts_at", "pk")))


def _midnights(space: Space, on: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(on, time(), space.zone),
        datetime.combine(on + timedelta(days=1), time(), space.zone),
    )
