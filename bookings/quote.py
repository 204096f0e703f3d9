"""The quote: what a booking costs one person, by which rule, and which other rules could apply."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Booking
from bookings.pricelist import PriceList
from members.models import Plan
from spaces.calendar import Span
from spaces.house import House
from spaces.models import Resource

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rule:
    """One way to price a booking: yen, tax included, and a sentence that says why."""

    basis: str
    price: int
    reason: str
    plan: Plan | None = None


@dataclass(frozen=True)
class Quote:
    """The best rule for the person, and the others that could apply, the cheapest first."""

    best: Rule
    others: tuple[Rule, ...]

    @property
    def price(self) -> int:
        return self.best.price


def quote(*, house: House, prices: PriceList, resource: Resource, span: Span, seats: int, day: date) -> Quote | None:
    """The quote for `seats` of a resource over a span on an opening day, or None if it is not sold to the person.

    Of rules at one price the first in the order plan, drop-in, room stands.
    """
    rules = sorted(_rules(house, prices, resource, span, seats, day), key=lambda rule: rule.price)
    return Quote(rules[0], tuple(rules[1:])) if rules else None


def _rules(house: House, prices: PriceList, resource: Resource, span: Span, seats: int, day: date) -> Iterator[Rule]:
    held = prices.held.get(house.space.pk)
    covers = held is not None and held.covers(day)
    if held and covers and resource.pk in held.opens and seats == 1:
        plan = held.membership.plan
        yield Rule(Booking.Basis.PLAN, 0, _("Covered by your plan: %(plan)s.") % {"plan": plan.name}, plan)
    for terms in prices.visits_at(house.space.pk, resource.pk):
        rule = _visit(terms.plan, span, seats)
        if rule:
            yield rule
    if resource.is_sold_by_the_hour and (covers or not resource.members_only):
        yield _by_the_hour(resource, span)


def _visit(plan: Plan, span: Span, seats: int) -> Rule | None:
    if plan.minutes is not None and span.ends_at - span.starts_at > timedelta(minutes=plan.minutes):
        return None
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
