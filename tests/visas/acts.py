"""Makers of campaigns and tickets through the acts themselves, with dull defaults."""

from datetime import date
from typing import Any

from bookings.models import Booking, VisaRequest
from bookings.redeeming import redeem
from members.models import User
from spaces.models import Resource, Space
from tests.factories import TUESDAY, at, make_user, span
from visas.issuing import issue_tickets
from visas.models import Campaign, Participation, Ticket, Visa

NOW = at("09:00")
ENDS = date(2026, 12, 31)


def make_campaign(*spaces: Space, seats_a_day: int = 3, **fields: Any) -> Campaign:
    """A campaign of the first space, in which all take part, from the first of November to the end of the year."""
    fields = {"name_ja": "おためし", "name_en": "Try us", "starts_on": date(2026, 11, 1), "ends_on": ENDS, **fields}
    campaign = Campaign.objects.create(organiser=spaces[0], **fields)
    for space in spaces:
        Participation.objects.create(campaign=campaign, space=space, seats_a_day=seats_a_day, agreed_at=NOW)
    return campaign


def make_ticket(campaign: Campaign, **fields: Any) -> Ticket:
    [ticket] = issue_tickets(campaign=campaign, count=1, now=NOW)
    if fields:
        Ticket.objects.filter(pk=ticket.pk).update(**fields)
        ticket.refresh_from_db()
    return ticket


def visit(ticket: Ticket, space: Space, day: date = TUESDAY, email: str = "guest@example.jp", **fields: Any) -> Booking:
    """A visit by ticket, of one and the same guest."""
    fields = {"name": "客野 一", "language": "ja", "now": NOW, **fields}
    return redeem(ticket=ticket, space=space, day=day, email=email, **fields)


def make_visa_request(user: User, resource: Resource, day: date = TUESDAY, **fields: Any) -> VisaRequest:
    """A request for an evening, past every rule of the acts."""
    asked = span("18:00", "20:00", day)
    fields = {"visa": Visa.objects.get(membership__user=user), "asked_at": NOW, **fields}
    return VisaRequest.objects.create(resource=resource, starts_at=asked.starts_at, ends_at=asked.ends_at, **fields)


def make_owner(space: Space) -> Any:
    return make_user(f"owner@{space.slug}.example")
