"""What a membership owes, counted day by day: written apart from members/dues.py, to be compared with it."""

import calendar
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

DAY = timedelta(days=1)


@cache
def first_of_month(day: date, renewal_day: int) -> date:
    """The renewal that `day` comes after, or falls on: walked back to, a day at a time."""
    while day.day != min(renewal_day, calendar.monthrange(day.year, day.month)[1]):
        day -= DAY
    return day


@dataclass
class Part:
    """What one agreed plan costs in one month: its days, the first of them, and the yen."""

    days: int
    first: date
    yen: int = 0


def months_owed(
    rows: Iterable[tuple[Any, int, date, date | None]],
    rests: Iterable[tuple[date, date | None]],
    *,
    renewal_day: int,
    until: date,
    since: date | None = None,
) -> dict[date, dict[Any, Part]]:
    """What each month costs from that of `since`, or the first, to that of `until`; the first one in any case.

    By the first day of the month, and by the key of what was agreed. `rows` are that: a key, the price of a month, the
    first day and the last. Each costs the part of its price that its days are of those of the month, rounded down.
    """
    rows, rests = list(rows), list(rests)
    first_of_all = first_of_month(min(first for _key, _price, first, _last in rows), renewal_day)
    last = max(first_of_month(until, renewal_day), first_of_all)
    day = first_of_month(since, renewal_day) if since else first_of_all
    found: dict[date, dict[Any, Part]] = {}
    length: Tally[date] = Tally()
    while (month := first_of_month(day, renewal_day)) <= last:
        length[month] += 1
        for key, _price, first, ends in rows:
            is_held = first <= day and (ends is None or day <= ends)
            if is_held and not any(one <= day and (other is None or day <= other) for one, other in rests):
                found.setdefault(month, {}).setdefault(key, Part(0, day)).days += 1
        day += DAY
    prices = {key: price for key, price, _first, _last in rows}
    for month, parts in found.items():
        for key, part in parts.items():
            part.yen = prices[key] * part.days // length[month]
    return found
