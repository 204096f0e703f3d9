"""“Still coming?”: keeping a seat, or freeing it, by a button of the reminder."""

from datetime import datetime

from django.db import transaction

from bookings.booking import locked_booking
from bookings.cancelling import cancel, check_cancellable
from bookings.coming_links import Asked
from bookings.models import Booking
from bookings.notices import local_time
from bookings.refusals import refusal


def keep(*, asked: Asked, now: datetime) -> Booking:
    """Note that the person says they come; said before, nothing changes. Raises ValidationError."""
    with transaction.atomic():
        booking = locked_booking(asked.booking)
        _check_as_told(booking, asked, now)
        if booking.coming_at is None:
            booking.coming_at = now
            booking.save(update_fields=["coming_at"])
    return booking


def free(*, asked: Asked, knows_it_is_late: bool, now: datetime) -> Booking:
    """Cancel, as the person; cancelled by them before, nothing changes.

    `knows_it_is_late` says that the page told what cancelling late loses. Raises ValidationError, also where something
    is lost that the page had not told yet.
    """
    with transaction.atomic():
        booking = locked_booking(asked.booking)
        if booking.cancelled_by == Booking.Side.PERSON:
            return booking
        _check_as_told(booking, asked, now)
        if loses(booking, now=now) and not knows_it_is_late:
            raise refusal("late_meanwhile", until=local_time(booking, booking.free_cancellation_until))
        return cancel(booking=booking, by=Booking.Side.PERSON, now=now)


def loses(booking: Booking, *, now: datetime) -> bool:
    """Whether freeing the seat now loses something: the price, hours of a plan, a visit."""
    return booking.is_at_stake and booking.is_late_at(now)


def state_of(asked: Asked, *, now: datetime) -> str:
    """How it stands with what a reminder asked, in a word that templates know; `open` while it can be answered."""
    booking = asked.booking
    if booking.cancelled_at:
        return "freed" if booking.cancelled_by == Booking.Side.PERSON else "cancelled"
    if booking.checked_in_at:
        return "here"
    if booking.has_ended_at(now):
        return "over"
    if booking.has_begun_at(now):
        return "begun"
    return "open" if booking.sequence == asked.sequence else "changed"


def _check_as_told(booking: Booking, asked: Asked, now: datetime) -> None:
    check_cancellable(booking, by=Booking.Side.PERSON, now=now)
    if booking.sequence != asked.sequence:
        raise refusal("changed_meanwhile")
