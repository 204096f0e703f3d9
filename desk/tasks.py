"""Tasks of the desk, woken by beat."""

from celery import shared_task
from django.utils import timezone

from desk.digest import once, writing


@shared_task
def write_digests() -> None:
    """Write the digests of the day where it is past eight; running it twice, or late, writes each once."""
    writing.write_due(now=timezone.now())


@shared_task
def forget_used_links() -> None:
    """Forget the uses of links of months ago; running it twice, or late, does no harm."""
    once.forget_used(now=timezone.now())
