"""Who signs in with an address finds what was booked with it before there was an account."""

from typing import Any

from allauth.account.models import EmailAddress

from bookings.models import Booking
from members.requests import Viewer


def adopt(user: Viewer) -> None:
    """Make bookings that are nobody's, but made with an address that a person has confirmed, the person's own."""
    if user is None or not user.is_authenticated:
        return
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    Booking.objects.filter(user__isnull=True, person__in=confirmed.values("email")).update(user=user)


def adopt_at_sign_in(user: Any, **_signal: Any) -> None:
    """As `adopt`, when somebody has signed in."""
    adopt(user)
