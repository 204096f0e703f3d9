"""Redeeming a shared trial ticket: a visit is a booking that draws on it, and holds a seat for the rest of the day.

Campaign and ticket are locked before resources (design rule 10); triggers of bookings/migrations/0007_ticket_guard.py
count again. A visit is used unless it was cancelled in time; what a space cancels is given back, and renews the ticket.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from bookings import notices
from bookings.booking import draw, locked_booking, refused_politely
from bookings.models import NAME_LENGTH, Booking
from bookings.moving import check_movable
from bookings.pricelist import PriceList
from bookings.reference import new_reference
from bookings.refusals import refusal as booking_refusal
from bookings.rules import Wish, priced
from bookings.visits import good_until, reference_of_form, visit_at, visit_span
from members.person_key import person_key
from notices.outbox import tell
from spaces.house import House, house_of
from spaces.locks import lock_resources
from spaces.models import Resource, Space
from visas.locks import locked_ticket
from visas.models import Participation, Ticket
from visas.opening import check_good, check_still_good
from visas.refusals import refusal


def redeem(
    *,
    ticket: Ticket,
    space: Space,
    day: date,
    name: str,
    email: str,
    language: str,
    form_key: str = "",
    now: datetime,
) -> Booking:
    """Book a visit by a ticket on a day, and tell who comes. The first visit makes the ticket this person's own.

    `email` is the normalised address. `form_key` is the key of the form that was sent: one form is one visit, and sent
    again it leads to what it booked. Raises ValidationError.
    """
    if not name.strip():
        raise refusal("no_name")
    seats = _open_seats(space)
    with refused_politely(space, seats[0]), transaction.atomic():
        ticket = locked_ticket(ticket)
        reference = reference_of_form(ticket, form_key) if form_key else new_reference()
        sent_before = Booking.objects.filter(ticket=ticket, reference=reference).first()
        if sent_before:
            return sent_before
        check_good(ticket, today=space.today(now), day=day, until=good_until(ticket))
        _check_takes_part(ticket, space)
        _hold(ticket, name=name, email=email, language=language, now=now)
        house, wish = _wish(space, seats, day, now)
        booking = Booking(
            reference=reference,
            resource=wish.resource,
            name=name.strip()[:NAME_LENGTH],
            person=email,
            starts_at=wish.span.starts_at,
            ends_at=wish.span.ends_at,
            seats=1,
            booked_at=now,
        )
        draw(booking, priced(house, PriceList({}, {}), wish, ticket=ticket, now=now))
        booking.save(force_insert=True)
        tell(notices.booked(booking, now=now))
    return booking


def change_visit(*, booking: Booking, space: Space, day: date, now: datetime) -> Booking:
    """Take a visit by ticket to another space or day; the first seat is given back in the same transaction.

    Raises ValidationError, also once cancelling is no longer free.
    """
    if booking.ticket is None:
        raise booking_refusal("no_such_resource")
    seats = _open_seats(space)
    with refused_politely(space, seats[0]), transaction.atomic():
        ticket = locked_ticket(booking.ticket)
        check_good(ticket, today=space.today(now), day=day, until=good_until(ticket))
        _check_takes_part(ticket, space)
        # Whoever moves it holds the lock of the ticket, so that it stays where it is read to be.
        taken = Booking.objects.values_list("resource_id", flat=True).get(pk=booking.pk)
        house, wish = _wish(space, [taken, *seats], day, now)
        booking = locked_booking(booking)
        check_movable(booking, by_operator=False, now=now)
        before = booking.starts_at
        booking.resource, booking.starts_at, booking.ends_at = wish.resource, wish.span.starts_at, wish.span.ends_at
        draw(booking, priced(house, PriceList({}, {}), wish, ticket=ticket, now=now))
        booking.sequence += 1
        booking.coming_at = None
        booking.save()
        tell(notices.moved(booking, before=before, now=now))
    return booking


def check_visit_movable(booking: Booking, *, until: date, now: datetime) -> None:
    """Raise ValidationError if a visit can't be taken to any space or day; `until` is the last day of its ticket."""
    check_movable(booking, by_operator=False, now=now)
    if booking.ticket:
        check_still_good(booking.ticket, today=timezone.localdate(now), until=until)


def _check_takes_part(ticket: Ticket, space: Space) -> None:
    if not Participation.objects.standing().filter(campaign=ticket.campaign_id, space=space).exists():
        raise refusal("not_taking_part", space=space.name)


def _hold(ticket: Ticket, *, name: str, email: str, language: str, now: datetime) -> None:
    """Make a ticket the person's own, or see that it is theirs."""
    key = person_key(email)
    if ticket.person_key not in (None, key):
        raise refusal("held_by_another")
    if not ticket.email:  # also when who held it was forgotten, and comes again
        ticket.person_key, ticket.held_at = key, ticket.held_at or now
        ticket.email, ticket.name, ticket.language = email, name.strip()[:NAME_LENGTH], language
        ticket.save(update_fields=["person_key", "held_at", "email", "name", "language"])


def _open_seats(space: Space) -> list[int]:
    """The keys of all open seats of a space; which of them a visit takes is seen once they are locked."""
    seats = Resource.objects.filter(space=space, kind=Resource.Kind.OPEN_SEATS).order_by("position", "pk")
    keys = list(seats.values_list("pk", flat=True))
    if not keys:
        raise booking_refusal("no_such_resource")
    return keys


def _wish(space: Space, locked: list[int], day: date, now: datetime) -> tuple[House, Wish]:
    """Lock resources, then read the house, and wish for a seat from opening, or from now, until closing."""
    lock_resources(locked)
    house = house_of(space, today=space.today(now))
    wish = visit_at(house, day, now)
    if wish is None:
        is_closed = house.open_seats and visit_span(house, house.open_seats, day, now) is None
        raise booking_refusal("closed", space=space.name) if is_closed else booking_refusal("no_such_resource")
    return house, wish
