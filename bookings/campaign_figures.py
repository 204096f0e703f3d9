"""What a campaign brought: tickets issued, visits booked and made, who came again, and who joined where."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

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
    again: int = 0
    joined: int = 0


@dataclass(frozen=True)
class CampaignFigures:
    spaces: list[Figures]
    labels: list[Figures]
    total: Figures = field(default_factory=lambda: Figures(""))


def figures_of(campaign: Campaign, spaces: list[Space]) -> CampaignFigures:
    """The figures of a campaign at some spaces: seven queries, however much there is.

    A visit is booked unless it was cancelled in time. A person is a ticket, since each person has one of a campaign;
    who came again was at any space within 30 days after, who joined became a member of one of these spaces on the day
    of the visit or later. Whose account is erased is not found again.
    """
    visits = _visits(campaign, spaces)
    tickets = Ticket.objects.filter(campaign=campaign)
    issued = dict(tickets.order_by().values_list("label").annotate(Count("pk")))
    by_space = _counted(visits, "resource__space")
    by_label = _counted(visits, "ticket__label")
    joined = _joined(campaign, spaces)
    joined_at = dict(joined.values_list("space").annotate(Count("user", distinct=True)))
    joined_by = dict(joined.values_list("label").annotate(Count("user", distinct=True)))
    return CampaignFigures(
        spaces=[
            Figures(str(space), joined=joined_at.get(space.pk, 0), **by_space.get(space.pk, _NOTHING))
            for space in spaces
        ],
        labels=[
            Figures(label, issued=issued[label], joined=joined_by.get(label, 0), **by_label.get(label, _NOTHING))
            for label in sorted(issued)
        ],
        total=Figures(
            "",
            issued=sum(issued.values()),
            joined=joined.aggregate(people=Count("user", distinct=True))["people"],
            **visits.aggregate(**_COUNTS),
        ),
    )


_COUNTS: dict[str, Any] = {
    "booked": Count("pk"),
    "came": Count("pk", filter=Q(checked_in_at__isnull=False)),
    "again": Count("ticket", distinct=True, filter=Q(came_again=True)),
}
_NOTHING: dict[str, int] = dict.fromkeys(_COUNTS, 0)


def _visits(campaign: Campaign, spaces: list[Space]) -> QuerySet[Booking]:
    """Visits that were not cancelled in time, each with whether the person came again."""
    later = Booking.objects.filter(
        Q(person=OuterRef("person")) | Q(user=OuterRef("user")),
        checked_in_at__isnull=False,
        starts_at__gt=OuterRef("ends_at"),
        starts_at__lte=OuterRef("starts_at") + AGAIN_WITHIN,
    )
    visits = Booking.objects.drawn().filter(ticket__campaign=campaign, resource__space__in=spaces).order_by()
    return visits.annotate(came_again=Q(checked_in_at__isnull=False) & Exists(later))


def _counted(visits: QuerySet[Booking], by: str) -> dict[Any, dict[str, int]]:
    return {row.pop(by): row for row in visits.values(by).annotate(**_COUNTS)}


def _joined(campaign: Campaign, spaces: list[Space]) -> QuerySet[Any]:
    """Memberships at these spaces that began on or after a visit of the same person, with the ticket's label."""
    made = Booking.objects.filter(
        Q(user=OuterRef("user")) | Q(person=OuterRef("user__email")),
        ticket__campaign=campaign,
        checked_in_at__isnull=False,
    ).annotate(day=TruncDate("starts_at"))
    before = made.filter(day__lte=OuterRef("starts_on")).order_by("starts_at")
    rows = Membership.objects.filter(space__in=spaces, status__in=JOINED).order_by()
    return rows.annotate(label=Subquery(before.values("ticket__label")[:1])).filter(label__isnull=False)
