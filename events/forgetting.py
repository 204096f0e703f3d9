"""Who signed up without an account is forgotten a year after the event; that somebody came stays, for the figures.

A wish that nobody confirms goes with its letters, a day after its link has lapsed. Who has an account keeps what is
theirs until they delete it: events/erasing.py. What an address is told goes when nothing else says whose it is.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from bookings.models import Booking
from events.models import CONFIRMED_WITHIN, Rsvp, RsvpQuerySet, WallLine
from members.erasing import logged
from members.models import Companion, User
from notices.models import Notice, TurnedOff
from visas.models import Ticket

KEPT = timedelta(days=365)
WISHES_KEPT = CONFIRMED_WITHIN + timedelta(days=1)


@transaction.atomic
def forget_visitors(*, now: datetime) -> int:
    """Forget sign-ups without an account for events that ended a year ago; how many. What they wrote on a wall stays.

    One that somebody is changing at the moment waits for the next time.
    """
    keys = _free(_long_gone(now))
    forget(keys)
    return len(keys)


@transaction.atomic
def forget_wishes(*, now: datetime) -> int:
    """Delete sign-ups that nobody has confirmed in time, with the letters about them; how many."""
    keys = _free(Rsvp.objects.filter(confirmed_at__isnull=True, signed_up_at__lte=now - WISHES_KEPT))
    forget(keys)
    Rsvp.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_choices() -> int:
    """Forget what was chosen for addresses that nothing knows any more, in no app and in no letter; how many rows."""
    known = [
        User.objects.filter(email=OuterRef("recipient")),
        EmailAddress.objects.filter(email=OuterRef("recipient"), verified=True),
        Companion.objects.filter(email=OuterRef("recipient")),
        Ticket.objects.filter(email=OuterRef("recipient")),
        Booking.objects.filter(person=OuterRef("recipient")),
        Rsvp.objects.filter(person=OuterRef("recipient")),
        Notice.objects.filter(recipient=OuterRef("recipient")),
    ]
    return TurnedOff.objects.exclude(Q(*map(Exists, known), _connector=Q.OR)).delete()[0]


def forget(keys: Collection[int]) -> None:
    """Take from sign-ups, by their keys, what says who it was; links that were mailed open nothing any more."""
    rsvps = Rsvp.objects.filter(pk__in=keys)
    letters = Notice.objects.filter(subject_key__in=[f"rsvp:{key}" for key in keys])
    for named in (rsvps, letters):
        logged(named).update(object_repr="")
    letters.delete()
    lines = WallLine.objects.filter(rsvp__in=rsvps)
    lines.update(name="")
    rsvps.update(name="", person=None, answer="", link_version=F("link_version") + 1)


def _free(rows: RsvpQuerySet) -> list[int]:
    """The keys of these rows, locked, but for those that somebody holds."""
    free = rows.order_by("pk").select_for_update(no_key=True, of=("self",), skip_locked=True)
    # Asked again: what was changed between reading a row and locking it is seen only now.
    return list(rows.filter(pk__in=list(free.values_list("pk", flat=True))).values_list("pk", flat=True))


def _long_gone(now: datetime) -> RsvpQuerySet:
    """Sign-ups of people without an account that still say who it was, for events that ended a year ago."""
    says_who = ~Q(name="") | Q(person__isnull=False) | ~Q(answer="")
    return Rsvp.objects.filter(
        says_who,
        ~Exists(User.objects.filter(email=OuterRef("person"))),
        ~Exists(EmailAddress.objects.filter(email=OuterRef("person"), verified=True)),
        user__isnull=True,
        event__ends_at__lte=now - KEPT,
    )
