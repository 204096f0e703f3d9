"""The link to a sign-up for who has no account: 256 bits of signature over it and the version of its links."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from events.models import Rsvp

_SALT = "events.sign_up"


def rsvp_token(rsvp: Rsvp) -> str:
    """What opens a sign-up, for as long as its links are not renewed."""
    return _signer().sign(f"{rsvp.pk}-{rsvp.link_version}")


def rsvp_of(token: str) -> Rsvp | None:
    """The sign-up that a token opens, with event and venue; None for one that opens nothing (any more)."""
    try:
        pk, _dash, version = _signer().unsign(token).partition("-")
    except BadSignature:
        return None
    rows = Rsvp.objects.select_related("event__organiser", "venue__space", "user")
    return rows.filter(pk=int(pk), link_version=int(version)).first()


def rsvp_address(rsvp: Rsvp) -> str:
    """Where a sign-up is, from the root of the house; whoever has the address can change it."""
    return reverse("events:mine", args=[rsvp_token(rsvp)])


def _signer() -> Signer:
    # A colon would be written in other ways by some programs that send mail.
    return Signer(salt=_SALT, sep=".")
