"""Who signs in with an address finds what was signed up with it before there was an account."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from events.locks import locked_person, locked_venues
from events.models import Rsvp
from members.models import User
from members.requests import Viewer


def adopt(user: Viewer) -> None:
    """Make sign-ups that are nobody's, but made with an address that a person has confirmed, the person's own.

    A wish that nobody has confirmed stays nobody's: it may be a stranger's, and lapses.
    """
    if user is None or not user.is_authenticated:
        return
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    found = Rsvp.objects.filter(user__isnull=True, confirmed_at__isnull=False, person__in=confirmed.values("email"))
    if not found.exists():
        return
    with transaction.atomic():
        # The account may be deleted in another tab at this moment: nothing may say afterwards who it was.
        if not locked_person(user).is_active:
            return
        locked_venues(found.order_by().values_list("venue_id", flat=True))
        found.update(user=user)


def owner_of(address: str | None) -> User | None:
    """The person who has confirmed an address as that of their account."""
    return User.objects.filter(emailaddress__email=address, emailaddress__verified=True, is_active=True).first()


def adopt_at_sign_in(user: Any, **_signal: Any) -> None:
    """As `adopt`, when somebody has signed in."""
    adopt(user)
