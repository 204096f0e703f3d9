"""A week of availability: what is free, day by day and hour by hour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils.translation import get_language

from bookings.models import Booking
from bookings.occupancy import Occupancy
from bookings.offers import Offer
from bookings.rules import last_day, next_step, retires_before
from spaces.calendar import DAY, Span, SpecialDays, WhyClosed, days
from spaces.house import House
from spaces.models import Resource

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of one day: how it looks, what it says, and where a click leads (nowhere if empty).

    A day without hours is one cell over all `rows`, which says why it is closed.
    """

    look: str
    text: str = ""
    link: str = ""
    rows: int = 0
    closed: WhyClosed | None = None


@dataclass(frozen=True)
class Day:
    """One day of the week: when it is open and how busy it is, in percent of the seats over its hours."""

    day: date
    is_today: bool
    is_rest: bool
    spans: tuple[Span, ...]
    closed: WhyClosed | None
    special: SpecialDays | None
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
    def special(self) -> list[tuple[date, SpecialDays]]:
        """The days that are closed, or open at other hours, for a reason of their own."""
        return [(each.day, each.special) for each in self.days if each.special]

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
        closed=house.calendar.why_closed(day, get_language() or "ja"),
        special=house.calendar.special_on(day),
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
    tall = range(used[0], used[-1] + 1) if used else range(0)
    closed = {day.day: Cell("shut", rows=len(tall), closed=day.closed) for day in shown if not day.spans}
    for hour in tall:
        # A day without hours stands in the first row only, and is as tall as all of them.
        shown_cells = (
            cells.at(by_hour[hour]) if hour in by_hour else closed.get(day.day, SHUT)
            for by_hour, day in zip(hours, shown, strict=True)
            if hour == tall[0] or day.spans
        )
        yield Row(f"{hour % 24}:00", tuple(shown_cells))


def _hours_of_day(day: Day, house: House) -> dict[int, tuple[Span, Span]]:
    """The hours of one opening day, counted on past 24 at night: the hour's own span and the day's that holds it."""
    found: dict[int, tuple[Span, Span]] = {}
    for span in day.spans:
        start = span.starts_at
        while start < span.ends_at:
            local = start.astimezone(house.space.zone)
            hour = local.hour + 24 * (local.date() - day.day).days
            end = min(start + HOUR - timedelta(minutes=local.minute), span.ends_at)
            # The hour that a clock change repeats is shown the first time; one that it skips is left out.
            found.setdefault(hour, (Span(start, end), span))
            start = end
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
        start = next_step(self.resource, day_span, max(own.starts_at, self._earliest))
        if start >= own.ends_at:
            return PAST if own.starts_at < self._earliest else SHUT
        wanted = self.offer.span_from(start, day_span) if self.offer else own
        free = self.resource.capacity - self.taken.peak(*wanted)
        is_bookable = self.offer and free > 0 and start <= self._last and not retires_before(self.resource, wanted)
        return Cell(self._look(free), self._text(free), self._link(wanted) if is_bookable else "")

    def _look(self, free: int) -> str:
        """f0 for none, f4 for nearly all, by quarters of the capacity between."""
        return f"f{-(-4 * free // self.resource.capacity)}"

    def _text(self, free: int) -> str:
        """The count; for what only one can have a ring or a cross, as timetables in Japan show it."""
        return str(free) if self.resource.capacity > 1 else "○" if free else "×"

    @cached_property
    def _earliest(self) -> datetime:
        """The first moment at which something bookable can begin."""
        return self.now + timedelta(minutes=self.house.space.notice_minutes)

    @cached_property
    def _last(self) -> datetime:
        """The last moment at which something bookable can begin."""
        zone = self.house.space.zone
        return datetime.combine(last_day(self.house, self.now), time.max, zone).astimezone(UTC)

    @cached_property
    def _quotes(self) -> str:
        return reverse("bookings:book", args=[self.house.space.slug])

    def _link(self, span: Span) -> str:
        return _link(self._quotes, self.house, self.resource, span, seats=1)


def booking_link(house: House, resource: Resource, span: Span, seats: int = 1, *, moving: Booking | None = None) -> str:
    """The address of the quote for a span, or for moving a booking to it."""
    quotes = reverse("bookings:book", args=[house.space.slug])
    if moving:
        quotes = reverse("bookings:booking_move", args=[moving.reference])
    return _link(quotes, house, resource, span, seats)


def _link(quotes: str, house: House, resource: Resource, span: Span, seats: int) -> str:
    # Written by hand: a page has a hundred of these, and only an offset's sign needs quoting.
    starts, ends = (wall(moment, house).replace("+", "%2B") for moment in span)
    return f"{quotes}?resource={resource.pk}&starts={starts}&ends={ends}&seats={seats}"


def wall(moment: datetime, house: House) -> str:
    """A moment as the space's wall clock has it, with the offset only where the clock shows it twice."""
    local = moment.astimezone(house.space.zone)
    text = local.isoformat(timespec="minutes")
    return text if local.fold else text[:16]
