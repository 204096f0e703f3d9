"""The visit of somebody who stands at the desk: from the next step for as long as there is a seat for them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from bookings.models import Booking
from bookings.occupancy import Occupancy, occupancy
from bookings.refusals import refusal
from bookings.rules import Wish, next_step, retires_before
from spaces.calendar import Span
from spaces.house import House, day_of
from spaces.models import Resource
from visas.models import Terms


def visit_now(house: House, terms: Terms, theirs: Iterable[Booking], *, now: datetime) -> Wish:
    """The longest visit to open seats that can begin next, until the house closes or the host's hours for visitors end.

    It ends where the seat is another's, or where the visitor has a seat at another place: `theirs` are the bookings
    that they hold. The notice that the space wants is not asked of who stands there. Raises ValidationError: closed, or
    full. One query.
    """
    day = day_of(house.calendar, now)
    spans = [(seats, _rest_of_day(house, seats, day, now)) for seats in house.resources if seats.is_seats]
    wishes = [Wish(seats, _until_hours_end(house, terms, span)) for seats, span in spans if span]
    if not wishes:
        raise refusal("no_visit_today", space=house.space.name)
    around = Span(min(one.span.starts_at for one in wishes), max(one.span.ends_at for one in wishes))
    taken = occupancy([one.resource.pk for one in wishes], *around)
    own = Occupancy((one.starts_at, one.ends_at, 1) for one in theirs if one.holds_seat)
    if all(_free_until(own, one.span, 1) <= one.span.starts_at for one in wishes):
        raise refusal("visitor_elsewhere")
    found = []
    for one in wishes:
        free_until = _free_until(taken[one.resource.pk], one.span, one.resource.capacity)
        span = _on_step(house, one.resource, Span(one.span.starts_at, min(free_until, _free_until(own, one.span, 1))))
        if span.ends_at > span.starts_at and not retires_before(one.resource, span):
            found.append(Wish(one.resource, span))
    if not found:
        raise refusal("full")
    return max(found, key=lambda one: one.span.ends_at - one.span.starts_at)


def _rest_of_day(house: House, seats: Resource, day: date, now: datetime) -> Span | None:
    """What is left of an opening day from the next step on; None once it is over."""
    for span in house.calendar.spans_on(day):
        starts_at = next_step(seats, span, now)
        if starts_at < span.ends_at:
            return Span(starts_at, span.ends_at)
    return None


def _until_hours_end(house: House, terms: Terms, span: Span) -> Span:
    """A span within the host's hours for visitors; whole where it begins outside of them, which is for it to waive."""
    if not terms.closes:
        return span
    begins = span.starts_at.astimezone(house.space.zone)
    closes = datetime.combine(begins.date(), terms.closes, house.space.zone).astimezone(UTC)
    return Span(span.starts_at, min(span.ends_at, closes)) if begins < closes else span


def _free_until(taken: Occupancy, span: Span, capacity: int) -> datetime:
    stretches = taken.changes_between(*span)
    return next((starts_at for starts_at, _ends_at, seats in stretches if seats >= capacity), span.ends_at)


def _on_step(house: House, seats: Resource, span: Span) -> Span:
    """A span that ends on a step of its opening day, or when that does."""
    own = house.calendar.span_of(span.starts_at)
    if own is None or span.ends_at >= own.ends_at:
        return span
    step = timedelta(minutes=seats.step_minutes)
    return Span(span.starts_at, own.starts_at + step * ((span.ends_at - own.starts_at) // step))
