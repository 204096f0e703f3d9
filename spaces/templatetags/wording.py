"""Days, times and money as each language writes them."""

from datetime import date, datetime

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from spaces.calendar import WeeklyHours

register = template.Library()


@register.filter
def yen(amount: int) -> str:
    """¥1,500 or 1,500円; free of charge in words."""
    if not amount:
        return _("free of charge")
    return pgettext("an amount of money", "¥%(amount)s") % {"amount": intcomma(amount)}


@register.filter
def signed_yen(amount: int) -> str:
    """Yen with a minus where it is given back: −¥1,500; nothing is ¥0 here."""
    shown = pgettext("an amount of money", "¥%(amount)s") % {"amount": intcomma(abs(amount))}
    return f"−{shown}" if amount < 0 else shown


@register.filter
def clock(moment: datetime) -> str:
    """Hours and minutes in the active time zone."""
    return timezone.localtime(moment).strftime("%H:%M")


@register.filter
def day(moment: date | datetime) -> str:
    """A day with its weekday, short: Tue 24 Nov."""
    return date_format(_local(moment), pgettext("date format: short day", "D j M"))


@register.filter
def long_day(moment: date | datetime) -> str:
    """A day in full: Tuesday, 24 November 2026."""
    return date_format(_local(moment), pgettext("date format: long day", "l, j F Y"))


@register.filter
def plain_day(moment: date | datetime) -> str:
    """A day without its weekday, as a date long past is given: 19 November 2011."""
    return date_format(_local(moment), pgettext("date format: day without weekday", "j F Y"))


@register.filter
def month_name(moment: date | datetime) -> str:
    """A month with its year: November 2026."""
    return date_format(_local(moment), pgettext("date format: month", "F Y"))


@register.filter
def near_day(moment: date | datetime) -> str:
    """Today or tomorrow in words; nothing for any other day."""
    return {0: _("Today"), 1: _("Tomorrow")}.get((_local(moment) - timezone.localdate()).days, "")


@register.simple_tag
def day_range(first: date, last: date) -> str:
    """The days from one to another, both included: 22–28 Nov."""
    month = pgettext("date format: the first of two days of one month", "j")
    months = pgettext("date format: the first of two days of two months", "j M")
    start = date_format(first, month if first.month == last.month else months)
    same = pgettext("date format: the last of two days of one month", "j M")
    other = pgettext("date format: the last of two days of two months", "j M")
    end = date_format(last, same if first.month == last.month else other)
    return pgettext("range of days", "%(first)s–%(last)s") % {"first": start, "last": end}


@register.filter
def weekday(moment: date | datetime) -> str:
    """The weekday in its shortest form: Tue."""
    return str(WEEKDAYS_ABBR[_local(moment).weekday()])


@register.filter
def from_to(hours: WeeklyHours) -> str:
    """From when to when a space is open: 11:00–21:00."""
    return f"{hours.opens:%H:%M}–{hours.closes:%H:%M}"


@register.filter
def dotted(moment: date | datetime) -> str:
    """A day as a stamp has it: 2026.11.24."""
    return _local(moment).strftime("%Y.%m.%d")


@register.filter
def hours(minutes: int) -> str:
    """A length of time: 2 hours, 90 minutes."""
    if minutes % 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return ngettext("%(count)s hour", "%(count)s hours", minutes // 60) % {"count": minutes // 60}


def _local(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
