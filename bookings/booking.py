"""Booking: the act that takes seats."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from bookings import notices
from bookings.models import NAME_LENGTH, Booking, FirstVisit
from bookings.owing import charge_new
from bookings.pricelist import PriceList, price_list
from bookings.quote import Quote
from bookings.refusals import refusal, refusal_of
from bookings.rules import Wish, priced
from bookings.visa_locks import check_held, holding_visas
from members.models import User
from members.person_key import person_key
from notices.outbox import tell
from spaces.calendar import Span
from spaces.house import House, house_of
from spaces.locks import lock_resources
from spaces.models import Resource, Space
from visas.locks import locked_visa
from visas.models import Visa
from visas.refusals import refusal_of as refusal_of_visa_or_ticket


def book(
    *,
    user: User,
    space: Space,
    resource_id: int,
    span: Span,
    seats: int = 1,
    agreed_price: int | None = None,
    by_operator: bool = False,
    waived: bool = False,
    now: datetime,
) -> Booking:
    """Book seats for a person, and write the notices that go with it, in one transaction.

    Raises ValidationError with every reason against it; with `agreed_price` (yen), also when the price is another now.
    An operator (`by_operator`) may pass the limits that the space sets for a person, and a host may have `waived` what
    it wishes of visitors by visa.
    """

    def taken(visa: Visa | None) -> Booking:
        with refused_politely(space, resource_id), transaction.atomic():
            if visa:
                locked_visa(visa)
            house, wish = locked_wish(space, resource_id, span, seats, now)
            prices = reckoned_prices(user, space, now=now)
            quoted = priced(house, prices, wish, by_operator=by_operator, waived=waived, now=now)
            found = agreed(quoted, agreed_price)
            check_held(found, visa)
            booking = Booking(
                resource=wish.resource,
                user=user,
                name=user.display_name[:NAME_LENGTH],
                person=user.email,
                starts_at=span.starts_at,
                ends_at=span.ends_at,
                seats=seats,
                booked_at=now,
            )
            draw(booking, found)
            booking.save(force_insert=True)
            if booking.basis == Booking.Basis.FIRST_VISIT:
                use_first_visit(booking, space)
            charge_new(booking)
            tell(notices.booked(booking, now=now))
        return booking

    return holding_visas(taken)


def draw(booking: Booking, found: Quote) -> None:
    """Put the best rule of a quote on a booking: its price, and what it draws on."""
    best = found.best
    booking.basis, booking.plan, booking.price = best.basis, best.plan, best.price
    booking.membership, booking.plan_minutes = best.membership, best.plan_minutes
    booking.ticket, booking.visa = best.ticket, best.visa


def use_first_visit(booking: Booking, space: Space) -> None:
    """Note that the person's first visit at a space is used up by a booking; the database refuses a second."""
    FirstVisit.objects.create(
        space=space, person_key=person_key(booking.person or ""), booking=booking, used_at=booking.booked_at
    )


def reckoned_prices(user: User | None, space: Space, *, now: datetime, without: Booking | None = None) -> PriceList:
    """The price list of a space with what a person has used of it, which stays so until the transaction ends.

    Who would use more of the same waits: where the space sets limits, on the lock that the trigger
    bookings_booking_person takes as well; where a plan includes room hours, on one for the membership.
    """
    prices = price_list([space.pk], user, today=space.today(now))
    with connection.cursor() as cursor:
        if user and (space.max_upcoming_bookings or space.max_hours_a_week):
            cursor.execute("SELECT pg_advisory_xact_lock(14, abs(hashtext(%s) %% 1000))", [user.email])
        for held in prices.counted_down_at(space.pk):
            cursor.execute("SELECT pg_advisory_xact_lock(15, (%s %% 1000000)::int)", [held.membership.pk])
    return prices.reckoned(user, [space], now=now, without=without)


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


def locked_booking(booking: Booking) -> Booking:
    """Lock a booking, then read it with what belongs to it.

    In two statements: one that had to wait for a move reads only the row that it locks anew, and finds nothing where it
    joins that row to the resource of before.
    """
    Booking.objects.select_for_update(no_key=True).values_list("pk").get(pk=booking.pk)
    rows = Booking.objects.select_related("resource__space", "user", "plan", "membership", "ticket__campaign", "visa")
    return rows.get(pk=booking.pk)


def check_not_held(booking: Booking) -> None:
    """Raise ValidationError for what is held for an event: nobody comes with it, and the event alone changes it."""
    if booking.is_hold:
        raise refusal("held")


def agreed(found: Quote, agreed_price: int | None) -> Quote:
    """The quote, unless the person agreed to another price than it has now."""
    if agreed_price is not None and agreed_price != found.price:
        raise refusal("price_changed", price=f"{found.price:,}")
    return found


@contextmanager
def refused_politely(space: Space, resource_id: int) -> Iterator[None]:
    """Turn what the database refuses, of seats, tickets or visas, into the sentence that a person can use."""
    try:
        yield
    except IntegrityError as error:
        name = Resource.objects.filter(pk=resource_id).first()
        polite = refusal_of(error, space=space.name, resource=str(name or ""))
        polite = polite or refusal_of_visa_or_ticket(error, space=space.name)
        if polite is None:
            raise
        raise polite from error
