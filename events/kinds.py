"""The kinds of letters about events, for the outbox: when each is still wanted, and how it reads."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from events import event_letters, letters, notices, venue_letters, wanted
from notices.kinds import Kind, Needed, Topic, register

# Somebody waits for it, so it goes at once.
_LINK: dict[str, Any] = {"topic": Topic.EVENTS, "needed": Needed.LINK, "alone": True}
_PLACE: dict[str, Any] = {"topic": Topic.EVENTS, "needed": Needed.LINK}
_VAIN: dict[str, Any] = {"topic": Topic.EVENTS, "needed": Needed.VAIN}
_REMINDER: dict[str, Any] = {"topic": Topic.EVENTS, "quiet": True}
_RUNNING: dict[str, Any] = {"topic": Topic.RUNNING}


def register_kinds() -> None:
    """Tell the outbox about the kinds of this app; called when it starts."""
    for kind, label, still_wanted, render, options in (
        (notices.CONFIRM, _("Event: confirm the address"), wanted.is_unconfirmed, letters.confirm, _LINK),
        (notices.LINK, _("Event: link to a sign-up"), wanted.stands, letters.link, _LINK),
        (notices.GOING, _("Event: signed up"), wanted.goes_as_told, letters.going, _PLACE),
        (notices.WAITING, _("Event: on the waiting list"), wanted.waits_as_told, letters.waiting, _PLACE),
        (notices.MOVED_UP, _("Event: a place from the waiting list"), wanted.has_moved_up, letters.moved_up, _VAIN),
        (notices.CHANGED, _("Event: sign-up changed"), wanted.stands_as_told, letters.changed, _PLACE),
        (notices.LEFT, _("Event: sign-up taken back"), wanted.has_left, letters.left, _VAIN),
        (notices.EVENT_CHANGED, _("Event: time changed"), wanted.stands_as_moved, event_letters.event_changed, _VAIN),
        (notices.EVENT_CANCELLED, _("Event: cancelled"), wanted.is_cancelled, event_letters.event_cancelled, _VAIN),
        (notices.VENUE_GONE, _("Event: a venue left"), wanted.venue_has_left, event_letters.venue_gone, _VAIN),
        (notices.DAY_BEFORE, _("Event: the evening before"), wanted.goes_as_told, event_letters.day_before, _REMINDER),
        (notices.SOON, _("Event: two hours before"), wanted.goes_as_told, event_letters.soon, _REMINDER),
        (notices.THANKS, _("Event: thanks"), wanted.has_come, event_letters.thanks, _REMINDER),
        (notices.ASKED, _("Event: space asked to take part"), wanted.is_asked, venue_letters.asked, _RUNNING),
        (
            notices.EVENT_MOVED_FOR_VENUES,
            _("Event: time changed, to its venues"),
            wanted.is_moved_for_venues,
            venue_letters.moved,
            _RUNNING | {"needed": Needed.VAIN},
        ),
        (
            notices.EVENT_CANCELLED_FOR_VENUES,
            _("Event: cancelled, to its venues"),
            wanted.is_cancelled_for_venues,
            venue_letters.cancelled,
            _RUNNING | {"needed": Needed.VAIN},
        ),
    ):
        register(Kind(kind, label, still_wanted, render, **options))
