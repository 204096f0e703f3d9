"""Ways to a Coworking VISA in the admin: the card on a person's page at their home space, and the page of a booking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from bookings.admin.scope import may_at
from bookings.admin.visas.visa_state import STATE_COLOURS, state_words, with_state
from bookings.models import Booking
from members.models import Membership
from spaces.models import Space
from visas.models import Visa


@dataclass(frozen=True)
class VisaCard:
    """One visa: how it stands today, and the free days of this month that it is `used` for, by host."""

    visa: Visa
    state: Any
    colour: str
    used: dict[Space, int]


def visa_cards(request: HttpRequest, space: Space, memberships: Iterable[Membership], now: datetime) -> list[VisaCard]:
    """The visas of memberships at a space, for who may look at them there: four queries, one where there is none."""
    if not may_at(request, space.pk, "view", Visa._meta.label_lower):
        return []
    visas: list[Any] = list(Visa.objects.filter(membership__in=list(memberships)).order_by("-pk"))
    if visas:
        with_state(visas, now=now)
    return [VisaCard(one, state_words(one.state), STATE_COLOURS[one.state], one.used) for one in visas]


def page_of_visa(request: HttpRequest, booking: Booking) -> str:
    """The page of the visa that a booking draws on, for who may look at it: at its home, not at the host."""
    visa = booking.visa
    if visa is None or not may_at(request, visa.membership.space_id, "view", Visa._meta.label_lower):
        return ""
    return reverse("admin:visas_visa_change", args=[visa.pk])
