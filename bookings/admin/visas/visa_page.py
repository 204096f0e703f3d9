"""What the page of a visa tells its home: days by host and month, own visits, changes, and who looked at it.

Where a member was on which day, at which price, and whether they came, is the host's to know (design rule 8).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest

from bookings.admin.scope import may_at, signed_in
from bookings.models import Booking
from bookings.revoking import falling_with
from bookings.visa_balance import last_months
from members.roles import spaces_where
from spaces.models import Space
from visas.models import Showing, Visa

VISITS_SHOWN = 20
CHANGES_SHOWN = 50
LOOKS_SHOWN = 20

# Days that count as used: of visits that were not cancelled in time, by the calendar of each host.
_DAYS = """
SELECT resource.space_id, date_trunc('month', local.day)::date, count(DISTINCT local.day)
FROM bookings_booking booking
JOIN spaces_resource resource ON resource.id = booking.resource_id
JOIN spaces_space host ON host.id = resource.space_id
CROSS JOIN LATERAL (SELECT (booking.starts_at AT TIME ZONE host.timezone)::date AS day) local
WHERE booking.visa_id = %s AND (cancelled_at IS NULL OR cancelled_late) AND local.day >= %s
GROUP BY 1, 2 ORDER BY 2 DESC, 1
"""


class MonthAt(NamedTuple):
    """How many days of a month, by its first day, a visa is used for at a host."""

    month: date
    host: Space
    days: int


class FallingDay(NamedTuple):
    """How many visits of a day at a host would fall with a visa."""

    day: date
    host: Space
    visits: int


def page_of(request: HttpRequest, visa: Visa, *, now: datetime) -> dict[str, Any]:
    """All of the page but the visa's own fields: a fixed number of queries."""
    home = visa.membership.space
    return {
        "visa": visa,
        "may_change": may_at(request, home.pk, "change", Visa._meta.label_lower),
        "months": months_of(visa, last_months(home.today(now))[-1]),
        "visits": Paginator(_own_visits(request, visa), VISITS_SHOWN).get_page(request.GET.get("visits")),
        "changes": list(visa.history.select_related("history_user")[:CHANGES_SHOWN]),
        "looks": _looks(request, visa),
    }


def months_of(visa: Visa, first: date) -> list[MonthAt]:
    """The days that a visa is used for from a day on, by month and host, those to come too: two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [visa.pk, first])
        rows = cursor.fetchall()
    hosts = Space.objects.in_bulk({host for host, _month, _days in rows})
    return [MonthAt(month, hosts[host], days) for host, month, days in rows]


def falling_days(visa: Visa, *, now: datetime) -> Sequence[FallingDay]:
    """The visits that would fall with a visa, by day and host, the next first: one query."""
    visits = falling_with(visa, now=now).select_related("resource__space")
    counted = Counter((one.resource.space.today(one.starts_at), one.resource.space) for one in visits)
    return [FallingDay(day, host, count) for (day, host), count in counted.items()]


def _own_visits(request: HttpRequest, visa: Visa) -> Any:
    """The visits at the spaces where the person sees bookings."""
    user = signed_in(request)
    visits = Booking.objects.filter(visa=visa).select_related("resource__space").order_by("-starts_at", "-pk")
    if user.is_superuser:
        return visits
    return visits.filter(resource__space__in=spaces_where(user.roles, "view", Booking._meta.label_lower))


def _looks(request: HttpRequest, visa: Visa) -> list[Showing] | None:
    """The last looks at a visa; None for who may not know of them."""
    if not may_at(request, visa.membership.space_id, "view", Showing._meta.label_lower):
        return None
    return list(visa.showings.select_related("shown_to").order_by("-shown_at", "-pk")[:LOOKS_SHOWN])
