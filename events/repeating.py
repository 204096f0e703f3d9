"""The days on which a series of events comes, by a recurrence rule (RFC 5545).

Days only, without hours or zone: who writes an event adds the hour in the zone of its space, so that no change of the
clock moves it. The first day of a series is given beside its rule, and is one of its days only if the rule says so.
"""

from collections.abc import Collection, Iterator
from datetime import MAXYEAR, date, datetime, time
from itertools import islice
from typing import Any

from dateutil import rrule
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, ngettext, pgettext

from events.refusals import refusal
from events.rule_text import WEEKDAYS, Parts, as_day, as_until, most_weekdays, numbers, read, weekdays, written
from events.rule_words import JELLY_WEEK, sentence
from spaces.templatetags.wording import plain_day

MOST = 60  # days found in one call
YEARS = 41  # from the first day: the rarest rule that comes again, 29 February on one weekday, can take forty

_STEPS = {"DAILY": 366 * YEARS, "WEEKLY": 53 * YEARS, "MONTHLY": 12 * YEARS, "YEARLY": YEARS}


class Pattern(TextChoices):
    """The rules that a person chooses by name; all but the own one follow from the first day."""

    WEEKLY = "weekly", gettext_lazy("every week")
    FORTNIGHTLY = "fortnightly", gettext_lazy("every other week")
    MONTHLY_WEEKDAY = "monthly_weekday", gettext_lazy("every month, the same weekday (for example the second Tuesday)")
    MONTHLY_DAY = "monthly_day", gettext_lazy("every month, the same day (for example the 15th)")
    JELLY_WEEK = "jelly_week", gettext_lazy("every year in Worldwide Jelly Week")
    OWN = "own", gettext_lazy("a rule of its own (RFC 5545)")


def rule_of(pattern: Pattern | str, first: date, *, until: date | None = None) -> str:
    """The rule of a named pattern for a series that begins on `first`; `until` is its last day and included.

    A fifth weekday is the last of its month, and the 29th, 30th or 31st the last day of a month that has none:
    otherwise the series would leave out most months, which nobody means. Worldwide Jelly Week is ISO week 3: the two
    weeks that are documented, 16 to 22 January 2012 and 14 to 20 January 2013, are both that (features.md, 5 Jelly).
    The pattern OWN has no rule of ours: read it with `checked_rule`.
    """
    weekday = WEEKDAYS[first.weekday()]
    which = (first.day - 1) // 7 + 1
    rules = {
        Pattern.WEEKLY: "FREQ=WEEKLY",
        Pattern.FORTNIGHTLY: "FREQ=WEEKLY;INTERVAL=2",
        Pattern.MONTHLY_WEEKDAY: f"FREQ=MONTHLY;BYDAY={which if which < 5 else -1}{weekday}",
        Pattern.MONTHLY_DAY: f"FREQ=MONTHLY;{_same_day(first.day)}",
        Pattern.JELLY_WEEK: f"FREQ=YEARLY;BYWEEKNO={JELLY_WEEK};BYDAY={weekday}",
    }
    rule = rules[Pattern(pattern)]
    return ended(rule, until) if until else rule


def checked_rule(text: str, *, first: date | None = None) -> str:
    """A rule that somebody typed, in the one form in which rules are stored, at most rule_text.MOST_CHARACTERS long.

    Raises "rule_unreadable", "rule_too_dense" (more than once a day) or "rule_never": it gives no day within YEARS of
    `first`, or, without `first`, it can give none wherever it begins.
    """
    parts = read(text)
    if first is None:
        anywhere = {name: value for name, value in parts.items() if name not in ("INTERVAL", "COUNT", "UNTIL")}
        given = _by(anywhere, date(2001, 1, 1), date.max)
    else:
        given = _by(_completed(parts, first), first, date.max)
    if next(given, None) is None:
        raise refusal("rule_never")
    return written(parts)


def days(
    rule: str, first: date, *, until: date, since: date | None = None, left_out: Collection[date] = ()
) -> list[date]:
    """The days of a series that begins on `first`, up to `until`, both included; at most MOST, the earliest.

    `since` leaves out what is before it, for a series that has run for a while: its count and its every-other-week
    still begin with `first`. A day that is left out counts for COUNT, as RFC 5545 has it for EXDATE.
    """
    given = _by(_completed(read(rule), first), first, until)
    return list(islice((day for day in given if day >= (since or first) and day not in left_out), MOST))


def ended(rule: str, last: date) -> str:
    """The rule with `last` as the last day that counts, in place of its own end or its number of times."""
    parts = read(rule)
    parts.pop("COUNT", None)
    return written(parts | {"UNTIL": as_until(last)})


def remaining(rule: str, first: date, *, since: date) -> str:
    """The rule for what is left of a series from `since` on; a number of times counts what has been since `first`."""
    parts = read(rule)
    if "COUNT" not in parts:
        return rule
    been = sum(1 for day in _by(_completed(parts, first), first, since) if day < since)
    return written(parts | {"COUNT": str(max(int(parts["COUNT"]) - been, 1))})


def jelly_week(year: int) -> tuple[date, date]:
    """Monday and Sunday of Worldwide Jelly Week in that year, 1 to 9999: see `rule_of`."""
    return date.fromisocalendar(year, JELLY_WEEK, 1), date.fromisocalendar(year, JELLY_WEEK, 7)


def in_words(rule: str, first: date) -> str:
    """The rule as a sentence in the active language, with its end; what has no sentence stays as it is written."""
    parts = read(rule)
    often = sentence(_completed(parts, first))
    if not often:
        return written(parts)
    if "UNTIL" in parts:
        day = plain_day(as_day(parts["UNTIL"]))
        return pgettext("how often, and until when", "%(rule)s, until %(day)s") % {"rule": often, "day": day}
    if "COUNT" in parts:
        times = int(parts["COUNT"])
        return ngettext("%(rule)s, once", "%(rule)s, %(times)s times", times) % {"rule": often, "times": times}
    return often


class _Counted(int):
    """An interval that counts how often dateutil goes on by it, and ends that.

    dateutil looks at `until` only where it finds a day; a rule without days it would follow to the year 9999.
    """

    steps = 0
    most: int

    def __radd__(self, other: int) -> int:
        self._step()
        return other + int(self)

    def __mul__(self, other: int) -> int:
        self._step()
        return int(self) * other

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.most:
            raise _FarEnough


class _FarEnough(Exception):  # noqa: N818  nothing is wrong: the search ends here
    pass


def _by(parts: Parts, first: date, until: date) -> Iterator[date]:
    if first.year + YEARS > MAXYEAR:
        return
    last = min(until, date(first.year + YEARS, first.month, 28), as_day(parts.get("UNTIL", "99991231")))
    interval = _Counted(parts.get("INTERVAL", 1))
    interval.most = _STEPS[parts["FREQ"]]
    given = rrule.rrule(
        freq=getattr(rrule, parts["FREQ"]),
        dtstart=datetime.combine(first, time()),
        interval=interval,
        until=datetime.combine(last, time()),
        wkst=WEEKDAYS.index(parts.get("WKST", "MO")),
        **_filters(parts),
    )
    try:
        # Counted here: dateutil takes no COUNT together with `until`.
        for moment in islice(given, int(parts["COUNT"]) if "COUNT" in parts else None):
            yield moment.date()
    except _FarEnough:
        return


def _filters(parts: Parts) -> dict[str, Any]:
    filters: dict[str, Any] = {
        name.lower(): numbers(value)
        for name, value in parts.items()
        if name in ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS")
    }
    if "BYDAY" in parts:
        filters["byweekday"] = _weekdays(weekdays(parts["BYDAY"]), most_weekdays(parts))
    return filters


def _weekdays(by_day: list[tuple[int, int]], most: int) -> list[rrule.weekday]:
    """BYDAY for dateutil, which reads "every Monday or the first Tuesday" as a day that is both: so, one by one."""
    if not any(which for which, _day in by_day):
        return [rrule.weekday(day) for _which, day in by_day]
    return [rrule.weekday(day, nth) for which, day in by_day for nth in ([which] if which else range(1, most + 1))]


def _completed(parts: Parts, first: date) -> Parts:
    """The rule with what RFC 5545 takes from the first day where it does not say it."""
    by = {name for name in parts if name.startswith("BY")}
    if (parts["FREQ"] == "WEEKLY" and "BYDAY" not in by) or by - {"BYMONTH", "BYSETPOS"} == {"BYWEEKNO"}:
        return parts | {"BYDAY": WEEKDAYS[first.weekday()]}
    if parts["FREQ"] == "MONTHLY" and by <= {"BYMONTH"}:
        return parts | {"BYMONTHDAY": str(first.day)}
    return parts


def _same_day(day: int) -> str:
    if day == 31:
        return "BYMONTHDAY=-1"
    if day > 28:
        return f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"
    return f"BYMONTHDAY={day}"
