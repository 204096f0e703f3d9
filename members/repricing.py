"""A new price of a plan: for who joins from now on, and for members from a renewal that they are told of."""

from datetime import date, datetime, timedelta

from django.db import transaction

from members import notices
from members.agreeing import agree_from, agreed_on
from members.models import AgreedPlan, Membership, Plan, User
from members.models.membership import DAY
from members.refusals import refusal
from members.status import keep, locked
from notices.outbox import tell

# How far ahead members are told if the operator names no other day.
TOLD_AHEAD = timedelta(days=30)


@transaction.atomic
def reprice_members(*, plan: Plan, not_before: date, by: User | None, now: datetime) -> int:
    """Tell the members on a plan of its price of now, and let it hold for each from their first renewal on or after a
    day; how many were told.

    Who has agreed to this price already, leaves before, or is about to change to another plan keeps what they have.
    Raises ValidationError if the day has come already: nobody pays a price before being told of it.
    """
    today = plan.space.today(now)
    if not_before <= today:
        raise refusal("reprice_in_the_past")
    plan.members_pay_from = not_before
    plan.save(update_fields=["members_pay_from"])
    told = 0
    on_plan = AgreedPlan.objects.filter(plan=plan).values("membership")
    members = Membership.objects.filter(pk__in=on_plan, status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED])
    for membership in members.order_by("pk"):
        told += _tell(locked(membership), plan, not_before, by, now)
    return told


def tell_again(membership: Membership, *, by: User | None, now: datetime) -> bool:
    """Tell a locked membership whose end or change was taken back of the price that the other members are told of.

    What it had been told of went with the end or the change, so it is told anew, as far ahead as anybody.
    """
    today = membership.space.today(now)
    plan = agreed_on(membership, today).plan
    if plan.members_pay_from is None:
        return False
    return _tell(membership, plan, max(plan.members_pay_from, today + TOLD_AHEAD), by, now)


def _tell(membership: Membership, plan: Plan, not_before: date, by: User | None, now: datetime) -> bool:
    # The first month is paid as it was agreed at the start.
    day = max(not_before, membership.starts_on + DAY)
    period = membership.period_of(day)
    renewal = day if day == period.first else period.next_first
    if membership.ends_on and membership.ends_on < renewal:
        return False
    then = agreed_on(membership, renewal)
    if then.plan_id != plan.pk:
        return False
    # A change to another plan may be planned for later: a booth that is to come free.
    change = membership.agreed_plans.filter(starts_on__gt=renewal).exclude(plan=plan).order_by("starts_on").first()
    rows = membership.agreed_plans.filter(plan=plan).exclude(ends_on__lt=renewal)
    if not rows.exclude(price=plan.price, room_minutes=plan.room_minutes).exists():
        return False
    new = AgreedPlan.of(plan, booth=then.booth, told_at=now)
    # The fee was taken when the plan was agreed to.
    new.sign_up_fee = then.sign_up_fee
    agree_from(membership, renewal, new, until=change)
    keep(membership, by=by)
    tell(notices.price_changes(membership, new, now=now))
    return True
