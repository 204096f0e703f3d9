"""Booking: the act that takes seats."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from bookings import notices
from bookings.models import NAME_LENGTH, Booking
from bookings.pricelist import price_list
from bookings.quote import Quote
from bookings.refusals import refusal, refusal_of
from bookings.rules import Wish, priced
from members.models import User
from notices.outbox import tell
from spaces.calendar import Span
from spaces.house import House, house_of
from spaces.models import Resource, Space


def book(
    *,
    user: User,
    space: Space,
    resource_id: int,
    span: Span,
    seats: int = 1,
    agreed_price: int | None = None,
    now: datetime,
) -> Booking:
    """Book seats for a person, and write the notices that go with it, in one transaction.

    Raises ValidationError with every reason against it; with `agreed_price` (yen), also when the price is another now.
    """
    with refused_politely(space, resource_id), transaction.atomic():
        house, wish = locked_wish(space, resource_id, span, seats, now)
        prices = price_list([space.pk], user, today=space.today(now))
        found = agreed(priced(house, prices, wish, now=now), agreed_price)
        booking = Booking(
            resource=wish.resource,
            user=user,
            name=user.display_name[:NAME_LENGTH],
            person=user.email,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            seats=seats,
            basis=found.best.basis,
            plan=found.best.plan,
            price=found.price,
            booked_at=now,
        )
        booking.save(force_insert=True)
        tell(notices.booked(booking, now=now))
    return booking


def locked_wish(space: Space, resource_id: int, span: Span, seats: int, now: datetime) -> tuple[House, Wish]:
    """Lock a live resource of a space, then read the house: what is read stays true until the transaction ends.

    Who changes hours, closures or capacity takes the same lock (design rule 10).
    """
    if not lock_resources([resource_id]):
        raise refusal("no_such_resource")
    house = house_of(space, today=space.today(now))
    resource = house.resource(resource_id)
    if resource is None:
        raise refusal("no_such_resource")
    return house, Wish(resource, span, seats)


def lock_resources(resource_ids: list[int]) -> list[int]:
    """Lock resources by primary key, in the form that foreign keys do not wait for; the keys that exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM spaces_resource WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [resource_ids]
        )
        return [pk for (pk,) in cursor.fetchall()]


def locked_booking(booking: Booking) -> Booking:
    """Lock a booking, then read it with what belongs to it.

    In two statements: one that had to wait for a move reads only the row that it locks anew, and finds nothing where it
    joins that row to the resource of before.
    """
    Booking.objects.select_for_update(no_key=True).values_list("pk").get(pk=booking.pk)
    return Booking.objects.select_related("resource__space", "user", "plan").get(pk=booking.pk)


def agreed(found: Quote, agreed_price: int | None) -> Quote:
    """The quote, unless the person agreed to another price than it has now."""
    if agreed_price is not None and agreed_price != found.price:
        raise refusal("price_changed", price=f"{found.price:,}")
    return found


@contextmanager
def refused_politely(space: Space, resource_id: int) -> Iterator[None]:
    """Turn what the database refuses into the sentence that a person can use."""
    try:
        yield
    except IntegrityError as error:
        name = Resource.objects.filter(pk=resource_id).first()
        polite = refusal_of(error, space=space.name, resource=str(name or ""))
        if polite is None:
            raise
        raise polite from error
