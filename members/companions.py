"""Companions of a booth: the tenant invites them by e-mail, and they use what the tenant holds."""

from datetime import datetime

from django.db import transaction

from members import notices
from members.agreeing import agreed_on
from members.changing import planned_change
from members.models import Companion, Membership, User
from members.refusals import refusal, refused_politely
from members.status import check_active, locked
from notices.outbox import tell


def invite(*, membership: Membership, email: str, now: datetime) -> Companion:
    """Invite a person by e-mail to the booth of a membership. Raises ValidationError."""
    email = email.strip().lower()
    with refused_politely(email=email), transaction.atomic():
        membership = locked(membership)
        check_active(membership)
        today = membership.space.today(now)
        agreed = agreed_on(membership, today)
        if not agreed.seats_for_companions:
            raise refusal("no_booth")
        if email == membership.user.email:
            raise refusal("own_address")
        standing = membership.companions.standing()
        if standing.filter(email=email).exists():
            raise refusal("invited_already", email=email)
        if standing.count() >= agreed.seats_for_companions:
            raise refusal("no_place_left", persons=agreed.seats_for_companions + 1)
        planned = planned_change(membership, today)
        if planned and standing.count() >= planned.seats_for_companions:
            raise refusal("change_planned", day=notices.day_in_words(planned.starts_on))
        companion = Companion.objects.create(membership=membership, email=email, invited_at=now)
        tell(notices.companion_invited(companion, now=now))
    return companion


@transaction.atomic
def accept(*, companion: Companion, user: User, now: datetime) -> Companion:
    """Take up an invitation that went to one's own address. Raises ValidationError."""
    membership = locked(companion.membership)
    companion.refresh_from_db()
    if companion.left_at or not companion.is_for(user) or not membership.is_live:
        raise refusal("companion_gone")
    if companion.accepted_at is None:
        companion.user, companion.accepted_at = user, now
        companion.save(update_fields=["user", "accepted_at"])
    return companion


@transaction.atomic
def leave(*, companion: Companion, now: datetime) -> Companion:
    """Give a companion's place back: the tenant's wish or their own. Raises ValidationError."""
    locked(companion.membership)
    companion.refresh_from_db()
    if companion.left_at:
        raise refusal("companion_gone")
    companion.left_at = now
    companion.save(update_fields=["left_at"])
    return companion
