"""Links in mails by which who has no account chooses too: 256 bits of signature over an address and some kinds.

They open nothing but what is sent to the address, so they last as long as mails are kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse


@dataclass(frozen=True)
class Choice:
    """Whose mails a link is about, and the kinds that the mail carried."""

    address: str
    kinds: list[str]


def choice_token(address: str, kinds: Iterable[str]) -> str:
    """What lets its bearer choose what an address is told."""
    return _signer().sign_object([address, *kinds])


def choice_of(token: str) -> Choice | None:
    """What a token is about; None for one that we have not signed."""
    try:
        address, *kinds = _signer().unsign_object(token)
    except BadSignature:
        return None
    return Choice(address, kinds)


def choice_address(address: str, kinds: Iterable[str]) -> str:
    """The address of the page on which mails are turned off; posting to it is enough (RFC 8058)."""
    return settings.SITE_URL + reverse("notices:choose", args=[choice_token(address, kinds)])


def _signer() -> Signer:
    # A colon would be written in other ways by some programs that send mail.
    return Signer(salt="notices.choose", sep=".")
