"""What the quote must know of plans and memberships: one query for any number of spaces."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from bookings.by_visa import Visas
from bookings.models import Booking
from bookings.price_list_rows import HELD, PLAN, TERMS, price_list_rows
from bookings.used import Used, used_by, visa_days
from members.models import AgreedPlan, Membership, Plan
from members.requests import Viewer
from spaces.models import Resource, Space
from spaces.rows import made, own_copy
from visas.holding import held_visa
from visas.models import Terms


@dataclass(frozen=True)
class PlanTerms:
    """A plan with the keys of the resources that it opens."""

    plan: Plan
    opens: frozenset[int]
    # What both were made of: a key for what is remembered of the plan.
    text: str


@dataclass(frozen=True)
class Agreed:
    """A plan on the terms that a member agreed to, for some days."""

    row: AgreedPlan
    terms: PlanTerms

    @property
    def plan(self) -> Plan:
        return self.terms.plan

    def opens(self, resource: Resource) -> bool:
        """Whether the plan lets its holder use a resource; of the booths that it lets, their own alone."""
        if resource.kind == Resource.Kind.BOOTH and resource.pk != self.row.booth_id:
            return False
        return resource.pk in self.terms.opens


@dataclass(frozen=True)
class Held:
    """A membership that a person holds, or shares as a companion, with what holds on which days of it."""

    membership: Membership
    agreed: tuple[Agreed, ...]
    pauses: tuple[tuple[date, date | None], ...]

    def on(self, day: date) -> Agreed | None:
        """What the membership gives on a day of its space; `MembershipQuerySet.active_on` asks many rows the same."""
        if not self.runs_on(day) or self.rests_on(day):
            return None
        return next((agreed for agreed in self.agreed if agreed.row.holds_on(day)), None)

    def runs_on(self, day: date) -> bool:
        """Whether a day is one of the membership's, also if it rests then."""
        held = self.membership
        return held.starts_on <= day and (held.ends_on is None or day <= held.ends_on)

    def rests_on(self, day: date) -> bool:
        """Whether a day is in one of its pauses."""
        return any(first <= day and (last is None or day <= last) for first, last in self.pauses)

    def is_shared_with(self, user: Viewer) -> bool:
        """Whether it is another's, and the person only a companion."""
        return user is None or self.membership.user_id != user.pk


@dataclass(frozen=True)
class PriceList:
    """What spaces sell, and what one person holds there."""

    plans: dict[int, list[PlanTerms]]
    held: dict[int, list[Held]]
    used: Used = field(default_factory=Used)
    visas: Visas = field(default_factory=Visas)

    def reckoned(
        self, user: Viewer, spaces: Iterable[Space], *, now: datetime, without: Booking | None = None
    ) -> "PriceList":
        """The same price list, with what the person has used of it at spaces; `without` one that is to be moved."""
        spaces = list(spaces)
        used = used_by(
            user,
            first_visits=[space for space in spaces if self.has_free_first_visit(space.pk)],
            limited=[space for space in spaces if space.max_upcoming_bookings or space.max_hours_a_week],
            counted_down=[held.membership for space in spaces for held in self.counted_down_at(space.pk)],
            now=now,
            without=without,
        )
        return replace(self, used=used, visas=self._visas_used(spaces, now, without))

    def _visas_used(self, spaces: list[Space], now: datetime, without: Booking | None) -> Visas:
        found = [held.visa for held in self.visas.held if any(held.home.pk != space.pk for space in spaces)]
        return replace(
            self.visas,
            used=visa_days(found, spaces, now=now, without=without) if found else {},
            reckoned_at=now,
        )

    def visas_at(self, space_id: int, day: date) -> Visas:
        """The visas that count at a space on a day: none where the person is a member then, whatever the plan gives."""
        return Visas() if self.is_home_on(space_id, day) else self.visas

    def is_home_on(self, space_id: int, day: date) -> bool:
        """Whether the person has a membership there on a day, or shares one; also one that rests."""
        return any(held.runs_on(day) for held in self.held_at(space_id))

    def sold_at(self, space_id: int) -> list[PlanTerms]:
        return self.plans.get(space_id, [])

    def held_at(self, space_id: int) -> list[Held]:
        return self.held.get(space_id, [])

    def has_free_first_visit(self, space_id: int) -> bool:
        """Whether a first visit can be free of charge at a space."""
        return any(terms.plan.first_visit_free for terms in self.sold_at(space_id))

    def counted_down_at(self, space_id: int) -> list[Held]:
        """The memberships at a space whose plan includes room hours, in the order of their keys."""
        counted = [held for held in self.held_at(space_id) if any(agreed.row.room_minutes for agreed in held.agreed)]
        return sorted(counted, key=lambda held: held.membership.pk)

    def held_on(self, space_id: int, day: date) -> list[tuple[Held, Agreed]]:
        """The memberships at a space that count on a day, each with the plan that holds then."""
        return [(held, agreed) for held in self.held_at(space_id) if (agreed := held.on(day))]

    def visits_at(self, space_id: int, resource_id: int | None = None) -> list[PlanTerms]:
        """What is sold by the visit at a space, or of it what opens one resource."""
        return [
            terms
            for terms in self.sold_at(space_id)
            if terms.plan.is_visit and (resource_id is None or resource_id in terms.opens)
        ]


def price_list(space_ids: Iterable[int], user: Viewer, *, today: date) -> PriceList:
    """The price lists of spaces on `today`, and the memberships that `user` holds or shares at them."""
    plans: dict[int, list[PlanTerms]] = defaultdict(list)
    held: dict[int, list[Held]] = defaultdict(list)
    terms_of: dict[int, Terms] = {}
    visas = []
    every: dict[int, PlanTerms] = {}
    for sort, text in price_list_rows(list(space_ids), user.pk if user else None):
        if sort == PLAN:
            terms = _own(_terms(text))
            every[terms.plan.pk] = terms
            if terms.plan.is_sold_on(today):
                plans[terms.plan.space_id].append(terms)
        elif sort == TERMS:
            offered = made(Terms, json.loads(text))
            terms_of[offered.space_id] = offered
        elif sort == HELD:
            # A plan that is no longer sold still gives its members what it gave.
            found = _held(json.loads(text), every)
            held[found.membership.space_id].append(found)
        else:
            visas.append(held_visa(text))
    return PriceList(plans, held, visas=Visas(tuple(visas), terms_of))


def held_of(membership: Membership) -> Held:
    """What a membership gives when, read anew: three queries."""
    rows = membership.agreed_plans.select_related("plan").prefetch_related("plan__resources").order_by("starts_on")
    agreed = tuple(
        Agreed(row, PlanTerms(row.plan, frozenset(one.pk for one in row.plan.resources.all()), "")) for row in rows
    )
    return Held(membership, agreed, tuple(membership.pauses.values_list("starts_on", "ends_on")))


def _held(parts: dict[str, Any], plans: dict[int, PlanTerms]) -> Held:
    agreed = []
    for row in parts["agreed"] or []:
        terms = plans.get(row["plan_id"])
        if terms is None:
            continue  # another space's plan, which opens nothing here
        one = made(AgreedPlan, row)
        one.plan = terms.plan
        agreed.append(Agreed(one, terms))
    pauses = tuple(
        (date.fromisoformat(first), date.fromisoformat(last) if last else None) for first, last in parts["pauses"]
    )
    return Held(made(Membership, parts["membership"]), tuple(agreed), pauses)


@lru_cache(maxsize=1024)
def _terms(text: str) -> PlanTerms:
    row = json.loads(text)
    return PlanTerms(made(Plan, row["plan"]), frozenset(row["opens"]), text)


def _own(terms: PlanTerms) -> PlanTerms:
    return PlanTerms(own_copy(terms.plan), terms.opens, terms.text)
