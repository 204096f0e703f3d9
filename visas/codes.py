"""Codes of tickets: short, easily read aloud, with a check character, and not to be guessed within the limits."""

import secrets
import unicodedata

from stdnum.exceptions import ValidationError as NumberError
from stdnum.iso7064 import mod_37_36

# Without 0 and O, 1, I and L, and U beside V, which are taken for one another. An even number: otherwise the check
# character would not notice every slip.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN_LENGTH = 8
CODE_LENGTH = DRAWN_LENGTH + 1


def new_code() -> str:
    """Eight drawn characters, about 39 bits, and a check character (ISO 7064, hybrid system over our alphabet)."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(DRAWN_LENGTH))
    return drawn + mod_37_36.calc_check_digit(drawn, ALPHABET)


def read(typed: str) -> str:
    """A code as a person typed it, in the form that is stored, in letters of any width and however it is parted."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in plain if character.isalnum())


def is_well_formed(code: str) -> bool:
    """Whether the check character fits: one slip never passes, two neighbours in the wrong order hardly ever."""
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        return False
    try:
        mod_37_36.validate(code, ALPHABET)
    except NumberError:
        return False
    return True


def printed(code: str) -> str:
    """As it is printed: three groups of three."""
    return "-".join(code[place : place + 3] for place in range(0, len(code), 3))
