"""What letters about events have in common: facts, a calendar file, the frame in the name and colour of a space."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from events.ics import is_off, sign_up_file
from events.line import number_in_line
from events.links import coming_address, not_coming_address, rsvp_address
from events.models import Event, Rsvp, Venue
from events.places import Places, places_of
from notices.kinds import Attachment, Letter
from notices.models import Notice
from spaces.calendar import Span
from spaces.letters import Words, letter
from spaces.models import Space
from spaces.templatetags.wording import clock, day, long_day


@dataclass(frozen=True)
class StillComing:
    """The two buttons of a reminder: one keeps the place, one frees it. Addresses are whole."""

    keep_url: str
    keep_text: str
    free_url: str
    free_text: str


@dataclass(frozen=True)
class EventWords(Words):
    """A letter's words, with what somebody said in their own, with links out of the house, and a last soft line.

    One that asks whether somebody still comes has two buttons for it, and its usual one is a plain link.
    """

    quote: str = ""
    asks: StillComing | None = None
    links: list[tuple[str, str]] = field(default_factory=list)
    after: str = ""


def space_of(venue: Venue) -> Space:
    """In whose name and by whose clocks a venue writes: its space; online that of who holds the event."""
    return venue.space or venue.event.organiser


def sign_up_letter(rsvp: Rsvp, *, with_file: bool = False, asks: bool = False, **words: Any) -> Letter:
    """A letter to who has signed up: its button opens the sign-up, its facts are those of now, unless words differ.

    With `asks` it asks whether they still come.
    """
    rsvp.venue.event = rsvp.event
    usual: dict[str, Any] = {
        "path": rsvp_address(rsvp),
        "button": _("Open my sign-up"),
        "rows": rows_of(rsvp),
        "links": list(link_to_take_part(rsvp)),
        "reason": _("You get this mail because you have signed up for %(event)s.") % {"event": rsvp.event.title},
    }
    files = [_file(rsvp)] if with_file else []
    said = EventWords(**{**usual, **words, "attachments": files, "asks": _still_coming(rsvp) if asks else None})
    return letter(space_of(rsvp.venue), said, template="events/mail/letter")


def named(rsvp: Rsvp) -> dict[str, str]:
    """What sentences and subjects name: the event, its day, and the venue."""
    when_it_is = day_of(rsvp.event, space_of(rsvp.venue))
    return {"event": rsvp.event.title, "day": when_it_is, "venue": rsvp.venue.name}


def day_of(event: Event, space: Space) -> str:
    """The day of an event by a space's clocks, as subjects name it."""
    with timezone.override(space.zone):
        return day(event.starts_at)


def span_of(event: Event) -> Span:
    """The time of an event."""
    return Span(event.starts_at, event.ends_at)


def span_before(notice: Notice) -> Span:
    """The time that an event had before it was moved, as the notice of that keeps it."""
    starts_at, ends_at = notice.facts["before"]
    return Span(datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at))


def when(span: Span, space: Space) -> str:
    """Day and times of an event by a space's clocks; a last day that is another is named too."""
    with timezone.override(space.zone):
        starts_at, ends_at = timezone.localtime(span.starts_at), timezone.localtime(span.ends_at)
        last = f"{day(ends_at)} " if ends_at.date() != starts_at.date() else ""
        return f"{long_day(starts_at)} {clock(starts_at)}–{last}{clock(ends_at)}"


def rows_of(rsvp: Rsvp) -> list[tuple[str, str]]:
    """The facts of a sign-up as a letter lists them, by the venue's clocks."""
    event, venue = rsvp.event, rsvp.venue
    space = venue.space
    where = (space.full_name or space.name) if space else venue.name
    rows = [
        (_("Event"), event.title),
        (_("When"), when(span_of(event), space_of(venue))),
        (_("Where"), f"{where} · {venue.note}" if venue.note else where),
    ]
    if space and space.address:
        rows.append((_("Address"), space.address))
    if rsvp.guests:
        rows.append((_("People"), str(rsvp.people)))
    if rsvp.is_waiting and (number := number_in_line(rsvp)):
        rows.append((_("On the waiting list"), _("Number %(number)s") % {"number": number}))
    return rows


def link_to_take_part(rsvp: Rsvp) -> Iterator[tuple[str, str]]:
    """The link online, for nobody but who has a place there."""
    if rsvp.is_going and rsvp.event.cancelled_at is None and rsvp.venue.online_url:
        yield _("Link to take part"), rsvp.venue.online_url


def how_to_come(rsvp: Rsvp) -> list[str]:
    """What who has a place needs on the day."""
    if not rsvp.is_going:
        return []
    if rsvp.venue.is_online:
        return [_("The link below takes you there. Please keep it to yourself.")] if rsvp.venue.online_url else []
    return [_("Show the code of your sign-up at the door, or just say your name.")]


def other_venues(rsvp: Rsvp) -> list[tuple[str, str]]:
    """The other venues of an event by name, with their places."""
    others = [places for places in places_of(rsvp.event) if places.venue.pk != rsvp.venue_id]
    return [(places.venue.name, _in_words(places)) for places in others]


def _in_words(places: Places) -> str:
    if places.left is None:
        return _("Places for everybody")
    if waiting := places.waiting:
        return ngettext("Full, %(count)s person waits", "Full, %(count)s people wait", waiting) % {"count": waiting}
    if not places.left:
        return _("Full")
    return ngettext("%(count)s place left", "%(count)s places left", places.left) % {"count": places.left}


def _still_coming(rsvp: Rsvp) -> StillComing:
    return StillComing(
        keep_url=coming_address(rsvp),
        keep_text=pgettext("to an event", "I'm coming"),
        free_url=not_coming_address(rsvp),
        free_text=_("I can't come") if rsvp.venue.is_online else _("Free my place"),
    )


def _file(rsvp: Rsvp) -> Attachment:
    method = "CANCEL" if is_off(rsvp.event, rsvp) else "REQUEST"
    return Attachment(
        filename="event.ics",
        content=sign_up_file(rsvp, method=method, now=timezone.now()),
        mimetype=f"text/calendar; method={method}",
    )
