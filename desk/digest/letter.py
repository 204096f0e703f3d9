"""The digest put into words: what somebody at the desk reads on a phone in twenty seconds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bookings.templatetags.closed import reason, why
from desk.digest.acts import ACTS
from desk.digest.basis import basis_words
from desk.digest.day import Coming, Day, day_at
from desk.digest.links import link_address
from desk.digest.waiting import Pile, Waiting, pile_at, since_in_words
from members.models import Operator
from notices.kinds import Letter
from spaces.letters import look, sender
from spaces.templatetags.wording import clock, day

# So many of those who come are listed; the rest is a click away.
LISTED = 25


@dataclass(frozen=True)
class Digest:
    """A day and what waits, for one operator."""

    operator: Operator
    day: Day
    pile: Pile
    now: datetime

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell: a closed day on which nobody comes and nothing waits is left alone."""
        day = self.day
        return bool(day.hours or day.coming or day.events or self.pile.answers or self.pile.others)


def digest_for(operator: Operator, on: date, *, now: datetime) -> Digest:
    """The digest of a day for who has a role at a space, from the facts of this moment, in the space's own time."""
    with timezone.override(operator.space.zone):
        return Digest(operator, day_at(operator.space, on), pile_at(operator, now=now), now)


def letter_of(digest: Digest) -> Letter:
    """The digest as a letter, in the active language and the space's own time."""
    space, pile = digest.operator.space, digest.pile
    with timezone.override(space.zone):
        headline = _counts(digest)
        coming = [_line(one, digest) for one in digest.day.coming[:LISTED]]
        visitors = [one.booking for one in digest.day.coming if one.is_by_visa]
        trials = [one.booking for one in digest.day.coming if one.is_trial]
        context = {
            **look(space),
            "hours": _hours(digest.day),
            "headline": headline,
            "coming": coming,
            "more_coming": len(digest.day.coming) - LISTED,
            "visitors": visitors[:LISTED],
            "more_visitors": len(visitors) - LISTED,
            "trials": trials[:LISTED],
            "more_trials": len(trials) - LISTED,
            "events": [_event(venue) for venue in digest.day.events],
            "waiting": [_waits(one, digest.now) for one in pile.oldest],
            "more_waiting": pile.more,
            "others": pile.others,
            "list_url": _list_of(digest.day),
            "todo_url": _whole(reverse("admin:members_todo")),
            "has_links": any(one.links for one in pile.oldest) or any(line["in_url"] for line in coming),
        }
        return Letter(
            subject=_("Today at %(space)s, %(day)s: %(headline)s")
            % {"space": space.name, "day": day(digest.day.on), "headline": _(", ").join(headline)},
            title=_("Today, %(day)s") % {"day": day(digest.day.on)},
            text=render_to_string("desk/mail/digest.txt", context).strip(),
            html=render_to_string("desk/mail/digest.html", context),
            reason=_("You get this mail because you help to run %(space)s.") % {"space": space.name},
            sender=sender(space),
        )


def _hours(day: Day) -> str:
    """Whether it is open, and from when to when, with the reason of what is not as usual."""
    if not day.hours:
        return _("Closed today: %(reason)s") % {"reason": why(day.why_closed(get_language() or "ja"))}
    hours = _(", ").join(f"{clock(opens)}–{clock(closes)}" for opens, closes in day.hours)
    if day.special is None:
        return _("Open %(hours)s") % {"hours": hours}
    because = reason(day.special)
    special = _("Special hours today: %(hours)s") % {"hours": hours}
    return f"{special} ({because})" if because else special


def _counts(digest: Digest) -> list[str]:
    """What the day holds, in numbers."""
    people, events, answers = digest.day.people, len(digest.day.events), digest.pile.answers
    said = [
        (people, ngettext("%(count)s person comes", "%(count)s people come", people)),
        (events, ngettext("%(count)s event", "%(count)s events", events)),
        (answers, ngettext("%(count)s waits for an answer", "%(count)s wait for an answer", answers)),
    ]
    found = [words % {"count": count} for count, words in said if count]
    return (
        found if people else [_("nobody has booked yet"), *found] if digest.day.hours else found or [_("closed today")]
    )


def _line(one: Coming, digest: Digest) -> dict[str, Any]:
    booking, operator = one.booking, digest.operator
    act = ACTS["check_in"]
    in_url = link_address(act.name, booking.pk, by=operator.user, space=operator.space, day=digest.day.on)
    return {
        "booking": booking,
        "basis": basis_words(booking),
        "to_pay": one.to_pay,
        "url": _whole(reverse("bookings:door_booking", args=[booking.reference])),
        "in_url": in_url if booking.is_expected and act.is_sent_to(operator.role) else "",
    }


def _event(venue: Any) -> dict[str, Any]:
    return {"venue": venue, "event": venue.event, "url": _whole(reverse("events:door", args=[venue.event.reference]))}


def _waits(one: Waiting, now: datetime) -> dict[str, Any]:
    return {"one": one, "since": since_in_words(one, now=now), "url": _whole(one.path)}


def _list_of(day: Day) -> str:
    """The admin's list of the day's bookings."""
    parts = {f"starts_at__{part}": getattr(day.on, part) for part in ("year", "month", "day")}
    asked = urlencode({**parts, "resource__space__id__exact": day.space.pk})
    return _whole(f"{reverse('admin:bookings_booking_changelist')}?{asked}")


def _whole(path: str) -> str:
    return settings.SITE_URL + path
