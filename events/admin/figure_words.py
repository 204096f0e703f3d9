"""Figures of events in words: each with what it counts."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from events.figures import JOINED_WITHIN, Figures


@dataclass(frozen=True)
class Said:
    """A figure, what it counts, and where guests are counted how many people that is."""

    name: str
    count: int
    meaning: str
    people: str = ""


def explained(figures: Figures) -> list[Said]:
    """All figures, in the order in which they are read."""
    return [
        Said(
            _("signed up"),
            figures.signed_up,
            _("Who had a place or waited when it began. Walk-ins, and who took it back, are left out."),
            _with_guests(figures.signed_up_people),
        ),
        Said(
            pgettext("people", "came"),
            figures.came,
            _("Who was checked in, walk-ins too."),
            _with_guests(figures.came_people),
        ),
        Said(pgettext("an event", "did not come"), figures.did_not_come, _("Who had a place and was not checked in.")),
        Said(_("walk-ins"), figures.walk_ins, _("Who came without having signed up.")),
        Said(_("got no place"), figures.no_place, _("Who still waited when it began, and did not come.")),
        Said(_("declined"), figures.declined, _("Who moved up from the waiting list, and said no in time.")),
        Said(_("new faces"), figures.new_faces, _("Who came to an event of the house for the first time.")),
        Said(
            pgettext("an event", "came again"), figures.again, _("Who had come to an earlier date of the same series.")
        ),
        Said(
            pgettext("people", "joined"),
            figures.joined,
            _("New faces without a membership who, within %(days)s days, joined a space at which it took place.")
            % {"days": JOINED_WITHIN.days},
        ),
    ]


def _with_guests(people: int) -> str:
    return ngettext("%(count)s with guests", "%(count)s with guests", people) % {"count": people}


def note() -> Any:
    """What no figure can know."""
    return _("Who gave no address at the door, and who has been erased, is not recognised at the next event.")
