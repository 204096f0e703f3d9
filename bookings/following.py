"""Bookings to come follow their person: letters about them go to the address and in the language of now.

And who has a new address still holds one seat at a time (design rule 14).
"""

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings.models import Booking
from members.models import User
from notices.models import Notice

FIELDS = frozenset({"email", "language"})


def follow(instance: User, created: bool, update_fields: Any = None, **_signal: Any) -> None:
    """Give bookings to come, and letters that wait, the address and the language of a person; on saving a person."""
    if created or not FIELDS & set(update_fields or FIELDS):
        return
    upcoming = Booking.objects.upcoming(timezone.now()).filter(user=instance, person__isnull=False)
    for booking in upcoming.exclude(person=instance.email):
        # A guest's seat under the new address, at the same time, keeps the old one where it is.
        with suppress(IntegrityError), transaction.atomic():
            Booking.objects.filter(pk=booking.pk).update(person=instance.email)
    keys = [f"booking:{pk}" for pk in upcoming.filter(person=instance.email).values_list("pk", flat=True)]
    waiting = Notice.objects.filter(subject_key__in=keys, state=Notice.State.WAITING)
    waiting.update(recipient=instance.email, language=instance.language)
