"""Links that do one thing once, without signing in: 256 bits of signature over what, for whom, where and on which day.

They stand in the digest of a day alone, and are good until the end of the day after it. Who has the mail has them, so
they open nothing any more once the person has another address.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from members.models import User
from spaces.models import Space

GOOD_FOR = timedelta(days=1)
_SALT = "desk.once"


@dataclass(frozen=True)
class Link:
    """What a token says: one person may do one act with one row at one space, from the digest of a day."""

    token: str
    act: str
    pk: int
    by: User
    space: Space
    day: date

    @property
    def last_day(self) -> date:
        return self.day + GOOD_FOR

    def has_expired_at(self, moment: datetime) -> bool:
        return self.space.today(moment) > self.last_day

    @property
    def token_hash(self) -> str:
        return sha256(self.token.encode()).hexdigest()


def link_address(act: str, pk: int, *, by: User, space: Space, day: date) -> str:
    """The whole address of a link for mails."""
    return settings.SITE_URL + reverse("desk:once", args=[link_token(act, pk, by=by, space=space, day=day)])


def link_token(act: str, pk: int, *, by: User, space: Space, day: date) -> str:
    """What lets its bearer do an act (see `acts`) with a row, in the name of `by`. The same every time it is asked."""
    return _signer().sign(f"{act}-{pk}-{by.pk}-{space.pk}-{day:%Y%m%d}-{_mailbox(by)}")


def link_of(token: str) -> Link | None:
    """What a token says; None for one that we have not signed, or whose person, address or space is gone."""
    try:
        act, pk, user, space, day, mailbox = _signer().unsign(token).split("-")
    except BadSignature:
        return None
    by = User.objects.filter(pk=int(user)).first()
    there = Space.objects.filter(pk=int(space)).first()
    if by is None or there is None or not constant_time_compare(mailbox, _mailbox(by)):
        return None
    return Link(token, act, int(pk), by, there, datetime.strptime(day, "%Y%m%d").date())  # noqa: DTZ007 - a day alone


def _mailbox(user: User) -> str:
    """Another one for each address."""
    return salted_hmac(f"{_SALT}.mailbox", user.email, algorithm="sha256").hexdigest()[:16]


def _signer() -> Signer:
    # A colon would be written in other ways by some programs that send mail.
    return Signer(salt=_SALT, sep=".")
