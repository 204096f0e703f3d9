"""Tasks of the outbox. Beat wakes them; what is due is read from the rows."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from notices import delivery

ROUND = timedelta(seconds=50)


@shared_task
def deliver_due() -> None:
    """Deliver what is due. Several workers may run this at once: each row is taken by one of them."""
    delivery.deliver_due(until=timezone.now() + ROUND)
