"""When a worker last looked for due notices. It stands in Redis: nobody misses it, and without Redis nobody looks."""

from datetime import UTC, datetime
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.core.cache import cache
from django.utils import timezone

from notices.tasks import deliver_due

_KEY = "last round of delivery"


def connect() -> None:
    """Note the beginning and the end of each round in this process."""
    task_prerun.connect(_note)
    task_postrun.connect(_note)


def _note(sender: Any, **_: Any) -> None:
    if sender.name == deliver_due.name:
        cache.set(_KEY, timezone.now().timestamp(), timeout=None)


def last() -> datetime | None:
    """The moment, or None when nobody knows."""
    said = cache.get(_KEY)
    return datetime.fromtimestamp(said, UTC) if isinstance(said, float) else None
