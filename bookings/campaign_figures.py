"""What a campaign brought: tickets issued, visits booked and made, who came again, and who joined where."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from bookings.models import Booking
from members.models import Membership
from spaces.models import Space
from visas.models import Campaign, Ticket

AGAIN_WITHIN = timedelta(days=30)
# Who has applied and was declined, or nobody has decided yet, has not joined.
JOINED = [Membership.Status.ACTIVE, Membership.Status.PAUSED, Membership.Status.ENDED]


@dataclass
class Figures:
    """Of one space, one label, or all: visits booked and made; people who came again, and who joined."""

    name: str
    issued: int = 0
    booked: int = 0
    came: int = 0
    people_again: set[int] = field(default_factory=set)
    people_joined: set[int] = field(default_factory=set)

    @property
    def again(self) -> int:
        return len(self.people_again)

    @property
    def joined(self) -> int:
        return len(self.people_joined)


@dataclass(frozen=True)
class CampaignFigures:
    spaces: list[Figures]
    labels: list[Figures]
    total: Figures


class _Visit(NamedTuple):
    ticket: int
    space: int
    label: str
    person: str | None
    user: int | None
    starts_at: datetime
    came_at: datetime | None


def figures_of(campaign: Campaign, spaces: list[Space]) -> CampaignFigures:
    """The figures of a campaign at some spaces: four queries.

    A visit is booked unless it was cancelled in time. A person is a ticket, since each person has one of a campaign;
    who came again was at any space, by any right, within 30 days after; who joined became a member of one of these
    spaces on the day of a visit or later. Whose address is erased is not found again.
    """
    issued = dict(Ticket.objects.filter(campaign=campaign).order_by("label").values_list("label").annotate(Count("pk")))
    at = {space.pk: Figures(str(space)) for space in spaces}
    by = {label: Figures(label, issued=count) for label, count in issued.items()}
    total = Figures("", issued=sum(issued.values()))
    visits = _visits(campaign)
    later = _arrivals(campaign)
    for visit in visits:
        if visit.space not in at:
            continue
        for figures in (at[visit.space], by[visit.label], total):
            figures.booked += 1
            figures.came += visit.came_at is not None
            if visit.came_at and any(_is_again(visit, other) for key in _keys(visit) for other in later[key]):
                figures.people_again.add(visit.ticket)
    for visit, space in _joined(visits, campaign, list(at)):
        for figures in (at[space], by[visit.label], total):
            figures.people_joined.add(visit.ticket)
    return CampaignFigures(list(at.values()), list(by.values()), total)


def _visits(campaign: Campaign) -> list[_Visit]:
    """Visits that were not cancelled in time, at all spaces, the first first."""
    rows = Booking.objects.drawn().filter(ticket__campaign=campaign).order_by("starts_at", "pk")
    names = ("ticket", "resource__space", "ticket__label", "person", "user", "starts_at", "checked_in_at")
    return [_Visit(*row) for row in rows.values_list(*names)]


def _arrivals(campaign: Campaign) -> dict[str | int, list[datetime]]:
    """When the people of a campaign came anywhere, by address and by account."""
    own = Booking.objects.filter(ticket__campaign=campaign).order_by()
    people = Q(person__in=own.filter(person__isnull=False).values("person"))
    people |= Q(user__in=own.filter(user__isnull=False).values("user"))
    found: dict[str | int, list[datetime]] = defaultdict(list)
    came = Booking.objects.filter(people, checked_in_at__isnull=False).order_by()
    for person, user, starts_at in came.values_list("person", "user", "starts_at"):
        for key in (person, user):
            if key is not None:
                found[key].append(starts_at)
    return found


def _joined(visits: list[_Visit], campaign: Campaign, spaces: list[int]) -> Iterable[tuple[_Visit, int]]:
    """The first visit of each who became a member at one of these spaces then or later, and where."""
    first: dict[str | int, _Visit] = {}
    for visit in visits:
        if visit.came_at:
            for key in _keys(visit):
                first.setdefault(key, visit)
    own = Booking.objects.filter(ticket__campaign=campaign).order_by()
    people = Q(user__email__in=own.filter(person__isnull=False).values("person"))
    people |= Q(user__in=own.filter(user__isnull=False).values("user"))
    members = Membership.objects.filter(people, space__in=spaces, status__in=JOINED).order_by()
    for user, email, space, starts_on in members.values_list("user", "user__email", "space", "starts_on"):
        by = first.get(user) or first.get(email)
        if by and starts_on and starts_on >= timezone.localdate(by.starts_at):
            yield by, space


def _keys(visit: _Visit) -> list[str | int]:
    return [key for key in (visit.person, visit.user) if key is not None]


def _is_again(visit: _Visit, other: datetime) -> bool:
    """Whether somebody came on a later day, and within a month."""
    is_later = timezone.localdate(other) > timezone.localdate(visit.starts_at)
    return is_later and other <= visit.starts_at + AGAIN_WITHIN
