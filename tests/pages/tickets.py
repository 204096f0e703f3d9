"""A campaign of all four spaces, its tickets, and what is sent to use one."""

from datetime import date
from typing import Any

from bookings.models import Booking
from bookings.visits import visit_token
from spaces.models import Space
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.models import Campaign, Ticket

WEDNESDAY, THURSDAY = "2026-11-25", "2026-11-26"
GUEST = {"name": "客野 一", "email": "Guest@Example.jp", "agrees": "on"}


def campaign_of_all(**fields: Any) -> Campaign:
    fields = {"visits_in_all": 2, "name_en": "Come and try", "name_ja": "はじめまして", **fields}
    return make_campaign(*Space.objects.all(), **fields)


def ticket_of_all(**fields: Any) -> Ticket:
    return make_ticket(campaign_of_all(**fields))


def wished(**changes: str) -> dict[str, str]:
    """What the form of a ticket's page sends."""
    return {"space": "koharubiyori", "day": WEDNESDAY, "form_key": "one-form", **GUEST, **changes}


def held_ticket(space: Space, **fields: Any) -> tuple[Ticket, Booking]:
    """A ticket with a visit on Wednesday."""
    booking = visit(ticket_of_all(), space, day=date.fromisoformat(WEDNESDAY), **fields)
    assert booking.ticket
    return booking.ticket, booking


def visits_page(ticket: Ticket) -> str:
    return f"/visit/{visit_token(ticket)}/"
