"""Who is affected when a space leaves the federation: what its page shows before, and what the act then does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from billing.ledger import balances, by_month
from billing.models import Month
from bookings import leaving_above
from bookings.models import Booking, BookingQuerySet, VisaRequest
from bookings.models.visa_request import VisaRequestQuerySet
from bookings.ticket_states import State, with_state
from members.models import Membership
from members.periods import DAY
from spaces.models import Space
from visas.holding import HeldVisa, last_home_day, visas_at
from visas.models import Campaign, Participation, Ticket

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Basis:
    """Bookings that are cancelled of one basis, rooms apart: how many, and of how many people."""

    name: "str | _StrPromise"
    bookings: int
    people: int


@dataclass(frozen=True)
class Part:
    """A campaign that runs: the part in it that ends, if the space has one, and where its tickets stay good."""

    campaign: Campaign
    ends: Participation | None
    is_own: bool
    unused: int
    others: int

    @property
    def is_stranded(self) -> bool:
        """Whether tickets would be left that are good at no space at all."""
        return bool(self.unused) and not self.others


@dataclass(frozen=True)
class Memberships:
    """The memberships of a space: those that go on after it has left, that end before, and that are applied for."""

    going_on: int
    ending: int
    applied: int


@dataclass(frozen=True)
class Money:
    """What is not settled: open invoices and charges without one, in yen and payers, and months that are not closed."""

    open: int
    debtors: int
    waiting: int
    months: tuple[date, ...]


@dataclass(frozen=True)
class Foresight:
    """What becomes of whom if a space is in the federation on `left_on` no more."""

    space: Space
    left_on: date
    # Bookings at the space from that day on, and visits of its members elsewhere after their visas' last day.
    here: tuple[Booking, ...]
    elsewhere: tuple[Booking, ...]
    # Requests for visits by visa, there or by its members elsewhere, that nobody can honour then.
    requests_here: tuple[VisaRequest, ...]
    requests_elsewhere: tuple[VisaRequest, ...]
    # The visas that would be good for longer if the space stayed.
    visas: tuple[HeldVisa, ...]
    parts: tuple[Part, ...]
    memberships: Memberships
    money: Money
    # What happens in apps above, in sentences.
    above: tuple[str, ...]

    @property
    def last_day(self) -> date:
        """The last day on which the space is in the federation."""
        return self.left_on - DAY

    @property
    def visas_until(self) -> date:
        """The last day on which visas of the space hold."""
        return last_home_day(self.left_on)

    @property
    def fallen(self) -> list[Booking]:
        """All that is cancelled, in the order in which bookings are locked."""
        return sorted((*self.here, *self.elsewhere), key=lambda one: one.pk)

    @property
    def by_basis(self) -> list[Basis]:
        """What is cancelled at the space, by basis."""
        found: dict[object, list[Booking]] = {}
        for one in self.here:
            by_itself = one.resource.is_seats or one.is_hold
            found.setdefault(one.get_basis_display() if by_itself else _("Rooms"), []).append(one)
        return [Basis(str(name), len(rows), people_of(rows)) for name, rows in found.items()]


def people_of(bookings: Iterable[Booking]) -> int:
    """How many people have booked; who is not known is somebody else each time, and an event's hold is nobody's."""
    return len({one.person or one.pk for one in bookings if not one.is_hold})


def foresee(space: Space, left_on: date, *, now: datetime) -> Foresight:
    """Who is affected if a space leaves the federation on a day: twelve queries, and those of apps above.

    `space_leaving.leave` does what this says, so that who is asked before can't be told anything else.
    """
    requests = list(open_requests(space, left_on, now).select_related("resource__space", "visa__membership__user"))
    return Foresight(
        space=space,
        left_on=left_on,
        requests_here=tuple(one for one in requests if one.resource.space_id == space.pk),
        requests_elsewhere=tuple(
            one
            for one in requests
            if one.visa.membership.space_id == space.pk
            and one.resource.space.today(one.starts_at) > last_home_day(left_on)
        ),
        here=tuple(cancelled_here(space, left_on, now).select_related("resource__space", "user", "ticket__campaign")),
        elsewhere=tuple(_cancelled_elsewhere(space, left_on, now)),
        visas=tuple(held for held in visas_at(space) if loses_days(held, last_home_day(left_on))),
        parts=tuple(_parts(space, left_on, now)),
        memberships=_memberships(space, left_on),
        money=_money(space),
        above=leaving_above.said(space, left_on, now=now),
    )


def cancelled_here(space: Space, left_on: date, now: datetime) -> BookingQuerySet:
    """The bookings at a space from the day on which it leaves; what has begun, on the day itself, goes on."""
    midnight = datetime.combine(left_on, time.min, space.zone)
    return _to_come(now).filter(resource__space=space, starts_at__gte=midnight)


def visits_elsewhere(space: Space, left_on: date, now: datetime) -> BookingQuerySet:
    """The visits to come by visas of a space, from about the day on which these end: a host's day may begin earlier."""
    around = datetime.combine(last_home_day(left_on), time.min, UTC)
    return _to_come(now).filter(visa__membership__space=space, starts_at__gte=around)


def open_requests(space: Space, left_on: date, now: datetime) -> VisaRequestQuerySet:
    """The requests that wait for an answer, at a space from the day on which it leaves, or of about the days on which
    visas of its members do not hold any more."""
    here = Q(resource__space=space, starts_at__gte=datetime.combine(left_on, time.min, space.zone))
    around = datetime.combine(last_home_day(left_on), time.min, UTC)
    elsewhere = Q(visa__membership__space=space, starts_at__gte=around)
    return VisaRequest.objects.waiting(now).filter(here | elsewhere).order_by("pk")


def _cancelled_elsewhere(space: Space, left_on: date, now: datetime) -> Iterable[Booking]:
    last = last_home_day(left_on)
    for one in visits_elsewhere(space, left_on, now).select_related("resource__space", "user", "visa"):
        if one.resource.space.today(one.starts_at) > last:
            yield one


def _to_come(now: datetime) -> BookingQuerySet:
    return Booking.objects.upcoming(now).filter(starts_at__gt=now, checked_in_at=None)


def loses_days(held: HeldVisa, last: date) -> bool:
    """Whether a visa would be good on some day after the last on which its home space counts."""
    membership = held.membership
    if held.visa.revoked_at or membership.status not in (Membership.Status.ACTIVE, Membership.Status.PAUSED):
        return False
    if membership.ends_on and membership.ends_on <= last:
        return False
    return any(until is None or until > last for _first, until in held.granted)


def _parts(space: Space, left_on: date, now: datetime) -> Iterable[Part]:
    rows = Participation.objects.filter(space=space, left_at=None, campaign__in=Campaign.objects.running(now))
    ending = {row.campaign_id: row for row in rows}
    campaigns = Campaign.objects.running(now).filter(Q(organiser=space) | Q(pk__in=ending)).order_by("pk")
    tickets = with_state(Ticket.objects.filter(campaign__in=campaigns.values("pk")), now=now)
    unused = tickets.filter(state=State.UNUSED).order_by().values("campaign").annotate(count=Count("pk"))
    unused_of = dict(unused.values_list("campaign", "count"))
    standing = Participation.objects.standing().filter(space__in=Space.objects.in_federation(left_on))
    others = standing.exclude(space=space).filter(campaign__in=campaigns.values("pk")).order_by().values("campaign")
    others_of = dict(others.annotate(count=Count("pk")).values_list("campaign", "count"))
    for one in campaigns:
        yield Part(
            campaign=one,
            ends=ending.get(one.pk),
            is_own=one.organiser_id == space.pk,
            unused=unused_of.get(one.pk, 0),
            others=others_of.get(one.pk, 0),
        )


def _memberships(space: Space, left_on: date) -> Memberships:
    held = Q(status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED])
    ends = Q(ends_on__lt=left_on)
    counted = Membership.objects.filter(space=space).aggregate(
        going_on=Count("pk", filter=held & (Q(ends_on=None) | ~ends)),
        ending=Count("pk", filter=held & ends),
        applied=Count("pk", filter=Q(status=Membership.Status.APPLIED)),
    )
    return Memberships(**counted)


def _money(space: Space) -> Money:
    standing = balances(space)
    closed = set(Month.objects.filter(space=space).values_list("first_on", flat=True))
    return Money(
        open=sum(one.open for one in standing),
        debtors=sum(1 for one in standing if one.open),
        waiting=sum(one.waiting for one in standing),
        months=tuple(each.day for each in by_month(space) if each.day not in closed),
    )
