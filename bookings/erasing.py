"""Deleting one's account: what happens first, and how "once" stays true afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.leaving import issue_last
from billing.models import Charge
from billing.months import hold_alone
from billing.statement import AtSpace, statement
from bookings import uncovered, visa_requests
from bookings.belonging import bookings_of, tickets_of
from bookings.cancelling import cancel
from bookings.models import Booking, FirstVisit, VisaRequest
from bookings.models.visa_request import VisaRequestQuerySet
from bookings.refusals import refusal
from members import booths, companions, deciding, erasing
from members.models import BoothWait, Companion, Membership, User
from members.person_key import person_key
from members.refusals import refusal as member_refusal
from spaces.locks import lock_resources
from spaces.models import Resource
from visas.forgetting import forget_holders, forget_reasons
from visas.models import Visa

FORGOTTEN = "–"


@dataclass(frozen=True)
class Farewell:
    """What deleting an account does: bookings that are cancelled with what that costs in yen, memberships that end.

    `money` is where something is open today, one way or the other.
    """

    bookings: list[tuple[Booking, int]]
    memberships: list[Membership]
    money: list[AtSpace]
    refused: ValidationError | None

    @property
    def fees(self) -> int:
        """The cancellation fees that would be due, in yen."""
        return sum(fee for _booking, fee in self.bookings)


def farewell(user: User, *, now: datetime) -> Farewell:
    """What deleting the account of a person would do now, or why it can't be done."""
    upcoming = bookings_of(user).upcoming(now)
    memberships = Membership.objects.live().filter(user=user).select_related("space").order_by("pk")
    try:
        _check(user, now)
        refused = None
    except ValidationError as error:
        refused = error
    fees = [(one, one.fee_if_cancelled_at(now)) for one in upcoming]
    money = [one for one in statement(user.pk, now) if one.owed]
    return Farewell(fees, list(memberships), money, refused)


@transaction.atomic
def erase(*, user: User, typed: str, also: Callable[[], object] = lambda: None, now: datetime) -> None:
    """Delete a person's account: memberships end, bookings to come are cancelled, and nothing says any more who it was.

    `typed` is the account's address, as the person has typed it to confirm. "Once" rules stay true through a keyed
    hash of it. `also` is what an app above does with rows of its own: between the locks on visas and on resources
    (design rule 10), and while it is known who goes. Raises ValidationError.
    """
    if typed.strip().lower() != user.email:
        raise member_refusal("wrong_address")
    _lock_what_is_drawn_on(user, now)
    also()
    _lock_what_is_booked(user, now)
    _check(user, now)
    # Before the memberships end, which would cancel what they cover at no charge: the page has told the fees.
    for booking in bookings_of(user).upcoming(now):
        cancel(booking=booking, by=Booking.Side.PERSON, now=now)
    for membership in Membership.objects.live().filter(user=user).select_related("space").order_by("pk"):
        _leave(membership, user, now)
    for companion in Companion.objects.standing().of_person(user):
        companions.leave(companion=companion, now=now)
    for place in BoothWait.objects.open().filter(user=user).select_related("plan__space"):
        booths.leave(place=place, now=now)
    for request in _requests_of(user).waiting(now):
        visa_requests.withdraw(request=request, by=user, now=now)
    # As long as it is known to whom: the space's books keep what is owed, and papers their names.
    issue_last(user, now=now)
    _remember_once(user)
    tickets = list(tickets_of(user).values_list("pk", flat=True))
    bookings_of(user).update(name="", person=None)
    forget_holders(tickets)
    forget_reasons(user)
    _forget_words(user)
    erasing.forget(user)


def _lock_what_is_drawn_on(user: User, now: datetime) -> None:
    """Lock tickets, memberships and visas, others' too that something is given back to, each in the order of keys."""
    list(tickets_of(user).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    own = Membership.objects.live().filter(user=user)
    shared = Companion.objects.standing().of_person(user).values("membership")
    asking = _requests_of(user).waiting(now).values("visa__membership")
    concerned = Membership.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=shared) | Q(pk__in=asking))
    list(concerned.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    visas = Visa.objects.filter(membership__user=user).order_by("pk")
    list(visas.select_for_update(no_key=True).values_list("pk"))


def _lock_what_is_booked(user: User, now: datetime) -> None:
    """Lock resources and bookings, each in the order of keys, and the money of spaces.

    The last invoices want that alone. It is locked here: two people who leave would both have written in it already,
    and wait for each other.
    """
    own = Membership.objects.live().filter(user=user)
    booked = bookings_of(user).upcoming(now).values("resource")
    waited_for = BoothWait.objects.open().filter(user=user).values("plan__resources")
    lock_resources(
        Resource.objects.filter(Q(space__in=own.values("space")) | Q(pk__in=booked) | Q(pk__in=waited_for)).values_list(
            "pk", flat=True
        )
    )
    theirs = bookings_of(user).values("pk")
    cancelled = Booking.objects.filter(Q(pk__in=theirs) | Q(membership__in=own)).upcoming(now).order_by("pk")
    list(cancelled.select_for_update(no_key=True).values_list("pk"))
    owed = Charge.objects.open().filter(payer=user)
    spaces = [*own.values_list("space"), *booked.values_list("resource__space"), *owed.values_list("space")]
    for (space,) in sorted(set(spaces)):
        hold_alone(space)


def _check(user: User, now: datetime) -> None:
    erasing.check_not_needed(user)
    # Who came early is here already, and their booking can't be cancelled any more.
    begun = bookings_of(user).upcoming(now).filter(Q(starts_at__lte=now) | Q(checked_in_at__isnull=False)).first()
    if begun:
        raise refusal("still_here", reference=begun.spaced_reference)


def _leave(membership: Membership, user: User, now: datetime) -> None:
    if membership.status == Membership.Status.APPLIED:
        deciding.withdraw(membership=membership, now=now)
    else:
        today = membership.space.today(now)
        uncovered.end(membership=membership, last=today, by=user, by_operator=True, now=now)


def _requests_of(user: User) -> VisaRequestQuerySet:
    return VisaRequest.objects.filter(visa__membership__user=user).order_by("pk")


def _forget_words(user: User) -> None:
    """What was asked and answered in words goes; a refusal keeps a mark in place of its reason, as it must have one."""
    requests = _requests_of(user).order_by()
    requests.filter(answer=VisaRequest.Answer.REFUSED).update(message="", reason=FORGOTTEN)
    requests.exclude(answer=VisaRequest.Answer.REFUSED).update(message="", reason="")


def _remember_once(user: User) -> None:
    """Keep, under a keyed hash, that the person has been to a space: a first visit there is over for good."""
    visits = bookings_of(user).filter(checked_in_at__isnull=False).order_by("checked_in_at")
    used = {booking.resource.space_id: booking.checked_in_at for booking in reversed(visits.select_related("resource"))}
    for own in FirstVisit.objects.filter(booking__user=user):
        used.setdefault(own.space_id, own.used_at)
    key = person_key(user.email)
    FirstVisit.objects.bulk_create(
        [FirstVisit(space_id=space, person_key=key, used_at=at or timezone.now()) for space, at in used.items()],
        ignore_conflicts=True,
    )
