"""What a person has used up already: first visits, room minutes of a plan, and what the limits of a space count."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper

from bookings.models import LIVE, Booking, BookingQuerySet
from members.models import Membership, User
from members.periods import Period
from members.person_key import person_key
from members.requests import Viewer
from spaces.models import Space
from visas.entry import UsedDay
from visas.models import Visa

# No period, no month and no week that can still be booked in has begun longer ago.
LOOKED_BACK = timedelta(days=33)

_IS_LIVE = ExpressionWrapper(LIVE, BooleanField())

_BEEN_HERE = """
SELECT space_id FROM bookings_firstvisit WHERE person_key = %s AND space_id = ANY(%s)
UNION
SELECT visit.space_id FROM bookings_firstvisit visit JOIN bookings_booking booking ON booking.id = booking_id
WHERE booking.user_id = %s AND visit.space_id = ANY(%s)
UNION
SELECT resource.space_id FROM bookings_booking booking JOIN spaces_resource resource ON resource.id = resource_id
WHERE booking.user_id = %s AND checked_in_at IS NOT NULL AND resource.space_id = ANY(%s)
"""


@dataclass(frozen=True)
class Taken:
    """One booking of the person's that counts; who cancelled late holds it no more, but has had its hours."""

    space_id: int
    starts_at: datetime
    ends_at: datetime
    is_live: bool = True


@dataclass(frozen=True)
class Used:
    """What one person has used; nothing is known of a visitor without an account."""

    # The spaces that the person has never visited, of those where a first visit is free.
    never_visited: frozenset[int] = frozenset()
    taken: tuple[Taken, ...] = ()
    # By membership: when a booking starts, and the minutes that it draws.
    minutes: dict[int, tuple[tuple[datetime, int], ...]] = field(default_factory=dict)

    def minutes_in(self, membership: Membership, period: Period, space: Space) -> int:
        """The room minutes that are drawn on a membership in one of its periods."""
        drawn = self.minutes.get(membership.pk, ())
        return sum(minutes for moment, minutes in drawn if period.first <= space.today(moment) <= period.last)


def used_by(
    user: Viewer,
    *,
    first_visits: Iterable[Space],
    limited: Iterable[Space],
    counted_down: Iterable[Membership],
    now: datetime,
    without: Booking | None = None,
) -> Used:
    """What a person has used at spaces with a free first visit or with limits, and on memberships that count down.

    A query for each of the three that is not empty; `without` leaves out the booking that is moved.
    """
    if user is None or not user.is_authenticated:
        return Used()
    # Where nothing is to be asked nothing is put together either: that took longer than the rest of a booking's quote.
    spaces, memberships = list(limited), list(counted_down)
    return Used(
        _never_visited(user, {space.pk for space in first_visits}, without),
        _taken(_recent(now, without).filter(user=user, resource__space__in=spaces)) if spaces else (),
        _drawn(_recent(now, without).filter(membership__in=memberships)) if memberships else {},
    )


def visa_days(
    visas: Iterable[Visa], hosts: Iterable[Space], *, now: datetime, without: Booking | None = None
) -> dict[tuple[int, int], tuple[UsedDay, ...]]:
    """The days of this month and this week, at least, that visas are used for at hosts, by visa and host: one query.

    Days that an earlier membership at the same home used count on. The guard of migration 0009_visa_guard counts the
    same.
    """
    zones = {host.pk: host.zone for host in hosts}
    of_person: dict[tuple[int, int], list[int]] = {}
    for visa in visas:
        of_person.setdefault((visa.membership.user_id, visa.membership.space_id), []).append(visa.pk)
    rows = _recent(now, without).filter(
        user__in={user for user, _home in of_person}, visa__isnull=False, resource__space__in=list(zones)
    )
    found: dict[tuple[int, int], tuple[UsedDay, ...]] = {}
    for user, home, host, starts_at, price in rows.values_list(
        "user_id", "visa__membership__space_id", "resource__space_id", "starts_at", "price"
    ):
        day = UsedDay(starts_at.astimezone(zones[host]).date(), price == 0)
        for key in of_person.get((user, home), ()):
            found[key, host] = (*found.get((key, host), ()), day)
    return found


def _recent(now: datetime, without: Booking | None) -> BookingQuerySet:
    recent = Booking.objects.drawn().filter(starts_at__gt=now - LOOKED_BACK)
    return recent.exclude(pk=without.pk) if without else recent


def _never_visited(user: User, spaces: set[int], without: Booking | None) -> frozenset[int]:
    if not spaces:
        return frozenset()
    keys = list(spaces)
    with connection.cursor() as cursor:
        cursor.execute(_BEEN_HERE, [person_key(user.email), keys, user.pk, keys, user.pk, keys])
        been = {pk for (pk,) in cursor.fetchall()}
    if without and without.basis == Booking.Basis.FIRST_VISIT:
        been.discard(without.resource.space_id)
    return frozenset(spaces - been)


def _taken(bookings: BookingQuerySet) -> tuple[Taken, ...]:
    return tuple(Taken(*row) for row in bookings.values_list("resource__space_id", "starts_at", "ends_at", _IS_LIVE))


def _drawn(bookings: BookingQuerySet) -> dict[int, tuple[tuple[datetime, int], ...]]:
    minutes: dict[int, tuple[tuple[datetime, int], ...]] = {}
    rows = bookings.filter(plan_minutes__gt=0).values_list("membership_id", "starts_at", "plan_minutes")
    for pk, starts_at, drawn_minutes in rows:
        minutes[pk] = (*minutes.get(pk, ()), (starts_at, drawn_minutes))
    return minutes
