"""Links to a sign-up for who has no account: 256 bits of signature over it and the version of its links.

One opens the sign-up. Another stands in reminders, and lets its bearer say whether they come, at the time and the venue
that the reminder told.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from events.models import Rsvp

_SALT = "events.sign_up"
_COMING = "events.coming"


@dataclass(frozen=True)
class Asked:
    """A sign-up about which a reminder asked, and the revisions of it and of its event of which it told."""

    rsvp: Rsvp
    sequence: int
    event_sequence: int

    def tells(self, rsvp: Rsvp) -> bool:
        """Whether time and venue are those that the reminder told."""
        return (rsvp.sequence, rsvp.event.sequence) == (self.sequence, self.event_sequence)


def rsvp_token(rsvp: Rsvp) -> str:
    """What opens a sign-up, for as long as its links are not renewed."""
    return _signer(_SALT).sign(f"{rsvp.pk}-{rsvp.link_version}")


def rsvp_of(token: str) -> Rsvp | None:
    """The sign-up that a token opens, with event and venue; None for one that opens nothing (any more)."""
    try:
        pk, _dash, version = _signer(_SALT).unsign(token).partition("-")
    except BadSignature:
        return None
    return _rows().filter(pk=int(pk), link_version=int(version)).first()


def rsvp_address(rsvp: Rsvp) -> str:
    """Where a sign-up is, from the root of the house; whoever has the address can change it."""
    return reverse("events:mine", args=[rsvp_token(rsvp)])


def coming_token(rsvp: Rsvp) -> str:
    """What lets its bearer say whether they come, as the sign-up and its event are now."""
    return _signer(_COMING).sign(f"{rsvp.pk}-{rsvp.sequence}-{rsvp.event.sequence}-{_whose(rsvp)}")


def asked_of(token: str) -> Asked | None:
    """What the token of a reminder is about; None for one that opens nothing (any more)."""
    try:
        pk, sequence, event_sequence, whose = _signer(_COMING).unsign(token).split("-")
    except BadSignature:
        return None
    rsvp = _rows().filter(pk=int(pk), person__isnull=False).first()
    if rsvp is None or not constant_time_compare(whose, _whose(rsvp)):
        return None
    return Asked(rsvp, int(sequence), int(event_sequence))


def coming_address(rsvp: Rsvp) -> str:
    """Where a person says that they come to an event."""
    return settings.SITE_URL + reverse("events:coming", args=[coming_token(rsvp)])


def not_coming_address(rsvp: Rsvp) -> str:
    """Where a person frees the place at an event."""
    return settings.SITE_URL + reverse("events:not_coming", args=[coming_token(rsvp)])


def _rows() -> QuerySet[Rsvp]:
    return Rsvp.objects.select_related("event__organiser", "venue__space", "user")


def _whose(rsvp: Rsvp) -> str:
    """Another one for each address, and for each version of the links."""
    whose = f"{rsvp.link_version}-{rsvp.person}"
    return salted_hmac(f"{_COMING}.whose", whose, algorithm="sha256").hexdigest()[:16]


def _signer(salt: str) -> Signer:
    # A colon would be written in other ways by some programs that send mail.
    return Signer(salt=salt, sep=".")
