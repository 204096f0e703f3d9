"""Tasks of tickets, woken by beat."""

from celery import shared_task
from django.utils import timezone

from visas import lockout


@shared_task
def forget_wrong_codes() -> None:
    """Forget who typed wrong codes a month ago; running it twice, or late, does no harm."""
    lockout.forget_old(now=timezone.now())
