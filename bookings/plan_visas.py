"""A plan that grants Coworking VISAs no more: whose end with that, and the visits to come that fall with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.visa_answers import withdraw_fallen
from members.models import AgreedPlan, Membership, Plan
from spaces.locks import lock_space
from visas.models import Visa


@dataclass(frozen=True)
class Falling:
    """The keys of the visas that end with a plan, and the visits to come that nothing else grants, the next first."""

    visas: frozenset[int]
    visits: tuple[Booking, ...]

    def __bool__(self) -> bool:
        return bool(self.visas or self.visits)


def falling_with_plan(plan: Plan, *, now: datetime) -> Falling:
    """What falls if a plan grants no visas, whether or not it does so still: two queries.

    Visits are judged by the plan of their day: who changes to another that grants one keeps what comes after.
    """
    rows = AgreedPlan.objects.filter(plan=plan, membership__in=_members(plan), membership__visa__revoked_at=None)
    granted: dict[int, list[AgreedPlan]] = {}
    for agreed in rows.select_related("membership__visa"):
        granted.setdefault(agreed.membership.visa.pk, []).append(agreed)
    today = plan.space.today(now)
    ending = {
        visa
        for visa, found in granted.items()
        if any(one.ends_on is None or one.ends_on >= max(one.starts_on, today) for one in found)
    }
    coming = Booking.objects.upcoming(now).filter(visa__in=granted, starts_at__gt=now, checked_in_at=None)
    visits = coming.select_related("resource__space").order_by("starts_at", "pk")
    return Falling(frozenset(ending), tuple(one for one in visits if _is_granted(one, granted[one.visa_id or 0])))


@transaction.atomic
def end_visas(*, plan: Plan, now: datetime) -> list[Booking]:
    """Cancel, as the space, the visits to come that fall with a plan that was saved to grant no visas; those.

    The people are told by the mails of their visits; what was asked for is withdrawn. Who books at this moment has the
    lock of the membership and is cancelled too, or finds no visa.
    """
    members = list(_members(plan).select_for_update(no_key=True).order_by("pk"))
    visas = Visa.objects.filter(membership__in=members).order_by("pk")
    list(visas.select_for_update(no_key=True).values_list("pk"))
    lock_space(plan.space)
    found = [one.pk for one in falling_with_plan(plan, now=now).visits]
    # All of them before the first is cancelled. Until the lock is there somebody may have cancelled one, or have come.
    standing = Booking.objects.live().filter(pk__in=found, checked_in_at=None).order_by("pk")
    fallen = [
        cancel(booking=one, by=Booking.Side.SPACE, now=now) for one in list(standing.select_for_update(no_key=True))
    ]
    for membership in members:
        withdraw_fallen(membership, now=now)
    return fallen


def _is_granted(visit: Booking, agreed: Iterable[AgreedPlan]) -> bool:
    day = visit.resource.space.today(visit.starts_at)
    return any(one.holds_on(day) for one in agreed)


def _members(plan: Plan) -> QuerySet[Membership]:
    on_plan = AgreedPlan.objects.filter(plan=plan).values("membership")
    running = [Membership.Status.ACTIVE, Membership.Status.PAUSED]
    return Membership.objects.filter(pk__in=on_plan, status__in=running)
