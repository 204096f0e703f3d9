"""Putting notices into the outbox."""

from collections.abc import Iterable

from notices.models import Notice


def tell(notices: Iterable[Notice]) -> None:
    """Write notices in the caller's transaction; one whose dedupe key is there already is left as it is."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
