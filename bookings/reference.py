"""References: what a person reads aloud at the desk."""

import secrets
import unicodedata

# Crockford's base 32 without the letters and digits that are taken for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def new_reference() -> str:
    """Eight characters, about 39 bits. It opens nothing by itself: every page asks who is looking."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spaced(reference: str) -> str:
    """As it is printed: two groups of four."""
    return f"{reference[:4]}-{reference[4:]}"


def normalised(typed: str) -> str:
    """A reference as a person typed it, in the form that is stored; full-width letters count."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in plain if character.isalnum())
