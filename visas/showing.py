"""Showing a visa at a desk: by a code that is signed, lasts a minute and works once, or by its number.

What the code gives a host is a look at the visa, and nothing to the person who holds it: so it is the operator who has
to be signed in, and each look is noted with who took it.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from members.models import User
from visas.models import Showing, Visa
from visas.numbers import is_number, read_number
from visas.refusals import refusal, refused_politely

RENEWED_AFTER = timedelta(seconds=60)
# A code that is scanned in its last second is still opened.
GOOD_FOR = RENEWED_AFTER + timedelta(seconds=30)
# As long as a host may look at one visa, and act on it, without having it shown again.
LOOKED_AT_FOR = timedelta(minutes=15)
_SALT = "visas.showing"


def new_code(visa: Visa) -> str:
    """A code that shows a visa once, for `GOOD_FOR` from now: text for a link."""
    return signing.dumps([visa.pk, visa.number, secrets.token_urlsafe(9)], salt=_SALT)


def code_address(code: str) -> str:
    """The address that the QR code leads a host's camera to."""
    return settings.SITE_URL + reverse("visas:scanned", args=[code])


def scan(code: str, *, by: User, now: datetime) -> Showing:
    """Look at the visa that a code shows. Raises ValidationError: tampered with, expired, replaced, or seen before.

    Of two who open one code at the same moment one sees the visa: the database takes a code once.
    """
    try:
        key, number, _nonce = signing.loads(code, salt=_SALT, max_age=GOOD_FOR)
    except signing.SignatureExpired as error:
        raise refusal("code_expired") from error
    except signing.BadSignature as error:
        raise refusal("code_false") from error
    visa = Visa.objects.filter(pk=key, number=number).first()
    if visa is None:
        raise refusal("code_replaced")
    with refused_politely(), transaction.atomic():
        return Showing.objects.create(visa=visa, shown_to=by, shown_at=now, code_key=_key(code))


def look_up(typed: str, *, by: User, now: datetime) -> Showing:
    """Look at the visa with a number that was told or read. Raises ValidationError: mistyped, or unknown."""
    number = read_number(typed)
    if not is_number(number):
        raise refusal("number_mistyped")
    visa = Visa.objects.filter(number=number).first()
    if visa is None:
        raise refusal("number_unknown")
    return Showing.objects.create(visa=visa, shown_to=by, shown_at=now)


def _key(code: str) -> str:
    return sha256(code.encode()).hexdigest()
