"""How events and venues are written in the admin: when they are, how they stand, what they hold."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from events.models import Event, Rsvp, Venue
from spaces.templatetags.wording import clock, plain_day

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STATES = {
    "draft": (gettext_lazy("Draft"), "warning"),
    "announced": (gettext_lazy("Announced"), "success"),
    "over": (pgettext_lazy("an event", "Over"), ""),
    "cancelled": (gettext_lazy("Cancelled"), "danger"),
}
VENUE_STATES = {
    "asked": (gettext_lazy("Asked"), "warning"),
    "declined": (gettext_lazy("Says no"), ""),
    "takes part": (gettext_lazy("Takes part"), "success"),
    "left": (pgettext_lazy("an event", "Has left"), ""),
}


def state_of(event: Event) -> str:
    """A key of STATES."""
    if event.cancelled_at:
        return "cancelled"
    if not event.published_at:
        return "draft"
    return "over" if event.is_over_at(timezone.now()) else "announced"


def venue_state(venue: Venue) -> str:
    """A key of VENUE_STATES."""
    if venue.stands:
        return "takes part"
    if venue.left_at:
        return "left" if venue.agreed_at else "declined"
    return "asked"


def when_in_full(event: Event) -> str:
    """Day and times by the clocks of who holds it."""
    with timezone.override(event.organiser.zone):
        return f"{plain_day(event.starts_at)} {clock(event.starts_at)}–{clock(event.ends_at)}"


def day_of(event: Event) -> str:
    """The day alone, with its year."""
    return plain_day(event.day)


def places(venue: Any) -> str:
    """How many people have a place, of how many, and how many wait; of a venue with its counts."""
    taken = str(venue.going) if venue.capacity is None else f"{venue.going}/{venue.capacity}"
    if venue.waiting:
        return _("%(taken)s, %(waiting)s waiting") % {"taken": taken, "waiting": venue.waiting}
    return taken


def hold_words(venue: Venue) -> "_StrPromise | str":
    """What a venue holds of its space, or should hold."""
    if venue.resource is None:
        return "–"
    seats = venue.held_seats or venue.resource.capacity
    what = str(venue.resource.name)
    if venue.resource.is_seats:
        what = _("%(resource)s: %(seats)s seats") % {"resource": what, "seats": seats}
    return what if venue.is_held or not venue.stands else _("%(what)s (not held)") % {"what": what}


def facts_of(event: Event) -> list[tuple[Any, Any]]:
    """An event in a few lines, for pages between a button and an act."""
    return [
        (_("event"), event.title),
        (_("kind"), event.get_kind_display()),
        (_("when"), when_in_full(event)),
        (_("held by"), event.organiser),
    ]


def told_sentence(rsvps: list[Rsvp]) -> str:
    """How many people read of it."""
    count = sum(rsvp.person is not None for rsvp in rsvps)
    if not count:
        return _("Nobody has signed up, so nobody is told.")
    return ngettext("%(count)s person is told by mail.", "%(count)s people are told by mail.", count) % {"count": count}
