"""What the page of a campaign shows besides its fields: who takes part, and the tickets issued so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.admin.scope import may_at
from bookings.admin.tickets.reach import CAMPAIGN, PARTICIPATION, TICKET
from bookings.ticket_states import State, with_state
from visas.models import Campaign, Participation, Ticket

BATCHES_SHOWN = 30


@dataclass(frozen=True)
class Part:
    """A space that takes part, is asked, has said no or has left; and which of the buttons the person has."""

    part: Participation
    may_answer: bool

    STATES = {
        "asked": (_("Asked"), "warning"),
        "declined": (_("Says no"), ""),
        "takes part": (_("Takes part"), "success"),
        "left": (pgettext_lazy("a campaign", "Has left"), ""),
    }

    @property
    def state(self) -> str:
        if self.part.stands:
            return "takes part"
        if self.part.left_at:
            return "left" if self.part.agreed_at else "declined"
        return "asked"

    @property
    def words(self) -> Any:
        return self.STATES[self.state][0]

    @property
    def colour(self) -> str:
        return self.STATES[self.state][1]

    @property
    def buttons(self) -> Iterable[str]:
        if not self.may_answer:
            return ()
        return {"asked": ("agree", "decline"), "takes part": ("seats", "leave")}.get(self.state, ("agree",))


def page_of(request: HttpRequest, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """A fixed number of queries; tickets are told to who may issue them."""
    over = campaign.is_over_on(campaign.organiser.today(now))
    rows = campaign.participations.select_related("space", "agreed_by").order_by("space__position", "space__slug")
    parts = [Part(row, not over and may_at(request, row.space_id, "change", PARTICIPATION)) for row in rows]
    changes = may_at(request, campaign.organiser_id, "change", CAMPAIGN)
    issues = may_at(request, campaign.organiser_id, "add", TICKET)
    batches = _batches(campaign, now) if issues else []
    return {
        "campaign": campaign,
        "campaign_key": str(campaign.pk),
        "parts": parts,
        "asked": [one for one in parts if one.state == "asked" and one.may_answer],
        "may_ask": changes and not over,
        "may_stop": changes and not over,
        "may_issue": issues and not over,
        "may_print": issues,
        "batches": batches[:BATCHES_SHOWN],
        "has_more_batches": len(batches) > BATCHES_SHOWN,
    }


def _batches(campaign: Campaign, now: datetime) -> list[dict[str, Any]]:
    """Tickets that were issued together, the latest first: `first` names them, `printable` are not used yet.

    One more than are shown.
    """
    rows = with_state(Ticket.objects.filter(campaign=campaign), now=now).order_by()
    counted = rows.values("issued_at", "label").annotate(
        first=Min("pk"), count=Count("pk"), printable=Count("pk", filter=Q(state=State.UNUSED))
    )
    return list(counted.order_by("-issued_at", "label")[: BATCHES_SHOWN + 1])
