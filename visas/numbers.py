"""Numbers of visas: ten digits, of which the last two check the others. They say which visa is meant, no more.

The database draws them (migration 0002_visas); whoever is told one at a desk finds slips here.
"""

import unicodedata

from stdnum.exceptions import ValidationError as NumberError
from stdnum.iso7064 import mod_97_10

NUMBER_LENGTH = 10
_GROUP = 5


def read_number(typed: str) -> str:
    """A number as somebody typed it, in the form that is stored: digits of any width, however they are parted."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(character for character in plain if character.isalnum())


def is_number(number: str) -> bool:
    """Whether the check digits fit (ISO 7064, MOD 97-10): one slip, or two neighbours swapped, never passes."""
    if len(number) != NUMBER_LENGTH or not number.isascii() or not number.isdigit():
        return False
    try:
        mod_97_10.validate(number)
    except NumberError:
        return False
    return True


def printed_number(number: str) -> str:
    """As it is printed: two groups of five."""
    return f"{number[:_GROUP]} {number[_GROUP:]}"
