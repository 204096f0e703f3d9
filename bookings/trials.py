"""Visits on trial, by ticket or a first visit, and what follows from them: thanks the day after, a word a month later.

Both are found by what was, some time after: a check-in that is noted late, or taken back, counts as it stands by then.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, TextChoices

from bookings.models import Booking, BookingQuerySet
from members.models import Membership

TRIAL = (Booking.Basis.TICKET, Booking.Basis.FIRST_VISIT)

# What else is the same person's. Asked one by one, as PostgreSQL finds no index for two ways at once.
_BY_ACCOUNT = Q(user=OuterRef("user"))
_BY_ITS_ADDRESS = Q(user__email=OuterRef("person"))
_AS_A_GUEST = Q(user__isnull=True, person=OuterRef("person"))

# By the clocks of the space that was visited.
WRITTEN_AT = time(10)


class Word(TextChoices):
    """What is said after a visit on trial."""

    THANKS = "thanks"
    AGAIN = "again"

    @property
    def after_days(self) -> int:
        return {Word.THANKS: 1, Word.AGAIN: 30}[self]

    @property
    def late_by(self) -> timedelta:
        """How late it is still good to read, should no task have run at its time."""
        return {Word.THANKS: timedelta(days=3), Word.AGAIN: timedelta(days=7)}[self]


def due_at(word: Word, visit: Booking) -> datetime:
    """When something is said after a visit, at ten in the morning there."""
    space = visit.resource.space
    day = space.today(visit.starts_at) + timedelta(days=word.after_days)
    return datetime.combine(day, WRITTEN_AT, space.zone)


def due(word: Word, *, now: datetime) -> Iterable[Booking]:
    """The visits after which something is due by now and not too late, the first visit first: one query.

    Only a space that has an address to sign with says anything.
    """
    # A visit and the moment that is due after it lie within a day of so many days, whatever the zone.
    latest = now - timedelta(days=word.after_days - 1)
    around = (latest - word.late_by - timedelta(days=2), latest)
    rows = trials(word, now=now).filter(starts_at__range=around).order_by("starts_at", "pk")
    return [
        visit
        for visit in rows
        if visit.resource.space.address and due_at(word, visit) <= now < due_at(word, visit) + word.late_by
    ]


def is_still_due(word: Word, visit_id: int, *, now: datetime) -> bool:
    """Whether something may still be said after a visit."""
    visit = trials(word, now=now).filter(pk=visit_id).first()
    return visit is not None and bool(visit.resource.space.address)


def trials(word: Word, *, now: datetime) -> BookingQuerySet:
    """The visits on trial after which something may be said: checked in, at a space of the federation, of somebody
    who can be reached and is not a member there.

    A first visit is a trial only of who is a member nowhere. `Word.AGAIN` is for who has neither come again since nor
    booked anything there.
    """
    visits = Booking.objects.live().filter(
        Q(resource__space__left_on__isnull=True) | Q(resource__space__left_on__gt=now.date()),
        Q(user__isnull=False, user__is_active=True) | Q(user__isnull=True, ticket__isnull=False),
        basis__in=TRIAL,
        checked_in_at__isnull=False,
        person__isnull=False,
    )
    for who in (_BY_ACCOUNT, _BY_ITS_ADDRESS):
        member = Membership.objects.live().filter(who)
        there = member.filter(space=OuterRef("resource__space"))
        visits = visits.filter(~Exists(there), Q(basis=Booking.Basis.TICKET) | ~Exists(member))
    if word == Word.AGAIN:
        later = Booking.objects.live().filter(
            resource__space=OuterRef("resource__space"), starts_at__gt=OuterRef("starts_at")
        )
        for who in (_BY_ACCOUNT, _BY_ITS_ADDRESS, _AS_A_GUEST):
            visits = visits.filter(~Exists(later.filter(who)))
    return visits.select_related("resource__space", "user", "ticket__campaign")
