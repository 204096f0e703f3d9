"""What belongs to a person: bookings and tickets, also those of a visit that was booked without signing in."""

from django.db.models import Q, QuerySet

from bookings.models import Booking
from bookings.models.booking import BookingQuerySet
from members.erasing import addresses_of
from members.models import User
from members.person_key import person_key
from visas.models import Ticket


def bookings_of(user: User) -> BookingQuerySet:
    """A person's bookings, also visits by ticket that were booked with an address of theirs and no account."""
    by_address = Q(user__isnull=True, ticket__isnull=False, person__in=addresses_of(user))
    return Booking.objects.filter(Q(user=user) | by_address).select_related("resource__space", "plan", "ticket")


def tickets_of(user: User) -> QuerySet[Ticket]:
    """The tickets that are held with an address of a person's, or were used by them when they had another."""
    keys = [person_key(address) for address in addresses_of(user)]
    used = Booking.objects.filter(user=user, ticket__isnull=False).values("ticket")
    return Ticket.objects.filter(Q(person_key__in=keys) | Q(pk__in=used))
