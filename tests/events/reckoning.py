"""Recurrence rules reckoned day by day, straight from the table of RFC 5545 (3.3.10), without dateutil."""

import calendar
from datetime import date, timedelta

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def reckoned(rule: str, first: date, until: date) -> list[date]:
    """Every day from `first` to `until` that the rule gives, looking at each; BYWEEKNO is by weeks from Monday."""
    parts = dict(part.split("=") for part in rule.split(";"))
    last = min(until, date.fromisoformat(parts.get("UNTIL", "99991231")))
    interval = int(parts.get("INTERVAL", 1))
    given = []
    for period in _periods(parts["FREQ"], first, last):
        if _steps(parts, first, period[0]) % interval:
            continue
        fitting = [day for day in period if _fits(parts, first, day)]
        if "BYSETPOS" in parts:
            places = {int(place) for place in parts["BYSETPOS"].split(",")}
            fitting = [day for at, day in enumerate(fitting) if {at + 1, at - len(fitting)} & places]
        given += [day for day in fitting if first <= day <= last]
    return given[: int(parts["COUNT"])] if "COUNT" in parts else given


def _periods(frequency: str, first: date, last: date) -> list[list[date]]:
    """All days of the years from the first to the last, in the periods among which the rule chooses."""
    periods: dict[object, list[date]] = {}
    day = date(first.year, 1, 1) - timedelta(7)
    while day <= date(last.year, 12, 31) + timedelta(7):
        key = {"DAILY": day, "WEEKLY": day.isocalendar()[:2], "MONTHLY": (day.year, day.month), "YEARLY": day.year}
        periods.setdefault(key[frequency], []).append(day)
        day += timedelta(1)
    return list(periods.values())


def _steps(parts: dict[str, str], first: date, start: date) -> int:
    """How many periods lie between that of the first day and the one that starts then."""
    match parts["FREQ"]:
        case "DAILY":
            return (start - first).days
        case "WEEKLY":
            monday = first - timedelta(first.weekday())
            return (start - timedelta(start.weekday()) - monday).days // 7
        case "MONTHLY":
            return (start.year - first.year) * 12 + start.month - first.month
        case _:
            return start.year - first.year


def _fits(parts: dict[str, str], first: date, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    year_length = 366 if calendar.isleap(day.year) else 365
    year_day = day.timetuple().tm_yday
    iso = day.isocalendar()
    weeks = date(iso.year, 12, 28).isocalendar().week
    by = {name: [int(n) for n in parts[name].split(",")] for name in parts if name[:2] == "BY" and name != "BYDAY"}
    if "BYMONTH" in by and day.month not in by["BYMONTH"]:
        return False
    if "BYWEEKNO" in by and not {iso.week, iso.week - weeks - 1} & set(by["BYWEEKNO"]):
        return False
    if "BYYEARDAY" in by and not {year_day, year_day - year_length - 1} & set(by["BYYEARDAY"]):
        return False
    if "BYMONTHDAY" in by and not {day.day, day.day - length - 1} & set(by["BYMONTHDAY"]):
        return False
    if "BYDAY" in parts:
        of_year = parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts
        place, size = (year_day, year_length) if of_year else (day.day, length)
        name = WEEKDAYS[day.weekday()]
        names = {name, f"{(place - 1) // 7 + 1}{name}", f"{-((size - place) // 7 + 1)}{name}"}
        return bool(names & set(parts["BYDAY"].split(",")))
    return _fits_first(parts, first, day)


def _fits_first(parts: dict[str, str], first: date, day: date) -> bool:
    """What the first day says where the rule is silent."""
    by = {name for name in parts if name.startswith("BY")}
    if parts["FREQ"] == "WEEKLY" or by == {"BYWEEKNO"} or by == {"BYWEEKNO", "BYMONTH"}:
        return day.weekday() == first.weekday()
    if parts["FREQ"] == "DAILY" or by & {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        return True
    same_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in by or day.month == first.month
    return same_month and day.day == first.day
