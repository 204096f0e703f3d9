"""What happens to memberships at midnight: pauses begin and are over, memberships end. Coverage never waits for it.

The days say who is let in; the status follows them here, an hour late at most, and after an outage as well.
"""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from members.ending import close
from members.models import Membership, Pause
from members.status import locked, move_to


def settle_due(*, now: datetime) -> int:
    """Bring the status of memberships in line with their days; how many moved. Doing it twice does no harm."""
    # Each membership is looked at in its own space's day; what may be due is found by the days that it is anywhere.
    earliest, latest = ((now.astimezone(UTC) + timedelta(hours=hours)).date() for hours in (-12, 14))
    begun = Pause.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=earliest), starts_on__lte=latest)
    begun = begun.filter(membership=OuterRef("pk"))
    due = Membership.objects.filter(
        Q(status=Membership.Status.PAUSED) | Q(Exists(begun)) | Q(ends_on__lt=latest),
        status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED],
    )
    return sum(settle(membership, now=now) for membership in due.order_by("pk"))


@transaction.atomic
def settle(membership: Membership, *, now: datetime) -> bool:
    """Bring the status of one membership in line with its days; whether it moved."""
    membership = locked(membership)
    before = membership.status
    if before not in (Membership.Status.ACTIVE, Membership.Status.PAUSED):
        return False
    today = membership.space.today(now)
    if membership.ends_on and membership.ends_on < today:
        close(membership, by=None, now=now)
        return True
    rests = Pause.objects.on(today).filter(membership=membership).exists()
    status = Membership.Status.PAUSED if rests and membership.starts_on <= today else Membership.Status.ACTIVE
    if status == before:
        return False
    move_to(membership, status, by=None)
    return True
