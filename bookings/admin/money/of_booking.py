"""What is owed for a booking, on its page: its charge, how that stands, and the way to take the money."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from billing.balances import still_open
from billing.models import Charge, Payment
from bookings.admin.scope import may_at
from bookings.models import Booking
from bookings.owing import charges_of
from spaces.models import Space


@dataclass(frozen=True)
class OfBooking:
    """A booking's charge, if it has one; `open` is what is still to be paid of it or of the invoice that it is on."""

    booking: Booking
    space: Space
    charge: Charge | None
    open: int
    may_take: bool

    @property
    def key(self) -> str:
        return str(self.booking.pk)


def of_booking(request: HttpRequest, booking: Booking) -> dict[str, Any]:
    """What the page of a booking says of money; nothing of a guest's, who has no account to be charged."""
    if booking.user_id is None:
        return {}
    space = booking.resource.space
    charge = charges_of(booking).select_related("space", "invoice").first()
    may_take = may_at(request, space.pk, "add", Payment._meta.label_lower)
    return {"money": OfBooking(booking, space, charge, still_open(charge) if charge else 0, may_take)}
