"""What belongs to a person at events: sign-ups, also those that were made without signing in."""

from django.db.models import Q

from events.models import Rsvp, RsvpQuerySet
from members.erasing import addresses_of
from members.models import User


def sign_ups_of(user: User) -> RsvpQuerySet:
    """A person's sign-ups, also those with an address of theirs and no account; taken back ones too."""
    by_address = Q(user__isnull=True, person__in=addresses_of(user))
    return Rsvp.objects.filter(Q(user=user) | by_address)
