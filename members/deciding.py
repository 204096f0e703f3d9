"""Deciding applications: an operator approves or declines, the applicant may withdraw."""

from datetime import datetime

from django.db import transaction

from members import notices
from members.agreeing import agreed_on
from members.booths import offer_free, take
from members.costs import renewal_day_of
from members.dues import bill
from members.models import Membership, Plan, User
from members.models.membership import DAY
from members.refusals import refusal, refused_politely
from members.status import locked, move_to
from notices.outbox import tell


def approve(*, membership: Membership, by: User | None, message: str = "", now: datetime) -> Membership:
    """Make an applicant a member from the day they wished, today at the earliest; a booth is let with it.

    Raises ValidationError, also when every booth has found a tenant meanwhile.
    """
    with refused_politely(space=membership.space.name), transaction.atomic():
        membership = locked(membership)
        _check_applied(membership)
        agreed = agreed_on(membership, membership.starts_on)
        membership.starts_on = max(membership.starts_on, membership.space.today(now))
        membership.renewal_day = renewal_day_of(agreed.plan, membership.starts_on)
        agreed.starts_on = membership.starts_on
        if agreed.plan.kind == Plan.Kind.BOOTH and agreed.booth is None:
            agreed.booth = take(agreed.plan, agreed.starts_on, membership.user, now=now)
        agreed.save()
        membership.decided_at, membership.decision = now, message
        move_to(membership, Membership.Status.ACTIVE, by=by, why=message)
        bill(membership, today=membership.space.today(now))
        tell(notices.decided(membership, now=now))
    return membership


@transaction.atomic
def decline(*, membership: Membership, by: User | None, message: str = "", now: datetime) -> Membership:
    """Decline an application; who applied is told and may apply again. Raises ValidationError."""
    membership = locked(membership)
    _check_applied(membership)
    membership.decided_at, membership.decision = now, message
    _close(membership, Membership.Status.DECLINED, by=by, why=message, now=now)
    tell(notices.decided(membership, now=now))
    return membership


@transaction.atomic
def withdraw(*, membership: Membership, now: datetime) -> Membership:
    """Take one's own application back. Raises ValidationError."""
    membership = locked(membership)
    _check_applied(membership)
    _close(membership, Membership.Status.ENDED, by=membership.user, why="", now=now)
    return membership


def _check_applied(membership: Membership) -> None:
    if membership.status != Membership.Status.APPLIED:
        raise refusal("not_applied", status=membership.get_status_display())


def _close(membership: Membership, status: str, *, by: User | None, why: str, now: datetime) -> None:
    """Close an application as if it had never begun; a booth that was reserved for it goes to the next in line."""
    agreed = agreed_on(membership, membership.starts_on)
    membership.ends_on = membership.starts_on - DAY
    agreed.ends_on = membership.ends_on
    agreed.save(update_fields=["ends_on"])
    move_to(membership, status, by=by, why=why)
    if agreed.booth:
        offer_free(agreed.plan, now=now)
