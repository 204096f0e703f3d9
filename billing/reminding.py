"""Reminding payers of what is past due. The rule is in billing/overdue.py; each reminder is written once."""

from datetime import datetime

from billing.models import Issuer
from billing.notices import is_time_to_write, reminded
from billing.overdue import reminders_due
from notices.outbox import tell


def remind(*, now: datetime) -> int:
    """Write the reminders that are due at all spaces, those that were written before left out; how many are due.

    For the hourly task: running it twice, or late, does no harm. At most five queries for a space, however much is due.
    """
    due = 0
    for issuer in Issuer.objects.exclude(reminder_days=[]).select_related("space").order_by("space"):
        if is_time_to_write(issuer.space, now):
            reminders = reminders_due(issuer.space, issuer.reminder_days, today=issuer.space.today(now))
            tell([notice for one in reminders for notice in reminded(one, now=now)])
            due += len(reminders)
    return due
