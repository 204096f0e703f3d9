"""The quote: what a booking costs one person, by which rule, and which other rules could apply."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.by_visa import discount_in_words, discounted, free_day_in_words
from bookings.models import Booking
from bookings.pricelist import Agreed, PriceList
from members.models import Membership, Plan
from spaces.calendar import Span
from spaces.house import House
from spaces.models import Resource
from visas.entry import Entry
from visas.models import Ticket, Visa

HOUR = timedelta(hours=1)
_ORDER: list[str] = [
    Booking.Basis.PLAN,
    # Who has been there once, by whatever rule, has no first visit any more; days of a visa come back each month.
    Booking.Basis.FIRST_VISIT,
    Booking.Basis.VISA,
    Booking.Basis.DROP_IN,
    Booking.Basis.ROOM,
]


@dataclass(frozen=True)
class Rule:
    """One way to price a booking: yen, tax included, and a sentence that says why.

    `membership` is the one that it draws on, with so many `plan_minutes` of the rooms that its plan includes.
    """

    basis: str
    price: int
    reason: str
    plan: Plan | None = None
    membership: Membership | None = None
    plan_minutes: int = 0
    ticket: Ticket | None = None
    visa: Visa | None = None

    @property
    def is_at_stake(self) -> bool:
        """Whether cancelling late would lose something. `Booking` asks the same."""
        return bool(self.price or self.plan_minutes or self.basis in Booking.ONCE)


@dataclass(frozen=True)
class Quote:
    """The best rule for the person and the others that could apply, the cheapest first; `tips` say what else counts."""

    best: Rule
    others: tuple[Rule, ...]
    tips: tuple[str, ...] = ()

    @property
    def price(self) -> int:
        return self.best.price


def quote(
    *,
    house: House,
    prices: PriceList,
    resource: Resource,
    span: Span,
    seats: int,
    day: date,
    ticket: Ticket | None = None,
    waived: bool = False,
) -> Quote | None:
    """The quote for `seats` of a resource over a span on an opening day, or None if it is not sold to the person.

    Of rules at one price the first in the order plan, first visit, visa, drop-in, room stands. A `ticket` that is shown
    is what the visit draws on, whatever else could apply. What a host wishes of visitors by visa it may have `waived`.
    """
    if ticket:
        reason = _("By your trial ticket: %(campaign)s.") % {"campaign": ticket.campaign.name}
        return Quote(Rule(Booking.Basis.TICKET, 0, reason, ticket=ticket), ())
    rules = sorted(
        [*_rules(house, prices, resource, span, seats, day), *_by_visa(house, prices, resource, span, seats, waived)],
        key=lambda rule: (rule.price, _ORDER.index(rule.basis)),
    )
    return Quote(rules[0], tuple(rules[1:])) if rules else None


def _rules(house: House, prices: PriceList, resource: Resource, span: Span, seats: int, day: date) -> Iterator[Rule]:
    space = house.space
    holding = prices.held_on(space.pk, day)
    for held, agreed in holding:
        if agreed.opens(resource) and seats == 1:
            reason = _("Covered by your plan: %(plan)s.") % {"plan": agreed.plan.name}
            yield Rule(Booking.Basis.PLAN, 0, reason, agreed.plan, held.membership)
        elif resource.is_sold_by_the_hour and agreed.row.room_minutes:
            rule = _from_included_hours(house, prices, resource, span, held.membership, agreed)
            if rule:
                yield rule
    visits = prices.visits_at(space.pk, resource.pk)
    is_first = seats == 1 and space.pk in prices.used.never_visited
    for terms in visits:
        if is_first and terms.plan.first_visit_free and _fits(terms.plan, span):
            reason = _("Your first visit at %(space)s is free of charge.") % {"space": space.name}
            yield Rule(Booking.Basis.FIRST_VISIT, 0, reason, terms.plan)
    for terms in visits:
        if _fits(terms.plan, span):
            yield _visit(terms.plan, seats)
    if resource.is_sold_by_the_hour and (holding or not resource.members_only):
        yield _by_the_hour(resource, span)


def visa_entries(
    house: House, prices: PriceList, resource: Resource, span: Span, seats: int, *, waived: bool = False
) -> list[Entry]:
    """What each visa of the person gives for a visit, or the reasons against it."""
    visits, day = _drop_ins(house, prices, resource, span), house.space.today(span.starts_at)
    return prices.visas_at(house.space.pk, day).entries(
        house.space, resource, span, seats, sells_drop_in=bool(visits), waived=waived
    )


def _drop_ins(house: House, prices: PriceList, resource: Resource, span: Span) -> list[Plan]:
    """What is sold by the visit and long enough."""
    return [terms.plan for terms in prices.visits_at(house.space.pk, resource.pk) if _fits(terms.plan, span)]


def _by_visa(
    house: House, prices: PriceList, resource: Resource, span: Span, seats: int, waived: bool
) -> Iterator[Rule]:
    visits = _drop_ins(house, prices, resource, span)
    # Where a visit costs nothing, no day is taken for it.
    if not all(plan.price for plan in visits):
        return
    for one in visa_entries(house, prices, resource, span, seats, waived=waived):
        visa = one.held.visa
        if one.problems:
            continue
        if one.is_free:
            yield Rule(Booking.Basis.VISA, 0, free_day_in_words(one), visa=visa)
        else:
            for plan in visits:
                reason = discount_in_words(one, plan)
                yield Rule(Booking.Basis.VISA, discounted(one, plan), reason, plan, visa=visa)


def _fits(plan: Plan, span: Span) -> bool:
    return plan.minutes is None or span.ends_at - span.starts_at <= timedelta(minutes=plan.minutes)


def _from_included_hours(
    house: House, prices: PriceList, resource: Resource, span: Span, membership: Membership, agreed: Agreed
) -> Rule | None:
    """The room hours that a plan includes, as many as are left of the month; what goes beyond costs by the hour."""
    # After midnight a night counts in the month that has begun, as `minutes_in` counts it.
    period = membership.period_of(house.space.today(span.starts_at))
    left = agreed.row.room_minutes - prices.used.minutes_in(membership, period, house.space)
    minutes = int((span.ends_at - span.starts_at) / timedelta(minutes=1))
    drawn = min(left, minutes)
    if drawn <= 0:
        return None
    price = (resource.price_per_hour or 0) * (minutes - drawn) // 60
    reason = _("From the room hours of your plan: %(drawn)s h; %(left)s h are left until %(day)s.") % {
        "drawn": f"{drawn / 60:g}",
        "left": f"{(left - drawn) / 60:g}",
        "day": date_format(period.last, "MONTH_DAY_FORMAT"),
    }
    if price:
        reason += " " + _("The rest is %(hours)s h at %(price)s yen an hour.") % {
            "hours": f"{(minutes - drawn) / 60:g}",
            "price": f"{resource.price_per_hour:,}",
        }
    return Rule(Booking.Basis.PLAN, price, reason, agreed.plan, membership, drawn)


def _visit(plan: Plan, seats: int) -> Rule:
    if plan.minutes is None:
        reason = _("%(plan)s: one day.") % {"plan": plan.name}
    else:
        reason = _("%(plan)s: up to %(minutes)s minutes.") % {"plan": plan.name, "minutes": plan.minutes}
    if seats > 1:
        reason += " " + ngettext("For %(count)s person.", "For %(count)s persons.", seats) % {"count": seats}
    return Rule(Booking.Basis.DROP_IN, plan.price * seats, reason, plan)


def _by_the_hour(resource: Resource, span: Span) -> Rule:
    hours = (span.ends_at - span.starts_at) / HOUR
    price_per_hour = resource.price_per_hour or 0
    # Whole yen, in the person's favour; a step divides the hour, so most prices come out even.
    price = price_per_hour * (span.ends_at - span.starts_at) // HOUR
    reason = _("%(room)s: %(hours)s h at %(price)s yen an hour.") % {
        "room": resource.name,
        "hours": f"{hours:g}",
        "price": f"{price_per_hour:,}",
    }
    return Rule(Booking.Basis.ROOM, price, reason)
