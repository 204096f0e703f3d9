"""What a wished booking must pass before seats are counted: every reason against it, collected (design rule 2)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from bookings.by_visa import problems_of
from bookings.limits import limit_problems, limit_tips
from bookings.pricelist import PriceList
from bookings.quote import Quote, quote, visa_entries
from bookings.refusals import refusal
from spaces.calendar import Span
from spaces.house import House, day_of
from spaces.models import Resource, Space
from visas.models import Ticket


@dataclass(frozen=True)
class Wish:
    """What somebody wants to take: seats of a resource over a span of moments in UTC."""

    resource: Resource
    span: Span
    seats: int = 1


def priced(
    house: House,
    prices: PriceList,
    wish: Wish,
    *,
    ticket: Ticket | None = None,
    by_operator: bool = False,
    waived: bool = False,
    now: datetime,
) -> Quote:
    """The quote for a wish that breaks no rule; raises ValidationError with every reason against it.

    It draws on the `ticket` that is shown, if one is. The limits that a space sets for a person, and the notice that it
    wants, are the operators' to pass (`by_operator`), and so is what it wishes of visitors by visa (`waived`). Whether
    seats are left is not asked here: the database says so when the booking is written.
    """
    if wish.span.ends_at <= wish.span.starts_at:
        raise refusal("ends_before_start")
    problems = [*time_problems(house, wish, now, wants_notice=not by_operator), *seat_problems(wish)]
    if not by_operator:
        problems += limit_problems(house.space, prices.used, wish.span, now)
    day = day_of(house.calendar, wish.span.starts_at)
    found = quote(
        house=house,
        prices=prices,
        resource=wish.resource,
        span=wish.span,
        seats=wish.seats,
        day=day,
        ticket=ticket,
        waived=waived,
    )
    uncovered = list(_uncovered(house, prices, day))
    if ticket is None:
        uncovered += problems_of(visa_entries(house, prices, wish.resource, wish.span, wish.seats, waived=waived))
    if found is None:
        problems += uncovered or [_not_sold(house, wish.resource)]
    if problems or found is None:
        raise ValidationError(problems)
    tips = [sentence for error in uncovered for sentence in error.messages]
    return replace(found, tips=(*tips, *limit_tips(house.space, prices.used, wish.span, now)))


def time_problems(house: House, wish: Wish, now: datetime, *, wants_notice: bool = True) -> list[ValidationError]:
    """What is wrong with the time: past, horizon, a space that leaves, opening hours, step; and short notice, where a
    person books who is to keep it (`wants_notice`)."""
    space, span = house.space, wish.span
    problems = []
    if span.starts_at < now:
        problems.append(refusal("past"))
    elif wants_notice and span.starts_at - timedelta(minutes=space.notice_minutes) < now and space.notice_minutes:
        problems.append(refusal("too_short_notice", space=space.name, minutes=space.notice_minutes))
    horizon = space.today(now) + timedelta(days=space.horizon_days)
    if horizon < space.today(span.starts_at) and not _is_gone(space, span):
        problems.append(refusal("beyond_horizon", space=space.name, day=date_format(last_day(house, now))))
    return [*problems, *place_problems(house, wish)]


def place_problems(house: House, wish: Wish) -> list[ValidationError]:
    """What is wrong with a time whoever takes it, however long before: retired, the space gone, opening hours, step."""
    space, span = house.space, wish.span
    problems = []
    if retires_before(wish.resource, span):
        problems.append(refusal("no_such_resource"))
    if space.last_day and _is_gone(space, span):
        problems.append(refusal("leaves", space=space.name, day=date_format(space.last_day)))
    # Each opening day is booked by itself, also where it meets the next.
    own = house.calendar.span_of(span.starts_at)
    if own is None or span.ends_at > own.ends_at:
        problems.append(refusal("closed", space=space.name))
    elif not _on_step(wish, own):
        problems.append(refusal("off_step", minutes=wish.resource.step_minutes))
    return problems


def _is_gone(space: Space, span: Span) -> bool:
    """Whether a space has left the federation by the day of a booking."""
    return space.last_day is not None and space.last_day < space.today(span.starts_at)


def retires_before(resource: Resource, span: Span) -> bool:
    """Whether a span reaches into the days on which the resource is retired."""
    last_moment = span.ends_at - timedelta(microseconds=1)
    return resource.retired_on is not None and resource.space.today(last_moment) >= resource.retired_on


def last_day(house: House, now: datetime) -> date:
    """The last day for which the space takes bookings at `now`: of its horizon, or before it leaves the federation."""
    space = house.space
    last = space.today(now) + timedelta(days=space.horizon_days)
    return min(last, space.last_day) if space.last_day else last


def first_start(resource: Resource, span: Span, now: datetime) -> datetime:
    """The first start that can still be booked in a span, with the notice that the space wants: a step, or the opening.

    May be past its end.
    """
    return next_step(resource, span, now + timedelta(minutes=resource.space.notice_minutes))


def next_step(resource: Resource, span: Span, moment: datetime) -> datetime:
    """The first step of a span at `moment` or after it. May be past the span's end."""
    if moment <= span.starts_at:
        return span.starts_at
    step = timedelta(minutes=resource.step_minutes)
    return span.starts_at + step * -((span.starts_at - moment) // step)


def seat_problems(wish: Wish) -> list[ValidationError]:
    """Fewer seats than one, or more than there are."""
    if wish.seats < 1:
        return [refusal("too_few_seats")]
    if wish.seats > wish.resource.capacity:
        return [refusal("too_many_seats", capacity=wish.resource.capacity)]
    return []


def _on_step(wish: Wish, own: Span) -> bool:
    """Whether a wish starts and ends on steps of its opening day, counted from opening; closing is an end as well."""
    step = timedelta(minutes=wish.resource.step_minutes)
    starts_on_step = not (wish.span.starts_at - own.starts_at) % step
    ends_on_step = not (wish.span.ends_at - own.starts_at) % step
    return starts_on_step and (ends_on_step or wish.span.ends_at == own.ends_at)


def _uncovered(house: House, prices: PriceList, day: date) -> Iterator[ValidationError]:
    """Why the memberships that a person holds at a space do not count on a day; nothing if one does."""
    space = house.space
    if prices.held_on(space.pk, day):
        return
    for held in prices.held_at(space.pk):
        ends_on, starts_on = held.membership.ends_on, held.membership.starts_on
        if ends_on and ends_on < day:
            yield refusal("plan_ends", space=space.name, day=date_format(ends_on))
        elif day < starts_on:
            yield refusal("plan_begins", space=space.name, day=date_format(starts_on))
        elif held.rests_on(day):
            yield refusal("plan_rests", space=space.name)


def _not_sold(house: House, resource: Resource) -> ValidationError:
    if resource.is_seats:
        return refusal("no_drop_in", space=house.space.name)
    if resource.is_sold_by_the_hour:
        return refusal("members_only", resource=resource.name, space=house.space.name)
    return refusal("by_the_month", resource=resource.name)
