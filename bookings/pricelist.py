"""What the quote must know of plans and memberships: two queries for any number of spaces."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from members.models import Membership, Plan
from members.requests import Viewer


@dataclass(frozen=True)
class PlanTerms:
    """A plan with the keys of the resources that it opens."""

    plan: Plan
    opens: frozenset[int]


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
    ids = list(space_ids)
    plans: dict[int, list[PlanTerms]] = defaultdict(list)
    sold = Plan.objects.sold_on(today).filter(space__in=ids).order_by("position", "pk")
    for plan in sold.annotate(opened=ArrayAgg("resources", filter=Q(resources__isnull=False), default=[])):
        plans[plan.space_id].append(PlanTerms(plan, frozenset(plan.opened)))
    held: dict[int, Held] = {}
    if user is not None and user.is_authenticated:
        live = Membership.objects.filter(user=user, space__in=ids, status=Membership.Status.ACTIVE)
        for membership in live.select_related("plan").annotate(
            opened=ArrayAgg("plan__resources", filter=Q(plan__resources__isnull=False), default=[])
        ):
            held[membership.space_id] = Held(membership, frozenset(membership.opened))
    return PriceList(plans, held)
