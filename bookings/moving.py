"""Moving a booking to another time or another resource of the same space."""

from datetime import datetime

from django.db import transaction

from bookings import notices
from bookings.booking import (
    agreed,
    check_not_held,
    draw,
    locked_booking,
    reckoned_prices,
    refused_politely,
    use_first_visit,
)
from bookings.models import Booking, FirstVisit
from bookings.owing import bring_in_line
from bookings.refusals import refusal
from bookings.rules import Wish, priced
from bookings.visa_locks import check_held, holding_visas
from notices.outbox import tell
from spaces.calendar import Span
from spaces.house import house_of
from spaces.locks import lock_resources
from spaces.models import Space
from visas.locks import locked_ticket, locked_visa
from visas.models import Visa


def move(
    *,
    booking: Booking,
    resource_id: int,
    span: Span,
    seats: int,
    agreed_price: int | None = None,
    by_operator: bool = False,
    now: datetime,
) -> Booking:
    """Take the new seats and give the old ones back in one transaction; the price is quoted anew.

    The person moves until free cancellation ends, where something is lost by cancelling later; else, and an operator
    always, until the booking begins. A visit by ticket keeps drawing on it when an operator moves it; its holder takes
    `redeeming.change_visit`. Of a visit by visa an operator waives what the host wishes. Raises ValidationError.
    """
    space, moved = booking.resource.space, booking

    def taken(visa: Visa | None) -> Booking:
        with refused_politely(space, resource_id), transaction.atomic():
            if moved.ticket:
                locked_ticket(moved.ticket)
            if visa:
                locked_visa(visa)
            lock_resources([moved.resource_id, resource_id])
            booking = locked_booking(moved)
            house = house_of(space, today=space.today(now))
            resource = house.resource(resource_id)
            if resource is None:
                raise refusal("no_such_resource")
            booking.resource = resource
            check_movable(booking, by_operator=by_operator, now=now)
            if booking.ticket and not by_operator:
                raise refusal("visit_by_ticket")
            if booking.ticket and not resource.is_seats:
                raise refusal("ticket_for_a_seat")
            prices = reckoned_prices(booking.user, space, now=now, without=booking)
            wish = Wish(resource, span, seats)
            waived = by_operator and booking.visa is not None
            quoted = priced(house, prices, wish, ticket=booking.ticket, by_operator=by_operator, waived=waived, now=now)
            found = agreed(quoted, agreed_price)
            check_held(found, visa)
            before = booking.starts_at
            booking.starts_at, booking.ends_at, booking.seats = span.starts_at, span.ends_at, seats
            draw(booking, found)
            booking.sequence += 1
            booking.coming_at = None
            booking.save()
            _note_first_visit(booking, space)
            bring_in_line(booking, now=now)
            tell(notices.moved(booking, before=before, now=now))
        return booking

    return holding_visas(taken, moved.visa)


def _note_first_visit(booking: Booking, space: Space) -> None:
    """Use the person's first visit, keep it used, or give it back, as the basis of a moved booking says."""
    noted = FirstVisit.objects.filter(booking=booking)
    if booking.basis != Booking.Basis.FIRST_VISIT:
        noted.delete()
    elif not noted.exists():
        use_first_visit(booking, space)


def check_movable(booking: Booking, *, by_operator: bool, now: datetime) -> None:
    """Raise ValidationError if the booking can't be moved, or not any more."""
    check_not_held(booking)
    if not booking.is_live:
        raise refusal("not_live")
    if booking.has_begun_at(now) or booking.checked_in_at:
        raise refusal("begun")
    if not by_operator and booking.is_late_at(now) and booking.is_at_stake:
        until = notices.local_time(booking, booking.free_cancellation_until)
        raise refusal("move_too_late", until=until)
