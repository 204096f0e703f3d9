"""Recurrence rules as a sentence in the reader's language: those that people choose by name, and a few like them."""

from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from events.rule_text import Parts, weekdays

JELLY_WEEK = 3  # the ISO week of the year: see events.repeating.rule_of

_OF_THE_MONTH = {
    1: gettext_lazy("Every first %(weekday)s of the month"),
    2: gettext_lazy("Every second %(weekday)s of the month"),
    3: gettext_lazy("Every third %(weekday)s of the month"),
    4: gettext_lazy("Every fourth %(weekday)s of the month"),
    5: gettext_lazy("Every fifth %(weekday)s of the month"),
    -1: gettext_lazy("Every last %(weekday)s of the month"),
}


def sentence(parts: Parts) -> str:
    """How often a rule comes, without its end; nothing if there is no sentence for it."""
    often = {name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL", "WKST")}
    by_day = often.pop("BYDAY", "")
    if by_day:
        return _by_weekday(often, weekdays(by_day))
    return _by_day(often)


def _by_weekday(often: Parts, by_day: list[tuple[int, int]]) -> str:
    which = by_day[0][0]
    names = pgettext("between weekdays", ", ").join(str(WEEKDAYS[weekday]) for _which, weekday in by_day)
    if often == {"FREQ": "WEEKLY"}:
        return _("Every %(weekday)s") % {"weekday": names}
    if often == {"FREQ": "WEEKLY", "INTERVAL": "2"}:
        return _("Every other %(weekday)s") % {"weekday": names}
    if len(by_day) > 1:
        return ""
    if often == {"FREQ": "MONTHLY"} and which in _OF_THE_MONTH:
        return _OF_THE_MONTH[which] % {"weekday": names}
    if often == {"FREQ": "YEARLY", "BYWEEKNO": str(JELLY_WEEK)}:
        return _("Every year on the %(weekday)s of Worldwide Jelly Week") % {"weekday": names}
    return ""


def _by_day(often: Parts) -> str:
    on = often.pop("BYMONTHDAY", "")
    if often == {"FREQ": "DAILY"} and not on:
        return _("Every day")
    if often == {"FREQ": "MONTHLY"} and on == "-1":
        return _("Every month on its last day")
    if often == {"FREQ": "MONTHLY"} and on.isdecimal():
        return _("Every month on the %(day)s") % {"day": _day(on)}
    if often == {"FREQ": "MONTHLY", "BYSETPOS": "-1"} and on in ("28,29", "28,29,30"):
        return _("Every month on the %(day)s, or on the last day of a shorter one") % {"day": _day(on[-2:])}
    return ""


def _day(of_month: str) -> str:
    return date_format(date(2001, 1, int(of_month)), pgettext("date format: day of the month", "jS"))
