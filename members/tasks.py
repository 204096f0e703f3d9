"""Tasks of memberships, woken by beat."""

from celery import shared_task
from django.utils import timezone

from billing import monthly
from members import booths, renewal_notices, renewing, settling


@shared_task
def settle_due() -> None:
    """Bring statuses in line with their days; running it twice, or late, does no harm."""
    settling.settle_due(now=timezone.now())


@shared_task
def lapse_offers() -> None:
    """Let offers of booths lapse, and pass the booths on; running it twice, or late, does no harm."""
    booths.lapse_offers(now=timezone.now())


@shared_task
def bill_begun() -> None:
    """Bill the months that have begun, then issue the invoices whose day has come, so that they hold these months.

    Running it twice, at once, or days late bills each month and invoices each charge once.
    """
    now = timezone.now()
    renewing.bill_begun(now=now)
    monthly.issue_due(now=now)


@shared_task
def tell_of_renewals() -> None:
    """Tell members what their next month costs; running it twice, at once, or late tells each of them once."""
    renewal_notices.tell_of_renewals(now=timezone.now())
