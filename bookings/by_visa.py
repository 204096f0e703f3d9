"""Visits by Coworking VISA in a quote: what a person's visas give at a host, and why they do not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from members.models import Plan
from spaces.calendar import Span
from spaces.models import Resource, Space
from visas.entry import Entry, UsedDay, entry, month_in_words
from visas.holding import HeldVisa
from visas.models import Terms, default_terms


@dataclass(frozen=True)
class Visas:
    """The visas that a person holds, the terms of hosts, and the days that each visa was used for at each host.

    What is used is known from `reckoned_at` on; without it a visa gives nothing.
    """

    held: tuple[HeldVisa, ...] = ()
    terms: dict[int, Terms] = field(default_factory=dict)
    used: dict[tuple[int, int], tuple[UsedDay, ...]] = field(default_factory=dict)
    reckoned_at: datetime | None = None

    def terms_of(self, space_id: int) -> Terms:
        """The terms of a host that count, or else the default that all share."""
        return self.terms.get(space_id) or default_terms(space_id)

    def for_host(self, space: Space) -> list[HeldVisa]:
        """The visas of other spaces than this one."""
        return [held for held in self.held if held.membership.space_id != space.pk]

    def entries(
        self, host: Space, resource: Resource, span: Span, seats: int, *, sells_drop_in: bool, waived: bool
    ) -> list[Entry]:
        """What each visa gives for one seat at a host."""
        if self.reckoned_at is None or seats != 1 or not resource.is_seats:
            return []
        return [
            entry(
                held,
                self.terms_of(host.pk),
                host,
                span,
                used=self.used.get((held.visa.pk, host.pk), ()),
                sells_drop_in=sells_drop_in,
                now=self.reckoned_at,
                waived=waived,
            )
            for held in self.for_host(host)
        ]


def problems_of(entries: list[Entry]) -> Iterator[ValidationError]:
    """Why a person's visas give nothing for a visit; nothing if one does. Of several the one with the least against it
    speaks."""
    if entries and all(one.problems for one in entries):
        yield from min(entries, key=lambda one: len(one.problems)).problems


def free_day_in_words(one: Entry) -> str:
    """Why a visit costs nothing, and what is left after it."""
    return _(
        "By your Coworking VISA of %(home)s. After it, %(left)s of %(days)s free days are left here in %(month)s."
    ) % {
        "home": one.held.home.name,
        "left": one.days_left,
        "days": one.terms.days_free,
        "month": month_in_words(one.day),
    }


def discounted(one: Entry, plan: Plan) -> int:
    """What a visit costs that is no free day: yen, rounded down in the person's favour."""
    return plan.price * (100 - one.terms.percent_off) // 100


def discount_in_words(one: Entry, plan: Plan) -> str:
    """Why a visit costs less than who holds no visa pays."""
    return _("By your Coworking VISA of %(home)s: %(percent)s%% off %(plan)s, since the free days are used.") % {
        "home": one.held.home.name,
        "percent": one.terms.percent_off,
        "plan": plan.name,
    }
