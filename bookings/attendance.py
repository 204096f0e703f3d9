"""At the door: check in, check out, did not come, and the way back from each."""

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.formats import date_format

from bookings.booking import check_not_held, locked_booking, refused_politely
from bookings.models import Booking
from bookings.notices import local_time
from bookings.owing import bring_in_line
from bookings.refusals import refusal
from spaces.house import day_of, houses
from spaces.locks import lock_resources
from spaces.models import Space
from visas.locks import locked_ticket


def check_in(*, booking: Booking, now: datetime, even_early: bool = False) -> Booking:
    """Note that the person came, on the opening day of the booking. Raises ValidationError.

    Who comes on an earlier day is let in only when the operator says so (`even_early`).
    """
    with transaction.atomic():
        booking = locked_booking(booking)
        _check_stands(booking)
        if booking.checked_in_at:
            raise refusal("checked_in", time=local_time(booking, booking.checked_in_at))
        if booking.has_ended_at(now):
            raise refusal("ended")
        space = booking.resource.space
        [house] = houses(Space.objects.filter(pk=space.pk), today=space.today(now))
        # Who comes before opening is early for today's opening day, not for tomorrow's; at night for the one under way.
        day = day_of(house.calendar, booking.starts_at)
        is_today = day in (space.today(now), day_of(house.calendar, now)) or booking.has_begun_at(now)
        if not is_today and not even_early:
            raise refusal("not_today", day=date_format(day))
        booking.checked_in_at = now
        booking.save(update_fields=["checked_in_at"])
    return booking


def check_out(*, booking: Booking, now: datetime) -> Booking:
    """Note that the person left; corrects an estimated check-out too. Raises ValidationError."""
    with transaction.atomic():
        booking = locked_booking(booking)
        _check_stands(booking)
        if not booking.checked_in_at:
            raise refusal("not_in")
        if booking.checked_out_at and not booking.check_out_estimated:
            raise refusal("checked_out", time=local_time(booking, booking.checked_out_at))
        booking.checked_out_at = now
        booking.check_out_estimated = False
        booking.save(update_fields=["checked_out_at", "check_out_estimated"])
    return booking


def miss(*, booking: Booking, now: datetime) -> Booking:
    """Note that the person did not come, once the booking has begun; its seat is free from then on."""
    with transaction.atomic():
        booking = locked_booking(booking)
        _check_stands(booking)
        if booking.checked_in_at:
            raise refusal("checked_in", time=local_time(booking, booking.checked_in_at))
        if not booking.has_begun_at(now):
            raise refusal("not_begun")
        booking.missed_at = now
        booking.save(update_fields=["missed_at"])
        bring_in_line(booking, now=now)
    return booking


def undo(*, booking: Booking, now: datetime) -> Booking:
    """Take the last of check-out, check-in, did-not-come back. A seat that was taken meanwhile stays taken."""
    with refused_politely(booking.resource.space, booking.resource_id), transaction.atomic():
        # The guards lock these when a missed booking takes its seat again: they come first, in their order.
        if booking.ticket:
            locked_ticket(booking.ticket)
        lock_resources([booking.resource_id])
        booking = locked_booking(booking)
        check_not_held(booking)
        was_missed = booking.missed_at is not None
        if was_missed:
            booking.missed_at = None
        elif booking.checked_out_at:
            booking.checked_out_at = None
            booking.check_out_estimated = False
        else:
            booking.checked_in_at = None
        booking.save(update_fields=["missed_at", "checked_out_at", "check_out_estimated", "checked_in_at"])
        if was_missed:
            bring_in_line(booking, now=now)
    return booking


def close_forgotten_check_outs(*, now: datetime) -> int:
    """Check out, as estimated, everybody who is still in after the closing time of their day; how many."""
    still_in = Booking.objects.filter(checked_in_at__isnull=False, checked_out_at__isnull=True)
    forgotten = list(still_in.filter(ends_at__lte=now).select_related("resource").order_by("starts_at"))
    if not forgotten:
        return 0
    # The closures as they were then count, however long ago that was.
    first_day = forgotten[0].starts_at.date()
    calendars = {house.space.pk: house.calendar for house in houses(Space.objects.all(), today=first_day)}
    closed = 0
    for booking in forgotten:
        span = calendars[booking.resource.space_id].span_of(booking.starts_at)
        closing = max(span.ends_at if span else booking.ends_at, booking.ends_at)
        if closing > now:
            continue
        # The row is asked again, because somebody may have been at the door since it was read.
        closed += still_in.filter(pk=booking.pk).update(
            checked_out_at=Greatest("checked_in_at", Value(closing)), check_out_estimated=True
        )
    return closed


def _check_stands(booking: Booking) -> None:
    check_not_held(booking)
    if booking.cancelled_at:
        raise refusal("not_live")
    if booking.missed_at:
        raise refusal("missed")
