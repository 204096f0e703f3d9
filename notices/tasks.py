"""Tasks of the outbox. Beat wakes them; what is due is read from the rows."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from notices import copying, delivery

ROUND = timedelta(seconds=50)


@shared_task
def deliver_due() -> None:
    """Deliver what is due. Several workers may run this at once: each row is taken by one of them."""
    delivery.deliver_due(until=timezone.now() + ROUND)


@shared_task
def forget_copies() -> None:
    """Forget the words of what was sent months ago; running it twice, or late, does no harm."""
    copying.forget_old(now=timezone.now())
