"""What pages between a button and an act say of a campaign, and of who is booked to come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Booking
from spaces.models import Space
from spaces.templatetags.wording import plain_day
from visas.models import Campaign

VISITS_SHOWN = 50


@dataclass(frozen=True)
class Coming:
    """Visits that are booked: how many, and the first of them."""

    count: int
    first: list[Booking]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def facts_of(campaign: Campaign) -> list[tuple[str, Any]]:
    """A campaign in a few lines."""
    return [
        (_("campaign"), campaign),
        *([(_("for whom"), campaign.for_whom)] if campaign.for_whom else []),
        (_("begun by"), campaign.organiser),
        (_("valid"), f"{plain_day(campaign.starts_on)} – {plain_day(campaign.ends_on)}"),
        (_("a ticket is good for"), visits_in_words(campaign)),
    ]


def visits_in_words(campaign: Campaign) -> str:
    in_all = ngettext("%(count)s visit in all", "%(count)s visits in all", campaign.visits_in_all)
    each = ngettext("%(count)s at each space", "%(count)s at each space", campaign.visits_at_each)
    return _("%(in_all)s, %(each)s") % {
        "in_all": in_all % {"count": campaign.visits_in_all},
        "each": each % {"count": campaign.visits_at_each},
    }


def visits_to_come(campaign: Campaign, spaces: list[Space], now: datetime) -> Coming:
    """Visits by tickets of a campaign that are booked at some spaces and not over, the next first."""
    rows = Booking.objects.upcoming(now).filter(ticket__campaign=campaign, resource__space__in=spaces)
    first = list(rows.select_related("resource__space")[:VISITS_SHOWN])
    return Coming(len(first) if len(first) < VISITS_SHOWN else rows.count(), first)
