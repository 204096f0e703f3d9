"""Which characters the font of the PDFs has, and what stands for those that it lacks."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"

# 〓 (geta) has marked a piece of type that the printer lacks since there was movable type in Japan.
GETA = "〓"

# Forms of kanji in family names that the font lacks, and the form in which the same name is written without them.
_USUAL_FORM = str.maketrans("𠮷𡈽𣘺𦚰𥔎", "吉土橋脇碕")


def legible(text: str) -> str:
    """A text in characters that the font has, so that a PDF never shows an empty box or fails.

    A rare form of a kanji becomes its usual one, a compatible character its plain one, anything else 〓 (an emoji,
    hangul). Controls and invisible marks go, but for line breaks and the selectors of a kanji's form.
    """
    return "".join(map(_legible, text.translate(_USUAL_FORM)))


def unprintable(text: str) -> str:
    """The characters of a text for which 〓 would stand, each once."""
    return "".join(dict.fromkeys(one for one in text.replace(GETA, "") if GETA in legible(one)))


@cache
def covered() -> frozenset[int]:
    """The code points of the font, from its table `cmap` in format 12 (OpenType specification, cmap)."""
    font = (FONTS / "BIZUDPGothic-Regular.ttf").read_bytes()
    at = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, at + 2)
    encodings = (struct.unpack_from(">HHI", font, at + 4 + 8 * place) for place in range(count))
    start = next(at + offset for platform, encoding, offset in encodings if (platform, encoding) == (3, 10))
    (groups,) = struct.unpack_from(">I", font, start + 12)
    ranges = (struct.unpack_from(">II", font, start + 16 + 12 * place) for place in range(groups))
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * place) for place in range(count))
    return next(offset for tag, _checksum, offset, _length in entries if tag == name)


def _legible(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n" or "\U000e0100" <= character <= "\U000e01ef":
        return character
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    if category == "Co" or not covered().issuperset(map(ord, character)):
        plain = unicodedata.normalize("NFKC", character)
        return plain if plain != character and covered().issuperset(map(ord, plain)) else GETA
    return character
