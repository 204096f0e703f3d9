"""Days and yen as Japanese banks print them. Pure."""

import re
import unicodedata
from datetime import date

_DAYS = (
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日"),
    re.compile(r"(令和|R)(?P<reiwa>元|[0-9]{1,2})[-年./](?P<month>[0-9]{1,2})[-月./](?P<day>[0-9]{1,2})日?"),
)
_TIME = re.compile(r"\s+[0-9]{1,2}(:[0-9]{2}){1,2}$")


def day_of(text: str) -> date | None:
    """A day: 2026/11/24, 20261124, 2026年11月24日, 令和8年11月24日, R8.11.24; a time may follow."""
    plain = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    for pattern in _DAYS:
        if found := pattern.fullmatch(plain):
            parts = found.groupdict()
            # The first year of Reiwa is 2019.
            year = 2018 + int(parts["reiwa"].replace("元", "1")) if "reiwa" in parts else int(parts["year"])
            try:
                return date(year, int(parts["month"]), int(parts["day"])) if 2000 <= year < 2100 else None
            except ValueError:
                return None
    return None


def yen_of(text: str) -> int | None:
    """Whole yen: 1,234, ¥1,234, 1,234円, -1,234, △1,234; nothing, or a line in its place, is zero."""
    plain = re.sub(r"[\s¥\\円+*]", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"^[△▲−‐–―ー]", "-", plain)
    if plain in ("", "-"):
        return 0
    if not re.fullmatch(r"-?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})", plain):
        return None
    return int(plain.replace(",", ""))
