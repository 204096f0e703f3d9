"""The page on which a time is chosen: what the lists of starts, ends and days hold, and what the quote says."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bookings.alternatives import Alternative, alternatives
from bookings.askable import is_to_be_asked
from bookings.models import Booking
from bookings.occupancy import Occupancy, occupancy
from bookings.pricelist import PriceList, price_list
from bookings.quote import Quote
from bookings.refusals import refusal
from bookings.rules import Wish, first_start, last_day, priced
from bookings.week import wall
from members.requests import Viewer
from spaces.calendar import DAY, Span, days, steps
from spaces.house import House, day_of
from spaces.refusing import codes

# What is refused to who is no member.
TO_BE_JOINED = {"by_the_month", "no_drop_in", "members_only"}


@dataclass(frozen=True)
class Step:
    """A start or an end that can be picked: its moment, its value in the form, and how many are free with it."""

    moment: datetime
    value: str
    free: int
    is_picked: bool


@dataclass(frozen=True)
class OpenDay:
    """A day that can be picked, with the same hours as the wish where it has them."""

    moment: datetime
    starts: str
    ends: str
    is_picked: bool


@dataclass(frozen=True)
class Choice:
    """A wish with everything that its page shows: a quote, or refusals with alternatives.

    `free_until` is the last moment at which cancelling would cost nothing, if that is still to come; `can_ask` says
    whether the host can be asked to take the visit by visa.
    """

    house: House
    wish: Wish
    free: int
    quote: Quote | None
    refusals: ValidationError | None
    alternatives: list[Alternative]
    starts: list[Step]
    ends: list[Step]
    days: list[OpenDay]
    free_until: datetime | None
    can_ask: bool

    @property
    def leads_to_joining(self) -> bool:
        """Whether joining the space would help."""
        return self.refusals is not None and not TO_BE_JOINED.isdisjoint(codes(self.refusals))


def choice(
    house: House,
    wish: Wish,
    *,
    user: Viewer,
    now: datetime,
    moving: Booking | None = None,
    refused: ValidationError | None = None,
) -> Choice:
    """Look at a wish without taking anything; `refused` is what the act itself has said, if it was tried.

    While a booking is moved its own seats count as free.
    """
    day_span = house.calendar.span_of(wish.span.starts_at)
    around = day_span or wish.span
    taken = occupancy([wish.resource.pk], around.starts_at, max(around.ends_at, wish.span.ends_at))
    own = taken[wish.resource.pk] if moving is None else _without(moving, wish, around)
    free = wish.resource.capacity - own.peak(*wish.span)
    seated = _seated(user, wish, moving, now)
    free_until = wish.span.starts_at - timedelta(minutes=house.space.free_cancellation_minutes)
    prices = price_list([house.space.pk], user, today=house.space.today(now))
    prices = prices.reckoned(user, [house.space], now=now, without=moving)
    clash = _clash(wish, free, seated)
    quote = None
    try:
        quote = priced(house, prices, wish, now=now)
        quote = replace(quote, tips=(*quote.tips, *_sign_in_tips(house, prices, wish, user)))
        if clash:
            raise clash
    except ValidationError as error:
        # A new price is no news where the wish can't be had at any.
        if refused is None or codes(refused) == {"price_changed"}:
            refused = error
    return Choice(
        house=house,
        wish=wish,
        free=free,
        quote=quote,
        refusals=refused,
        alternatives=alternatives(house, wish, user=user, own=seated, now=now, moving=moving) if refused else [],
        starts=_starts(house, wish, own, day_span, now),
        ends=_ends(house, wish, own, day_span),
        days=_days(house, wish, now),
        free_until=free_until if free_until > now else None,
        can_ask=moving is None and clash is None and is_to_be_asked(house, prices, wish, now=now),
    )


def _clash(wish: Wish, free: int, seated: list[Booking]) -> ValidationError | None:
    """Why a wish does not go beside other bookings: those of others, or one's own."""
    if free < wish.seats:
        return refusal("full" if wish.resource.is_seats else "taken", resource=wish.resource.name)
    if any(one.starts_at < wish.span.ends_at and wish.span.starts_at < one.ends_at for one in seated):
        return refusal("overlaps_own")
    return None


def _sign_in_tips(house: House, prices: PriceList, wish: Wish, user: Viewer) -> list[str]:
    """What might be cheaper if we knew who asks."""
    known = user is not None and user.is_authenticated
    visits = prices.visits_at(house.space.pk, wish.resource.pk)
    if known or wish.seats > 1 or not any(terms.plan.first_visit_free for terms in visits):
        return []
    return [_("The first visit to %(space)s can be free of charge: sign in to see.") % {"space": house.space.name}]


def _seated(user: Viewer, wish: Wish, moving: Booking | None, now: datetime) -> list[Booking]:
    """The person's live seats from now on, save the one that is moved; nobody's, and none beside a room."""
    if not wish.resource.is_seats:
        return []
    own = Booking.objects.seats_of(user).upcoming(now)
    return list(own.exclude(pk=moving.pk) if moving else own)


def _without(moving: Booking, wish: Wish, around: Span) -> Occupancy:
    rows = (
        Booking.objects.live()
        .filter(resource=wish.resource.pk)
        .exclude(pk=moving.pk)
        .overlapping(around.starts_at, max(around.ends_at, wish.span.ends_at))
        .values_list("starts_at", "ends_at", "seats")
    )
    return Occupancy(rows)


def _starts(house: House, wish: Wish, taken: Occupancy, span: Span | None, now: datetime) -> list[Step]:
    """The starts of the wish's day; each counts what is free for as long as the wish is, or until closing."""
    if span is None:
        return []
    length = wish.span.ends_at - wish.span.starts_at
    until_closing = wish.span.ends_at == span.ends_at
    first = first_start(wish.resource, span, now)
    moments = [m for m in steps(Span(first, span.ends_at), wish.resource.step_minutes) if m < span.ends_at]
    found = []
    for moment in moments:
        end = span.ends_at if until_closing else min(moment + length, span.ends_at)
        free = wish.resource.capacity - taken.peak(moment, end)
        found.append(Step(moment, wall(moment, house), free, moment == wish.span.starts_at))
    return found


def _ends(house: House, wish: Wish, taken: Occupancy, span: Span | None) -> list[Step]:
    """The ends after the wish's start, closing among them."""
    if span is None:
        return []
    step = timedelta(minutes=wish.resource.step_minutes)
    first = wish.span.starts_at + step
    moments = [m for m in steps(Span(first, span.ends_at), wish.resource.step_minutes) if m < span.ends_at]
    return [
        Step(
            moment,
            wall(moment, house),
            wish.resource.capacity - taken.peak(wish.span.starts_at, moment),
            moment == wish.span.ends_at,
        )
        for moment in [*moments, span.ends_at]
    ]


def _days(house: House, wish: Wish, now: datetime) -> list[OpenDay]:
    """The open days of the week around the wish, each with the wish's wall times if the day has them."""
    today = house.space.today(now)
    wished = day_of(house.calendar, wish.span.starts_at)
    first = max(today, min(wished, last_day(house, now)) - 3 * DAY)
    found = []
    for day in days(first, first + 13 * DAY):
        spans = house.calendar.spans_on(day)
        if not spans or day > last_day(house, now):
            continue
        span = _same_hours(house, wish, spans, (day - wished).days)
        found.append(OpenDay(span.starts_at, wall(span.starts_at, house), wall(span.ends_at, house), day == wished))
    return found[:7]


def _same_hours(house: House, wish: Wish, spans: list[Span], days_on: int) -> Span:
    """The wish on another day: the same wall times, cut to that day's hours; until closing stays until closing."""
    own = house.calendar.span_of(wish.span.starts_at)
    start, end = (
        (moment.astimezone(house.space.zone) + timedelta(days=days_on)).astimezone(UTC) for moment in wish.span
    )
    day_span = next((span for span in spans if span.holds(start)), spans[-1])
    start = start if day_span.holds(start) else day_span.starts_at
    if (own and wish.span.ends_at == own.ends_at) or not start < end <= day_span.ends_at:
        end = day_span.ends_at
    return Span(start, end)
