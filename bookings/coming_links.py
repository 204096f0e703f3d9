"""The links of a reminder: who has one says without signing in that they come, or frees the seat.

256 bits of signature over one booking, its revision, and whose it is (design rule 9): they open nothing once the
booking is somebody else's or nobody's, or the links of its ticket are renewed, and say so once it has moved.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from bookings.models import Booking

_SALT = "bookings.coming"


@dataclass(frozen=True)
class Asked:
    """A booking about which a reminder asked, and the revision of which it told."""

    booking: Booking
    sequence: int


def coming_token(booking: Booking) -> str:
    """What lets its bearer say whether they come with a booking, as it is now."""
    return _signer().sign(f"{booking.pk}-{booking.sequence}-{_whose(booking)}")


def asked_of(token: str) -> Asked | None:
    """What a token is about; None for one that opens nothing (any more)."""
    try:
        pk, sequence, whose = _signer().unsign(token).split("-")
    except BadSignature:
        return None
    rows = Booking.objects.select_related("resource__space", "user", "plan", "ticket__campaign", "visa")
    booking = rows.filter(pk=int(pk), person__isnull=False).first()
    if booking is None or not constant_time_compare(whose, _whose(booking)):
        return None
    return Asked(booking, int(sequence))


def coming_address(booking: Booking) -> str:
    """Where a person says that they come."""
    return settings.SITE_URL + reverse("bookings:coming", args=[coming_token(booking)])


def not_coming_address(booking: Booking) -> str:
    """Where a person frees the seat."""
    return settings.SITE_URL + reverse("bookings:not_coming", args=[coming_token(booking)])


def _whose(booking: Booking) -> str:
    """Another one for each address, and for each version of a ticket's links."""
    version = booking.ticket.link_version if booking.ticket else 0
    return salted_hmac(f"{_SALT}.whose", f"{version}-{booking.person}", algorithm="sha256").hexdigest()[:16]


def _signer() -> Signer:
    # A colon would be written in other ways by some programs that send mail.
    return Signer(salt=_SALT, sep=".")
