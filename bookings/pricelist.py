"""What the quote must know of plans and memberships: one query for any number of spaces."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from bookings.by_visa import Visas
from bookings.models import Booking
from bookings.used import Used, used_by, visa_days
from members.models import AgreedPlan, Membership, Plan
from members.requests import Viewer
from spaces.models import Resource, Space
from spaces.prepared import Prepared
from spaces.rows import made, own_copy
from visas.holding import FROM_VISAS, HELD_VISA, held_visa
from visas.models import Terms

# How the rows of the one query are told apart.
_SORT_PLAN, _SORT_TERMS, _SORT_HELD = range(3)

# Each plan with the keys of the resources that it opens, as one JSON text (see spaces/rows.py for why).
_PLANS = """
SELECT 0 AS sort, position, id, jsonb_build_object(
    'plan', to_jsonb(plan),
    'opens', (SELECT coalesce(jsonb_agg(resource_id ORDER BY resource_id), '[]')
              FROM members_plan_resources opened WHERE opened.plan_id = plan.id)
)::text FROM members_plan plan WHERE space_id {at}
"""

# What hosts give by Coworking VISA.
_TERMS = """
UNION ALL SELECT 1, 0, id, to_jsonb(terms)::text FROM visas_terms terms
WHERE space_id {at} AND replaced_at IS NULL
"""

# Beside them the memberships that the viewer holds, or shares as the companion of a booth, with all that holds when.
_HELD = """
UNION ALL SELECT 2, 0, id, jsonb_build_object(
    'membership', to_jsonb(membership),
    'agreed', (SELECT jsonb_agg(to_jsonb(agreed) ORDER BY starts_on)
               FROM members_agreedplan agreed WHERE membership_id = membership.id),
    'pauses', (SELECT coalesce(jsonb_agg(jsonb_build_array(starts_on, ends_on) ORDER BY starts_on), '[]')
               FROM members_pause WHERE membership_id = membership.id)
)::text FROM members_membership membership
WHERE space_id {at} AND status IN ('active', 'paused') AND (user_id = {who} OR id IN (
    SELECT membership_id FROM members_companion WHERE user_id = {who} AND accepted_at IS NOT NULL AND left_at IS NULL
))
"""

# And the visas, whatever their home.
_VISAS = f"""
UNION ALL SELECT 3, 0, visa.id, {HELD_VISA} {FROM_VISAS}
WHERE membership.user_id = {{who}} AND membership.status IN ('active', 'paused')
"""
_OF_VISITOR, _OF_PERSON = f"{_PLANS} {_TERMS} ORDER BY 1, 2, 3", f"{_PLANS} {_TERMS} {_HELD} {_VISAS} ORDER BY 1, 2, 3"

# Most pages ask for one space.
_ONE_OF_VISITOR = Prepared("price_list_of_visitor", _OF_VISITOR.format(at="= $1"), ["bigint"])
_ONE_OF_PERSON = Prepared("price_list_of_person", _OF_PERSON.format(at="= $1", who="$2"), ["bigint", "bigint"])


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
        held = self.membership
        if not held.starts_on <= day or (held.ends_on is not None and held.ends_on < day) or self.rests_on(day):
            return None
        return next((agreed for agreed in self.agreed if agreed.row.holds_on(day)), None)

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
        hosts = [space for space in spaces if not self.held_at(space.pk)]
        found = [held.visa for held in self.visas.held]
        return replace(
            self.visas,
            used=visa_days(found, hosts, now=now, without=without) if found and hosts else {},
            reckoned_at=now,
        )

    def visas_at(self, space_id: int) -> Visas:
        """The visas that count at a space: none where the person is a member, whatever the plan gives."""
        return Visas() if self.held_at(space_id) else self.visas

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
    for sort, _position, _pk, text in _rows(list(space_ids), user.pk if user else None):
        if sort == _SORT_PLAN:
            terms = _own(_terms(text))
            every[terms.plan.pk] = terms
            if terms.plan.is_sold_on(today):
                plans[terms.plan.space_id].append(terms)
        elif sort == _SORT_TERMS:
            offered = made(Terms, json.loads(text))
            terms_of[offered.space_id] = offered
        elif sort == _SORT_HELD:
            # A plan that is no longer sold still gives its members what it gave.
            found = _held(json.loads(text), every)
            held[found.membership.space_id].append(found)
        else:
            visas.append(held_visa(text))
    return PriceList(plans, held, visas=Visas(tuple(visas), terms_of))


def _rows(keys: list[int], person: int | None) -> list[tuple[Any, ...]]:
    if len(keys) == 1:
        return _ONE_OF_PERSON.rows(keys[0], person) if person else _ONE_OF_VISITOR.rows(keys[0])
    with connection.cursor() as cursor:
        if person:
            cursor.execute(_OF_PERSON.format(at="= ANY(%(at)s)", who="%(who)s"), {"at": keys, "who": person})
        else:
            cursor.execute(_OF_VISITOR.format(at="= ANY(%(at)s)"), {"at": keys})
        return cursor.fetchall()


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
