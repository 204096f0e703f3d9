"""Names as banks print them, compared with names as people write them. Pure.

A transfer carries a name in capital kana: no small letters, company forms shortened (カ）), often in half width,
sometimes cut short, with a number that the sender put before it or behind. All of that is taken off before comparing.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

# Company forms: as written, as read, and as banks shorten them (全銀協 法人略語).
_FORMS = {
    "株式会社": ("株", "カブシキガイシヤ", "カ"),
    "有限会社": ("有", "ユウゲンガイシヤ", "ユ"),
    "合同会社": ("同", "ゴウドウガイシヤ", "ド"),
    "合資会社": ("資", "ゴウシガイシヤ", "シ"),
    "合名会社": ("名", "ゴウメイガイシヤ", "メ"),
    "一般社団法人": ("社", "イツパンシヤダンホウジン", "シヤ"),
    "一般財団法人": ("財", "イツパンザイダンホウジン", "ザイ"),
    "医療法人": ("医", "イリヨウホウジン", "イ"),
    "学校法人": ("学", "ガツコウホウジン", "ガク"),
    "社会福祉法人": ("福", "シヤカイフクシホウジン", "フク"),
    "宗教法人": ("宗", "シユウキヨウホウジン", "シユウ"),
    "特定非営利活動法人": ("特非", "トクテイヒエイリカツドウホウジン", "トクヒ"),
    "税理士法人": ("税", "ゼイリシホウジン", "ゼ"),
}
_SHORT = {short: form for form, (written, _read, spoken) in _FORMS.items() for short in (written, spoken)}
_LONG = {long: form for form, (_written, read, _spoken) in _FORMS.items() for long in (form, read)}
_SHORTENED = re.compile(r"^\(?(?P<first>{0})\)|\((?P<last>{0})\)?$".format("|".join(sorted(_SHORT, key=len)[::-1])))
_IN_FULL = re.compile("|".join(_LONG))

_KANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_CAPITALS = str.maketrans("ァィゥェォッャュョヮヵヶヰヱヲ", "アイウエオツヤユヨワカケイエオ")
_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−"), "ー")
_MARKS = str.maketrans("゛゜", "\u3099\u309a")

_TRANSFER = re.compile(r"^(振込入金|振込み?|振替入金|振替|入金|送金|フリコミ|ソウキン)([0-9](?![0-9]))?[\s*:]*")
_ACCOUNT = re.compile(r"^.*(普通|当座|貯蓄)(預金)?\s*[0-9]{4,8}\s+")
_NUMBER = re.compile(r"^(?P<before>[0-9]+(-[0-9]+)*)\s*(?=\D)|(?<=\D)\s*(?P<after>[0-9]+(-[0-9]+)*)$")

# Shorter than this, a name that another one begins with says too little.
_TELLING = 4


class Fit(IntEnum):
    """How well a printed name fits somebody's."""

    NOT = 0
    CLOSE = 1
    WHOLE = 2


@dataclass(frozen=True)
class Name:
    """A name without what a bank changes. `letters` have no spaces; `parts` are how they were parted."""

    parts: tuple[str, ...]
    form: str = ""

    @cached_property
    def letters(self) -> str:
        return "".join(self.parts)

    @cached_property
    def turned(self) -> str:
        """The letters with the parts the other way round."""
        return "".join(self.parts[::-1])

    @property
    def is_full(self) -> bool:
        """Whether it is more than a family name alone, or a company's with its form."""
        return len(self.parts) > 1 or bool(self.form)

    @property
    def starts(self) -> set[str]:
        """The first letters that a printed name has, if this name fits it at all."""
        return {self.letters[:2], self.turned[:2]}


@dataclass(frozen=True)
class Printed:
    """One way to read what a bank printed; `number` is what stood beside the name, in digits."""

    name: Name
    number: str = ""


def name_of(text: str) -> Name:
    """What a name comes down to; without letters it is empty."""
    plain = _plain(text)
    form = ""
    if found := _IN_FULL.search(plain):
        form, plain = _LONG[found[0]], _IN_FULL.sub(" ", plain)
    # A shortened form may be parted from the name by a space, which no rule asks for.
    elif found := _SHORTENED.search(plain.strip()):
        form, plain = _SHORT[found["first"] or found["last"]], _SHORTENED.sub(" ", plain.strip())
    parts = ("".join(letter for letter in part if letter.isalnum()) for part in re.split(r"[\s・.,/]", plain))
    return Name(tuple(filter(None, parts)), form)


def readings_of(text: str) -> list[Printed]:
    """The ways to read what a bank printed: as it is, without its own words, without a number beside the name."""
    plain = _wide(text).strip()
    said = {plain, _TRANSFER.sub("", plain)}
    said |= {_ACCOUNT.sub("", one) for one in said}
    found = {Printed(name_of(one)) for one in said}
    for one in said:
        if number := _NUMBER.search(one):
            digits = re.sub(r"\D", "", number["before"] or number["after"])
            found.add(Printed(name_of(_NUMBER.sub("", one, count=1)), digits))
    return [one for one in found if one.name.parts]


def fit(printed: Name, names: list[Name]) -> Fit:
    """How well a printed name fits somebody who has these names: one in kana, one as written."""
    return max((_fit(printed, name) for name in names if name.parts), default=Fit.NOT)


def _fit(printed: Name, name: Name) -> Fit:
    # Latin names stand either way round.
    if printed.letters == name.letters or (printed.letters == name.turned and printed.letters.isascii()):
        return Fit.WHOLE if name.is_full and printed.form == name.form else Fit.CLOSE
    if printed.letters == name.turned:
        return Fit.CLOSE
    shorter, longer = sorted((printed.letters, name.letters), key=len)
    return Fit.CLOSE if len(shorter) >= _TELLING and longer.startswith(shorter) else Fit.NOT


def _plain(text: str) -> str:
    """Capital katakana, capital letters, one kind of dash; spaces stay."""
    return _wide(text).translate(_KANA).translate(_CAPITALS).translate(_DASHES).upper()


def _wide(text: str) -> str:
    """Full width, voiced marks joined to their kana."""
    return unicodedata.normalize("NFKC", text.translate(_MARKS))
