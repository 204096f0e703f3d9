"""A new address: letters about bookings to come go there, and its owner still holds one seat at a time (rule 14)."""

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings.models import Booking
from members.models import User
from notices.models import Notice


def take_along(instance: User, update_fields: Any = None, **_signal: Any) -> None:
    """Give the bookings to come, and the letters that wait, the address that a person has now; on saving a person."""
    if update_fields is not None and "email" not in update_fields:
        return
    moved = Booking.objects.upcoming(timezone.now()).filter(user=instance).exclude(person=instance.email)
    for booking in moved.exclude(person=None):
        # A guest's seat under the new address, at the same time, keeps the old one where it is.
        with suppress(IntegrityError), transaction.atomic():
            Booking.objects.filter(pk=booking.pk).update(person=instance.email)
            waiting = Notice.objects.filter(subject_key=f"booking:{booking.pk}", state=Notice.State.WAITING)
            waiting.update(recipient=instance.email)
