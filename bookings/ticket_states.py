"""How tickets stand, reckoned by the database from their visits: for lists, which ask it of many at a time."""

from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models import Booking
from bookings.visits import RENEWED_FOR
from spaces.today import today_at
from visas.models import Ticket


class State(TextChoices):
    """What a ticket is, in the order in which the first that is true is said."""

    BLOCKED = "blocked", pgettext_lazy("a ticket", "Blocked")
    USED_UP = "used_up", pgettext_lazy("a ticket", "Used up")
    STOPPED = "stopped", _("Campaign ended")
    EXPIRED = "expired", pgettext_lazy("a ticket", "Expired")
    HELD = "held", pgettext_lazy("a ticket", "Held")
    UNUSED = "unused", pgettext_lazy("a ticket", "Unused")


def with_state(tickets: QuerySet[Ticket], *, now: datetime) -> QuerySet[Any]:
    """Tickets with `drawn` (visits that are used), `last_day` (as `visits.good_until` says) and `state`."""
    of_each = Booking.objects.filter(ticket=OuterRef("pk")).order_by().values("ticket")
    drawn = Booking.objects.drawn().filter(ticket=OuterRef("pk")).order_by().values("ticket").annotate(n=Count("*"))
    by_space = of_each.filter(cancelled_by=Booking.Side.SPACE).annotate(last=Max("cancelled_at"))
    renewed = ExpressionWrapper(TruncDate(Subquery(by_space.values("last"))) + RENEWED_FOR, output_field=DateField())
    rows = tickets.annotate(
        drawn=Coalesce(Subquery(drawn.values("n"), output_field=IntegerField()), 0),
        # Days that are not there do not count (GREATEST of PostgreSQL).
        last_day=Greatest("campaign__ends_on", "extended_to", Cast(renewed, DateField())),
    )
    return rows.annotate(
        state=Case(
            When(blocked_at__isnull=False, then=Value(State.BLOCKED)),
            When(drawn__gte=F("campaign__visits_in_all"), then=Value(State.USED_UP)),
            When(campaign__stopped_at__isnull=False, then=Value(State.STOPPED)),
            When(Q(last_day__lt=today_at("campaign__organiser__timezone", now)), then=Value(State.EXPIRED)),
            When(person_key__isnull=False, then=Value(State.HELD)),
            default=Value(State.UNUSED),
            output_field=CharField(),
        )
    )
