"""What the quote must know of plans and memberships: one query for any number of spaces."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection

from members.models import Membership, Plan
from members.requests import Viewer
from spaces.rows import made, own_copy

# Each plan with the keys of the resources that it opens, as one JSON text (see spaces/rows.py for why), and beside it
# the viewer's live membership on it.
_PLANS = """
SELECT jsonb_build_object(
    'plan', to_jsonb(plan),
    'opens', (SELECT coalesce(jsonb_agg(resource_id ORDER BY resource_id), '[]')
              FROM members_plan_resources opened WHERE opened.plan_id = plan.id)
)::text, (SELECT to_jsonb(membership)::text FROM members_membership membership
          WHERE membership.plan_id = plan.id AND membership.user_id = %s AND membership.status = 'active')
FROM members_plan plan WHERE space_id = ANY(%s) ORDER BY position, id
"""


@dataclass(frozen=True)
class PlanTerms:
    """A plan with the keys of the resources that it opens."""

    plan: Plan
    opens: frozenset[int]
    # What both were made of: a key for what is remembered of the plan.
    text: str


@dataclass(frozen=True)
class Held:
    """A person's membership with what its plan opens."""

    membership: Membership
    opens: frozenset[int]

    def covers(self, day: date) -> bool:
        """Whether the membership counts on a day of its space; `MembershipQuerySet.active_on` asks the same."""
        held = self.membership
        return (
            held.status == Membership.Status.ACTIVE
            and held.starts_on <= day
            and (held.ends_on is None or day <= held.ends_on)
        )


@dataclass(frozen=True)
class PriceList:
    """What spaces sell, and what one person holds there."""

    plans: dict[int, list[PlanTerms]]
    held: dict[int, Held]

    def sold_at(self, space_id: int) -> list[PlanTerms]:
        return self.plans.get(space_id, [])

    def visits_at(self, space_id: int, resource_id: int | None = None) -> list[PlanTerms]:
        """What is sold by the visit at a space, or of it what opens one resource."""
        return [
            terms
            for terms in self.sold_at(space_id)
            if terms.plan.is_visit and (resource_id is None or resource_id in terms.opens)
        ]


def price_list(space_ids: Iterable[int], user: Viewer, *, today: date) -> PriceList:
    """The price lists of spaces on `today`, and the live memberships of `user` at them."""
    plans: dict[int, list[PlanTerms]] = defaultdict(list)
    held: dict[int, Held] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PLANS, [user.pk if user else None, list(space_ids)])
        for text, membership_text in cursor.fetchall():
            terms = _own(_terms(text))
            if terms.plan.is_sold_on(today):
                plans[terms.plan.space_id].append(terms)
            if membership_text:
                # A plan that is no longer sold still gives its members what it gave.
                membership = made(Membership, json.loads(membership_text))
                membership.plan = terms.plan
                held[membership.space_id] = Held(membership, terms.opens)
    return PriceList(plans, held)


@lru_cache(maxsize=1024)
def _terms(text: str) -> PlanTerms:
    row = json.loads(text)
    return PlanTerms(made(Plan, row["plan"]), frozenset(row["opens"]), text)


def _own(terms: PlanTerms) -> PlanTerms:
    return PlanTerms(own_copy(terms.plan), terms.opens, terms.text)
