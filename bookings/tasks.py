"""Tasks of the bookings, woken by beat."""

from celery import shared_task
from django.utils import timezone

from bookings import (
    attendance,
    forgetting,
    ticket_expiry_notices,
    trial_notices,
    visa_ending_notices,
    visa_notices,
)


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


@shared_task
def tell_of_visa_ends() -> None:
    """Tell whose Coworking VISA ends soon; running it twice, at once, or late tells each of them once."""
    visa_ending_notices.tell_of_ends(now=timezone.now())


@shared_task
def tell_of_ticket_expiry() -> None:
    """Tell whose ticket is about to expire unused; running it twice, at once, or late tells each of them once."""
    ticket_expiry_notices.tell_of_expiry(now=timezone.now())


@shared_task
def write_after_trials() -> None:
    """Write to who was there on trial; running it twice, at once, or late writes to each of them once."""
    trial_notices.tell_after_trials(now=timezone.now())
