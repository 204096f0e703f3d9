"""A person's own calendar feed: made, renewed, taken back. Its address opens it; of the secret only a hash is kept."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from events.models import CalendarFeed
from members.models import User

_BYTES = 24  # 192 bits, well above the 64 of design rule 9


@transaction.atomic
def renew(*, user: User, now: datetime) -> str:
    """Give a person's calendar a new address; the token in it. The address before, if there was one, ends at once.

    Nobody can read the token again. Made twice at a time, the later one is good.
    """
    # Alone, with no lock before or after it: two first ones at a time would be refused by the database.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    revoke(user=user, now=now)
    token = secrets.token_urlsafe(_BYTES)
    CalendarFeed.objects.create(user=user, token_hash=_hash(token), made_at=now)
    return token


def revoke(*, user: User, now: datetime) -> None:
    """Let the address of a person's calendar open nothing any more; without one nothing happens."""
    CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)


def made_at(user: User) -> datetime | None:
    """Since when a person's calendar has its address, if it has one."""
    return CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).values_list("made_at", flat=True).first()


def owner_of(token: str) -> User | None:
    """Whose calendar a token opens; None for one that opens nothing (any more)."""
    live = CalendarFeed.objects.filter(token_hash=_hash(token), revoked_at__isnull=True, user__is_active=True)
    found = live.select_related("user").first()
    return found.user if found else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
