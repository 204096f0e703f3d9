"""Tasks of tickets and visas, woken by beat."""

from celery import shared_task
from django.utils import timezone

from visas import forgetting, lockout


@shared_task
def forget_wrong_codes() -> None:
    """Forget who typed wrong codes a month ago; running it twice, or late, does no harm."""
    lockout.forget_old(now=timezone.now())


@shared_task
def forget_looks() -> None:
    """Forget who looked at visas a year ago; running it twice, or late, does no harm."""
    forgetting.forget_looks(now=timezone.now())
