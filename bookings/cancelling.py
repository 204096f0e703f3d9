"""Cancelling a booking: its seats are free at once."""

from datetime import datetime

from django.db import transaction

from bookings import notices
from bookings.booking import check_not_held, locked_booking
from bookings.models import Booking, FirstVisit
from bookings.owing import bring_in_line
from bookings.refusals import refusal
from notices.outbox import tell


def cancel(*, booking: Booking, by: str, now: datetime) -> Booking:
    """Cancel a booking that has not begun; `by` is a Booking.Side.

    The person is charged the price after free cancellation has ended, and has used what the booking drew on, a plan's
    minutes or a first visit; the space's own cancelling costs nobody anything.
    Raises ValidationError.
    """
    with transaction.atomic():
        booking = locked_booking(booking)
        check_cancellable(booking, by=by, now=now)
        as_cancelled(booking=booking, by=by, now=now)
        booking.sequence += 1
        booking.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_late", "cancellation_fee", "sequence"])
        if not booking.cancelled_late:
            FirstVisit.objects.filter(booking=booking).delete()
        bring_in_line(booking, now=now)
        tell(notices.cancelled(booking, now=now))
    return booking


def cancel_by_hand(*, booking: Booking, now: datetime) -> Booking:
    """Cancel as an operator of the space, who can't take from an event what it holds. Raises ValidationError."""
    check_not_held(booking)
    return cancel(booking=booking, by=Booking.Side.SPACE, now=now)


def as_cancelled(*, booking: Booking, by: str, now: datetime) -> Booking:
    """A booking with what cancelling it now would note in it, the fee in yen too; not saved."""
    booking.cancelled_at, booking.cancelled_by = now, by
    booking.cancelled_late = by == Booking.Side.PERSON and booking.is_late_at(now)
    booking.cancellation_fee = booking.price if booking.cancelled_late else 0
    return booking


def check_cancellable(booking: Booking, *, by: str, now: datetime) -> None:
    """Raise ValidationError if the booking can't be cancelled any more."""
    if not booking.is_live:
        raise refusal("not_live")
    if booking.checked_in_at or booking.has_ended_at(now):
        raise refusal("ended" if booking.has_ended_at(now) else "begun")
    if by == Booking.Side.PERSON and booking.has_begun_at(now):
        raise refusal("begun")
