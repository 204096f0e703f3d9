"""Tasks of money, woken by beat."""

from celery import shared_task
from django.utils import timezone

from billing import reminding


@shared_task
def remind() -> None:
    """Remind of what is past due; running it twice, or late, reminds once."""
    reminding.remind(now=timezone.now())
