"""Renewal: billing the months that have begun. What is missing is found by the charges that are not there."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Q

from billing.models import Charge
from members.dues import Due, bill, dues, month_key, sign_up_fees
from members.models import Membership
from members.periods import DAY, Period

logger = logging.getLogger(__name__)

AT_A_TIME = 500
# Who left longer ago was billed: it would take an outage of a year to miss their last month.
LOOKED_BACK = timedelta(days=366)


def bill_begun(*, now: datetime) -> int:
    """Bill the months of all memberships that have begun; how many charges were written. For the hourly task.

    Each membership in a transaction of its own: what is done when the task dies stays done, and once. One that can't be
    billed keeps nobody else's month waiting; the log says which, and the next hour tries it again.
    """
    written = 0
    for pk in list(_unbilled(now)):
        try:
            written += _bill_one(pk, now)
        except (ValidationError, DatabaseError):
            logger.exception("Membership %s could not be billed.", pk)
    return written


@transaction.atomic
def _bill_one(pk: int, now: datetime) -> int:
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("space", "user")
    membership = rows.get(pk=pk)
    return len(bill(membership, today=membership.space.today(now)))


def _unbilled(now: datetime) -> Iterator[int]:
    """Keys of the memberships that lack a charge for their last month with dues, or a fee; few queries for many."""
    never = (Membership.Status.APPLIED, Membership.Status.DECLINED)
    lately = Q(ends_on__isnull=True) | Q(ends_on__gte=now.date() - LOOKED_BACK)
    rows = Membership.objects.filter(lately).exclude(status__in=never).select_related("space").order_by("pk")
    memberships = rows.prefetch_related("agreed_plans", "pauses").iterator(chunk_size=AT_A_TIME)
    while some := list(islice(memberships, AT_A_TIME)):
        wanted = {membership.pk: _keys(membership, now) for membership in some}
        keys = [key for each in wanted.values() for key in each]
        there = set(Charge.objects.filter(source_key__in=keys).values_list("source_key", flat=True))
        yield from (pk for pk, each in wanted.items() if not each <= there)


def _keys(membership: Membership, now: datetime) -> set[str]:
    """The sources of the first charges for a membership's last month with dues, and for fees that begin with it."""
    today, last_day = membership.space.today(now), membership.space.last_day
    last = min(today, last_day) if last_day else today
    found = _last_dues(membership, min(last, membership.ends_on or last))
    if found is None:
        return set()
    period, due = found
    keys = {f"{month_key(membership, period, one.agreed.pk)}0" for one in due}
    fees = sign_up_fees(membership, membership.agreed_plans.all(), today)
    return keys | {f"{key}0" for key, fee in fees.items() if period.first <= fee.agreed.starts_on}


def _last_dues(membership: Membership, day: date) -> tuple[Period, list[Due]] | None:
    agreed, pauses = list(membership.agreed_plans.all()), list(membership.pauses.all())
    period = membership.period_of(max(day, membership.starts_on))
    while period.last >= membership.starts_on and membership.is_billed_in(period):
        due = [one for one in dues(agreed, pauses, period) if one.yen]
        if due:
            return period, due
        period = membership.period_of(period.first - DAY)
    return None
