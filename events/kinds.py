"""The kinds of letters about events, for the outbox: when each is still wanted, and how it reads."""

from django.utils.translation import gettext_lazy as _

from events import event_letters, letters, notices, venue_letters, wanted
from notices.kinds import Kind, register


def register_kinds() -> None:
    """Tell the outbox about the kinds of this app; called when it starts."""
    for kind, label, still_wanted, render in (
        (notices.CONFIRM, _("Event: confirm the address"), wanted.is_unconfirmed, letters.confirm),
        (notices.LINK, _("Event: link to a sign-up"), wanted.stands, letters.link),
        (notices.GOING, _("Event: signed up"), wanted.goes_as_told, letters.going),
        (notices.WAITING, _("Event: on the waiting list"), wanted.waits_as_told, letters.waiting),
        (notices.MOVED_UP, _("Event: a place from the waiting list"), wanted.has_moved_up, letters.moved_up),
        (notices.CHANGED, _("Event: sign-up changed"), wanted.stands_as_told, letters.changed),
        (notices.LEFT, _("Event: sign-up taken back"), wanted.has_left, letters.left),
        (notices.EVENT_CHANGED, _("Event: time changed"), wanted.stands_as_moved, event_letters.event_changed),
        (notices.EVENT_CANCELLED, _("Event: cancelled"), wanted.is_cancelled, event_letters.event_cancelled),
        (notices.VENUE_GONE, _("Event: a venue left"), wanted.venue_has_left, event_letters.venue_gone),
        (notices.DAY_BEFORE, _("Event: the evening before"), wanted.goes_as_told, event_letters.day_before),
        (notices.SOON, _("Event: two hours before"), wanted.goes_as_told, event_letters.soon),
        (notices.THANKS, _("Event: thanks"), wanted.has_come, event_letters.thanks),
        (notices.ASKED, _("Event: space asked to take part"), wanted.is_asked, venue_letters.asked),
        (
            notices.EVENT_MOVED_FOR_VENUES,
            _("Event: time changed, to its venues"),
            wanted.is_moved_for_venues,
            venue_letters.moved,
        ),
        (
            notices.EVENT_CANCELLED_FOR_VENUES,
            _("Event: cancelled, to its venues"),
            wanted.is_cancelled_for_venues,
            venue_letters.cancelled,
        ),
    ):
        register(Kind(kind, label, still_wanted, render))
