"""A keyed hash of a person's address: it keeps "once" true after the address itself is gone (design rule 3)."""

import hmac

from django.conf import settings


def person_key(email: str) -> str:
    """The key of a normalised e-mail address, 64 hexadecimal digits; without the secret it tells nothing."""
    return hmac.digest(settings.PERSON_KEY.encode(), email.strip().lower().encode(), "sha256").hex()
