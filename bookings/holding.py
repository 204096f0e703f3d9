"""Holding: an event keeps seats or a room of a space. The hold is a booking, of nobody's, and counts like any other.

Events are announced months ahead: neither horizon nor notice nor the limits of a person stand against a hold. None of
these acts tells or charges anybody.
"""

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format

from bookings.booking import locked_booking, locked_wish, refused_politely
from bookings.cancelling import as_cancelled
from bookings.closing import named
from bookings.models import NAME_LENGTH, Booking
from bookings.occupancy import Occupancy
from bookings.refusals import refusal
from bookings.rules import Wish, place_problems, seat_problems
from members.models import User
from members.roles import spaces_where
from spaces.calendar import Span
from spaces.house import House
from spaces.locks import lock_resources
from spaces.models import Resource


def hold(*, resource: Resource, span: Span, seats: int | None, name: str, now: datetime) -> Booking:
    """Hold seats for an event, with its name on them; `seats` None is all of them, and a room is taken whole.

    Raises ValidationError with every reason against it; one lists what is booked and stands in the way, without who
    has booked it: an event is changed also by people of other spaces (see `with_holders`).
    """
    with refused_politely(resource.space, resource.pk), transaction.atomic():
        wish = _fitting(resource, span, seats, now)
        return Booking.objects.create(
            resource=wish.resource,
            basis=Booking.Basis.HOLD,
            name=name[:NAME_LENGTH],
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            seats=wish.seats,
            price=0,
            booked_at=now,
        )


def move_hold(
    *, booking: Booking, resource: Resource, span: Span, seats: int | None, name: str, now: datetime
) -> Booking:
    """Let a hold be of other seats, another time or another name, also at another space; it stays the same booking.

    Its own seats don't stand against it. One that only gets another name is asked nothing else. Raises ValidationError.
    """
    with refused_politely(resource.space, resource.pk), transaction.atomic():
        lock_resources([booking.resource_id, resource.pk])
        booking = locked_booking(booking)
        if not booking.is_live:
            raise refusal("not_live")
        if _takes(booking, resource, span, seats):
            booking.name = name[:NAME_LENGTH]
            booking.save(update_fields=["name"])
            return booking
        if booking.has_ended_at(now):
            raise refusal("ended")
        wish = _fitting(resource, span, seats, now, without=booking)
        booking.resource, booking.seats, booking.name = wish.resource, wish.seats, name[:NAME_LENGTH]
        booking.starts_at, booking.ends_at = span.starts_at, span.ends_at
        booking.sequence += 1
        booking.save()
    return booking


def release(*, booking: Booking, now: datetime) -> Booking:
    """Give what is held back, as the space. One that was given back already, or is over, stays as it is."""
    with transaction.atomic():
        booking = locked_booking(booking)
        if booking.is_live and not booking.has_ended_at(now):
            as_cancelled(booking=booking, by=Booking.Side.SPACE, now=now)
            booking.sequence += 1
            booking.save(update_fields=["cancelled_at", "cancelled_by", "sequence"])
    return booking


def with_holders(refused: ValidationError, *, reader: User) -> ValidationError:
    """A refusal of these acts as an operator reads it: with the names of who has booked at their own spaces."""
    if hasattr(refused, "error_dict"):
        return refused
    return ValidationError([_with_holders(one, reader) for one in refused.error_list])


def _with_holders(refused: ValidationError, reader: User) -> ValidationError:
    if refused.code != "displaces" or not refused.params:
        return refused
    bookings = refused.params["bookings"]
    own = reader.is_superuser or bookings[0].resource.space_id in spaces_where(
        reader.roles, "view", Booking._meta.label_lower
    )
    return refusal("displaces", **{**refused.params, "list": named(bookings)}) if own else refused


def _fitting(
    resource: Resource, span: Span, seats: int | None, now: datetime, *, without: Booking | None = None
) -> Wish:
    """Lock a resource, and say what is to be held of it. Raises ValidationError with every reason against it."""
    if span.ends_at <= span.starts_at:
        raise refusal("ends_before_start")
    house, wish = locked_wish(resource.space, resource.pk, span, 1, now)
    wish = replace(wish, seats=_seats(wish.resource, seats))
    problems = [*_time_problems(house, wish, now), *seat_problems(wish)]
    if wish.resource.kind == Resource.Kind.BOOTH:
        problems.append(refusal("by_the_month", resource=wish.resource.name))
    in_the_way = _in_the_way(wish, without)
    if in_the_way:
        listed = named(in_the_way, with_holders=False)
        problems.append(refusal("displaces", space=house.space.name, list=listed, bookings=in_the_way))
    if problems:
        raise ValidationError(problems)
    return wish


def _seats(resource: Resource, seats: int | None) -> int:
    return resource.capacity if seats is None or not resource.is_seats else seats


def _takes(booking: Booking, resource: Resource, span: Span, seats: int | None) -> bool:
    """Whether a hold is just what is wanted of it already."""
    held = booking.resource_id, booking.starts_at, booking.ends_at, booking.seats
    return held == (resource.pk, span.starts_at, span.ends_at, _seats(resource, seats))


def _time_problems(house: House, wish: Wish, now: datetime) -> list[ValidationError]:
    """What is wrong with the time of an event, which may be under way already."""
    space = house.space
    problems = place_problems(house, wish)
    if wish.span.ends_at <= now:
        problems.append(refusal("past"))
    if space.today(wish.span.starts_at) < space.joined_on:
        problems.append(refusal("joins_later", space=space.name, day=date_format(space.joined_on)))
    return problems


def _in_the_way(wish: Wish, without: Booking | None) -> list[Booking]:
    """The live bookings that take seats at a moment at which too few are left for a wish; the first first."""
    span = wish.span
    others = Booking.objects.live().overlapping(span.starts_at, span.ends_at).filter(resource=wish.resource)
    others = others.exclude(pk=without.pk if without else 0).select_related("resource__space", "user")
    found = list(others.order_by("starts_at", "pk"))
    taken = Occupancy((one.starts_at, one.ends_at, one.seats) for one in found)
    short = [
        (start, end)
        for start, end, seats in taken.changes_between(span.starts_at, span.ends_at)
        if seats + wish.seats > wish.resource.capacity
    ]
    return [one for one in found if any(one.starts_at < end and start < one.ends_at for start, end in short)]
