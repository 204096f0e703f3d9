"""Whether a space is open, said as people say it: "open until 22:00", "closed, opens Monday 11:00"."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from spaces.calendar import Calendar


@dataclass(frozen=True)
class Status:
    """Open or closed at one moment, and until when."""

    is_open: bool
    text: str
    changes_at: datetime | None


def status_at(calendar: Calendar, moment: datetime) -> Status:
    """The status of a space at `moment`, in the active language and the space's own zone."""
    span = calendar.open_span(moment)
    if span is not None and span.ends_at - moment < timedelta(days=1):
        closes = span.ends_at.astimezone(calendar.zone)
        text = _("Open until %(time)s") % {"time": date_format(closes, "H:i")}
        return Status(is_open=True, text=text, changes_at=span.ends_at)
    if span is not None:
        return Status(is_open=True, text=_("Open day and night"), changes_at=None)
    opens_at = calendar.next_opening(moment)
    if opens_at is None:
        return Status(is_open=False, text=_("Closed until further notice"), changes_at=None)
    return Status(is_open=False, text=_opens(opens_at, moment, calendar), changes_at=opens_at)


def _opens(opens_at: datetime, moment: datetime, calendar: Calendar) -> str:
    local = opens_at.astimezone(calendar.zone)
    days_ahead = (local.date() - moment.astimezone(calendar.zone).date()).days
    time = date_format(local, "H:i")
    if days_ahead == 0:
        return _("Closed, opens today %(time)s") % {"time": time}
    if days_ahead == 1:
        return _("Closed, opens tomorrow %(time)s") % {"time": time}
    if days_ahead < 7:
        return _("Closed, opens %(weekday)s %(time)s") % {"weekday": date_format(local, "l"), "time": time}
    day = date_format(local, pgettext("date format: day and month", "j F"))
    return _("Closed, opens %(day)s %(time)s") % {"day": day, "time": time}
