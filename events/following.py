"""Sign-ups for events to come follow their person: letters about them go to the address and in the language of now.

And who has a new address still counts once an event.
"""

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings.following import FIELDS
from events.models import Rsvp
from members.models import User
from notices.models import Notice


def follow(instance: User, created: bool, update_fields: Any = None, **_signal: Any) -> None:
    """Give sign-ups to come, and letters that wait, the address and the language of a person; on saving a person."""
    if created or not FIELDS & set(update_fields or FIELDS):
        return
    upcoming = Rsvp.objects.live().filter(user=instance, person__isnull=False, event__ends_at__gt=timezone.now())
    for rsvp in upcoming.exclude(person=instance.email, language=instance.language):
        # Somebody who signed up with the new address for the same event keeps the old one where it is.
        with suppress(IntegrityError), transaction.atomic():
            Rsvp.objects.filter(pk=rsvp.pk).update(person=instance.email, language=instance.language)
    keys = [f"rsvp:{pk}" for pk in upcoming.filter(person=instance.email).values_list("pk", flat=True)]
    waiting = Notice.objects.filter(subject_key__in=keys, state=Notice.State.WAITING)
    waiting.update(recipient=instance.email, language=instance.language)
