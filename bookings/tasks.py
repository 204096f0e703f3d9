"""Tasks of the bookings, woken by beat."""

from celery import shared_task
from django.utils import timezone

from bookings import attendance, forgetting, visa_notices


@shared_task
def close_forgotten_check_outs() -> None:
    """Close what was forgotten; running it twice, or late, does no harm."""
    attendance.close_forgotten_check_outs(now=timezone.now())


@shared_task
def forget_visitors() -> None:
    """Forget who last came by ticket a year ago; running it twice, or late, does no harm."""
    forgetting.forget_visitors(now=timezone.now())


@shared_task
def ask_to_confirm_terms() -> None:
    """Ask hosts once a year what they offer; running it twice, or late, asks once."""
    visa_notices.ask_to_confirm(now=timezone.now())
