"""Recurrence rules as text (RFC 5545, 3.3.10): read part by part as people type them, and written in one form."""

import re
import unicodedata
from datetime import UTC, date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from events.refusals import refusal

MOST_CHARACTERS = 200
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Parts = dict[str, str]

_ORDER = ["FREQ", "INTERVAL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS"]
_ORDER += ["WKST", "COUNT", "UNTIL"]
_ONE = {"INTERVAL": 999, "COUNT": 999}
_LISTS = {"BYMONTH": 12, "BYWEEKNO": 53, "BYYEARDAY": 366, "BYMONTHDAY": 31, "BYSETPOS": 366}
_ALLOWED = {
    "DAILY": {"BYMONTH", "BYMONTHDAY", "BYDAY"},
    "WEEKLY": {"BYMONTH", "BYDAY"},
    "MONTHLY": {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
    "YEARLY": {"BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
}
_WITHIN_A_DAY = {"HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND"}


def read(text: str) -> Parts:
    """The parts of a rule, each in its one form; letters of any width and case, with or without "RRULE:".

    Raises "rule_too_dense" for hours, minutes and seconds, and "rule_unreadable" for what RFC 5545 does not allow.
    Narrower than it: BYSETPOS picks among the days of a month or a year, not of a week, where BYDAY says it already.
    """
    if len(text) > MOST_CHARACTERS:
        raise _unreadable(text)
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split()).removeprefix("RRULE:")
    parts: Parts = {}
    for part in plain.strip(";").split(";"):
        name, _equals, value = part.partition("=")
        if name in _WITHIN_A_DAY or value in _WITHIN_A_DAY:
            raise refusal("rule_too_dense")
        if name in parts:
            raise _unreadable(part)
        parts[name] = _value(name, value, part)
    _check_together(parts, plain)
    ordered = {name: parts[name] for name in _ORDER if name in parts and (name, parts[name]) != ("INTERVAL", "1")}
    if len(written(ordered)) > MOST_CHARACTERS:
        raise _unreadable(plain)
    return ordered


def written(parts: Parts) -> str:
    """The rule as text, without "RRULE:" and without its first day."""
    return ";".join(f"{name}={parts[name]}" for name in _ORDER if name in parts)


def as_day(until: str) -> date:
    """UNTIL as a day, which is the last that counts."""
    return datetime.strptime(until, "%Y%m%d").date()  # noqa: DTZ007  a day has no zone


def as_until(day: date) -> str:
    """The last day that counts, as UNTIL has it."""
    return day.isoformat().replace("-", "")


def weekdays(by_day: str) -> list[tuple[int, int]]:
    """BYDAY as pairs: which one of the month or year (0: each), and the weekday (0 is Monday)."""
    return [(int(day[:-2] or 0), WEEKDAYS.index(day[-2:])) for day in by_day.split(",")]


def numbers(listed: str) -> list[int]:
    """A list of whole numbers, as BYMONTH and its like have it."""
    return [int(number) for number in listed.split(",")]


def most_weekdays(parts: Parts) -> int:
    """How often a weekday comes in what BYDAY counts through, a month or a year; 0 where it counts through nothing."""
    if "BYWEEKNO" in parts or parts["FREQ"] in ("DAILY", "WEEKLY"):
        return 0
    return 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5


def _value(name: str, value: str, part: str) -> str:
    try:
        if name in _LISTS:
            # No month is counted from the end of the year.
            lowest = 1 if name == "BYMONTH" else -_LISTS[name]
            listed = {_number(number, lowest, _LISTS[name]) for number in value.split(",")}
            return ",".join(str(number) for number in sorted(listed))
        if name in _ONE:
            return str(_number(value, 1, _ONE[name]))
        if name == "BYDAY":
            return ",".join(sorted({_weekday(day) for day in value.split(",")}, key=_in_order))
        if name == "UNTIL":
            return as_until(_day(value))
    except (ValueError, OverflowError) as error:
        raise _unreadable(part) from error
    if (name == "FREQ" and value in _ALLOWED) or (name == "WKST" and value in WEEKDAYS):
        return value
    raise _unreadable(part)


def _number(text: str, lowest: int, highest: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,3}", text) or not lowest <= int(text) <= highest or not int(text):
        raise ValueError(text)
    return int(text)


def _weekday(text: str) -> str:
    if text[-2:] not in WEEKDAYS:
        raise ValueError(text)
    return f"{_number(text[:-2], -53, 53) if text[:-2] else ''}{text[-2:]}"


def _in_order(day: str) -> tuple[int, int]:
    return int(day[:-2] or 0), WEEKDAYS.index(day[-2:])


def _day(text: str) -> date:
    if re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", text):
        # Calendars write the last moment in UTC; here it is often a day later by then.
        moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return timezone.localtime(moment).date()
    if re.fullmatch(r"[0-9]{8}(T[0-9]{6})?", text):
        return as_day(text[:8])
    raise ValueError(text)


def _check_together(parts: Parts, plain: str) -> None:
    """What RFC 5545 does not allow together, or not with that frequency."""
    if "FREQ" not in parts:
        raise _unreadable(plain)
    frequency = parts["FREQ"]
    by = {name for name in parts if name.startswith("BY")}
    for name in by - _ALLOWED[frequency]:
        raise _unreadable(f"{name}={parts[name]}")
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise _unreadable(f"COUNT={parts['COUNT']};UNTIL={parts['UNTIL']}")
    if by == {"BYSETPOS"}:
        raise _unreadable(f"BYSETPOS={parts['BYSETPOS']}")
    if "BYDAY" in parts and max(abs(which) for which, _weekday in weekdays(parts["BYDAY"])) > most_weekdays(parts):
        raise _unreadable(f"BYDAY={parts['BYDAY']}")


def _unreadable(part: str) -> ValidationError:
    return refusal("rule_unreadable", part=part if len(part) <= 40 else f"{part[:40]}…")
