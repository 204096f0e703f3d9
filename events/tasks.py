"""What events do by themselves at a time."""

from celery import shared_task
from django.utils import timezone

from events.series import extend_all


@shared_task
def extend_series() -> None:
    """Write the events of every series ahead; once a day."""
    extend_all(now=timezone.now())
