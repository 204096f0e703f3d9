"""What became of a notice, in words, and what an operator can do about it."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from notices import delivery
from notices.models import Notice
from spaces.templatetags.wording import clock, day, plain_day

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

State = Notice.State
STATE_COLOURS = {State.WAITING: "info", State.SENT: "success", State.DROPPED: "", State.PARKED: "danger"}

# Why delivery has dropped one, by what it notes.
DROPPED: "dict[str, _StrPromise]" = {
    "Too late to be useful.": gettext_lazy("It came to be sent only when it was of no use any more."),
    "Turned off by who would have read it.": gettext_lazy("Who would have read it has turned such mails off."),
    "No longer wanted.": gettext_lazy("What it is about was cancelled, moved or settled before it went out."),
}
_DROPPED_IN_SHORT: "dict[str, _StrPromise]" = {
    "Too late to be useful.": gettext_lazy("too late"),
    "Turned off by who would have read it.": pgettext_lazy("a notice", "turned off"),
    "No longer wanted.": gettext_lazy("no longer wanted"),
}
# What a mail server has answered, as Python's library for SMTP puts it.
_ANSWER = re.compile(r"\((\d{3}), b?['\"](.*?)['\"]\)")


def moment(notice: Notice, when: datetime | None) -> str:
    """A moment by the clocks of who reads the notice."""
    if when is None:
        return "–"
    with timezone.override(notice.zone):
        return f"{plain_day(when)} {clock(when)}"


def in_short(notice: Notice, when: datetime | None) -> str:
    """A moment as a row of the list has room for it."""
    if when is None:
        return "–"
    with timezone.override(notice.zone):
        return format_html('<span class="whitespace-nowrap">{}</span> {}', day(when), clock(when))


def error_in_short(notice: Notice) -> str:
    """What a row of the list has room for: of a mail server that said no, its own words."""
    if notice.state == State.DROPPED:
        return str(_DROPPED_IN_SHORT.get(notice.last_error, notice.last_error))
    answer = _ANSWER.search(notice.last_error)
    said = f"{answer[1]} {answer[2]}" if answer else " ".join(notice.last_error.split())
    return Truncator(said).chars(48)


def what_became_of(notice: Notice, now: datetime) -> list[str]:
    """What became of a notice, and what can be done; sentences."""
    if notice.state == State.SENT:
        return [_("The mail server has taken it: %(moment)s.") % {"moment": moment(notice, notice.settled_at)}]
    if notice.state == State.DROPPED:
        return [str(DROPPED.get(notice.last_error, notice.last_error)), _("Nothing has to be done.")]
    if notice.state == State.PARKED:
        return _parked(notice)
    if notice.attempts:
        tried = _("Tried %(count)s of %(most)s times; next try: %(moment)s.")
        next_try = moment(notice, notice.try_at)
        return [tried % {"count": notice.attempts, "most": delivery.MOST_ATTEMPTS, "moment": next_try}]
    if notice.try_at > now:
        return [_("It goes out: %(moment)s.") % {"moment": moment(notice, notice.try_at)}]
    return [_("It is due, and goes out as soon as a worker takes it.")]


def _parked(notice: Notice) -> list[str]:
    if notice.attempts >= delivery.MOST_ATTEMPTS:
        return [
            _("The mail server did not take it: %(count)s tries over some ten hours.") % {"count": notice.attempts},
            _("See whether the address is right, or reach the person otherwise. Then send it again."),
        ]
    if notice.attempts:
        return [
            _("No mail can be made of it: the address, or something in it, can't be written in a mail."),
            _("Put the address right where it stands. Then send it again."),
        ]
    return [
        _("It could not be put into words: what it is about is gone, or the software has a fault."),
        _("Tell who looks after the software. When that is mended, send it again."),
    ]
