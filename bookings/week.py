"""A week of availability: what is free, day by day and hour by hour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from bookings.occupancy import Occupancy
from bookings.offers import Offer
from bookings.rules import first_start, last_day
from spaces.calendar import DAY, Span, WhyClosed, days
from spaces.house import House
from spaces.models import Resource

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Cell:
    """One hour of one day: how many are free, how that looks, and where a click leads (nowhere if empty)."""

    look: str
    free: int | None = None
    link: str = ""


@dataclass(frozen=True)
class Day:
    """One day of the week: when it is open and how busy it is, in percent of the seats over its hours."""

    day: date
    is_today: bool
    is_rest: bool
    spans: tuple[Span, ...]
    closed: WhyClosed | None
    busy: int
    free: int | None


@dataclass(frozen=True)
class Row:
    """One hour over the days."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Week:
    """Seven days, with the first days of the weeks before and after where something can still be booked."""

    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    before: date | None
    after: date | None

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day


def week_span(house: House, first: date) -> Span:
    """All moments that seven days from `first` may show, nights included."""
    spans = [span for each in days(first, first + 6 * DAY) for span in house.calendar.spans_on(each)]
    if not spans:
        midnight = datetime.combine(first, datetime.min.time(), house.space.zone)
        return Span(midnight, midnight + 7 * DAY)
    return Span(min(span.starts_at for span in spans), max(span.ends_at for span in spans))


def week_of(
    house: House,
    resource: Resource,
    occupancy: Mapping[int, Occupancy],
    *,
    first: date,
    now: datetime,
    offer: Offer | None,
) -> Week:
    """Seven days from `first`; with an offer, each hour says how many could still come then and links to it."""
    taken = occupancy.get(resource.pk) or Occupancy()
    shown = tuple(_day(house, resource, taken, each, now) for each in days(first, first + 6 * DAY))
    today, last = house.space.today(now), last_day(house, now)
    return Week(
        days=shown,
        rows=tuple(_rows(house, resource, taken, shown, now, offer)),
        before=max(first - 7 * DAY, today) if first > today else None,
        after=first + 7 * DAY if first + 7 * DAY <= last else None,
    )


def _day(house: House, resource: Resource, taken: Occupancy, day: date, now: datetime) -> Day:
    spans = tuple(house.calendar.spans_on(day))
    total = sum(((span.ends_at - span.starts_at) / HOUR for span in spans), 0.0)
    used = sum(
        (end - start) / HOUR * seats
        for span in spans
        for start, end, seats in taken.changes_between(span.starts_at, span.ends_at)
    )
    left = [Span(max(span.starts_at, now), span.ends_at) for span in spans if span.ends_at > now]
    return Day(
        day=day,
        is_today=day == house.space.today(now),
        is_rest=day.weekday() == 6 or house.calendar.holiday_on(day) is not None,
        spans=spans,
        closed=house.calendar.why_closed(day),
        busy=round(100 * used / (total * resource.capacity)) if total else 0,
        free=min((resource.capacity - taken.peak(*span) for span in left), default=None),
    )


def _rows(
    house: House,
    resource: Resource,
    taken: Occupancy,
    shown: tuple[Day, ...],
    now: datetime,
    offer: Offer | None,
) -> Iterator[Row]:
    """A row for each hour of the wall clock from the week's earliest opening to its latest closing."""
    hours = [_hours_of_day(day, house) for day in shown]
    used = sorted({hour for by_hour in hours for hour in by_hour})
    cells = _Cells(house, resource, taken, now, offer)
    for hour in range(used[0], used[-1] + 1) if used else []:
        yield Row(
            label=f"{hour % 24}",
            cells=tuple(cells.at(by_hour[hour]) if hour in by_hour else SHUT for by_hour in hours),
        )


def _hours_of_day(day: Day, house: House) -> dict[int, tuple[Span, Span]]:
    """The hours of one opening day, counted on past 24 at night: the hour's own span and the day's that holds it."""
    found = {}
    for span in day.spans:
        local = span.starts_at.astimezone(house.space.zone)
        hour = local.hour + 24 * (local.date() - day.day).days
        start = span.starts_at
        end = start + HOUR - timedelta(minutes=local.minute)
        while start < span.ends_at:
            found.setdefault(hour, (Span(start, min(end, span.ends_at)), span))
            start, end, hour = end, end + HOUR, hour + 1
    return found


SHUT = Cell("shut")
PAST = Cell("past")


@dataclass(frozen=True)
class _Cells:
    """What the cells of one grid have in common."""

    house: House
    resource: Resource
    taken: Occupancy
    now: datetime
    offer: Offer | None

    def at(self, hour: tuple[Span, Span]) -> Cell:
        own, day_span = hour
        # The first start in this hour that can still be booked.
        start = max(own.starts_at, first_start(self.resource, day_span, self.now))
        if start >= own.ends_at:
            return PAST
        wanted = self.offer.span_from(start, day_span) if self.offer else own
        free = self.resource.capacity - self.taken.peak(*wanted)
        is_bookable = self.offer and free > 0 and start.astimezone(self.house.space.zone).date() <= self._last
        link = booking_link(self.house, self.resource, wanted) if is_bookable else ""
        return Cell(self._look(free), free, link)

    @property
    def _last(self) -> date:
        return last_day(self.house, self.now)

    def _look(self, free: int) -> str:
        """f0 for none, f4 for nearly all, by quarters of the capacity between."""
        return f"f{-(-4 * free // self.resource.capacity)}"


def booking_link(house: House, resource: Resource, span: Span, seats: int = 1) -> str:
    """The address of the quote for a span."""
    query = {
        "resource": resource.pk,
        "starts": wall(span.starts_at, house),
        "ends": wall(span.ends_at, house),
        "seats": seats,
    }
    return f"{reverse('bookings:book', args=[house.space.slug])}?{urlencode(query, safe=':')}"


def wall(moment: datetime, house: House) -> str:
    """A moment as the space's wall clock has it, with the offset only where the clock shows it twice."""
    local = moment.astimezone(house.space.zone)
    text = local.strftime("%Y-%m-%dT%H:%M")
    return f"{text}{local.strftime('%z')}" if local.fold else text
