"""Tasks of the bookings, woken by beat."""

from celery import shared_task
from django.utils import timezone

from bookings import attendance


@shared_task
def close_forgotten_check_outs() -> None:
    """Close what was forgotten; running it twice, or late, does no harm."""
    attendance.close_forgotten_check_outs(now=timezone.now())
