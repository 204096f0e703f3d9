"""Days, times and money as each language writes them."""

from datetime import date, datetime

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bookings.reference import spaced

register = template.Library()


@register.filter
def yen(amount: int) -> str:
    """¥1,500; free of charge in words."""
    return f"¥{intcomma(amount)}" if amount else _("free of charge")


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
def weekday(moment: date | datetime) -> str:
    """The weekday in its shortest form: Tue."""
    return date_format(_local(moment), "D")


@register.filter
def dotted(moment: date | datetime) -> str:
    """A day as a stamp has it: 2026.11.24."""
    return _local(moment).strftime("%Y.%m.%d")


@register.filter
def grouped(reference: str) -> list[str]:
    """A reference in the groups in which it is read aloud."""
    return spaced(reference).split("-")


@register.filter
def hours(minutes: int) -> str:
    """A length of time: 2 hours, 90 minutes."""
    if minutes % 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return ngettext("%(count)s hour", "%(count)s hours", minutes // 60) % {"count": minutes // 60}


@register.filter
def in_zone(moment: datetime, zone: object) -> datetime:
    """A moment in a space's zone, where one page shows several spaces."""
    return moment.astimezone(zone)  # type: ignore[arg-type]


def _local(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
