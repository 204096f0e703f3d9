"""Bookings that a membership or its visa no longer covers: named before it changes, and cancelled with the change.

The acts of members/ write memberships only. Here each is joined, in one transaction, with what it does to bookings: who
ends, pauses or changes locks the whole space after the membership, so that nothing is booked by the old plan meanwhile.

What an operator does costs nobody a fee. Members who end, pause or change cancel their own bookings with it, and late
ones cost what they would cost if they were cancelled one by one; what has begun stays, as it can't be cancelled. Where
no page tells a fee before, a planned change taken back or a place in a booth given back, nothing is charged.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bookings.cancelling import as_cancelled, cancel
from bookings.models import Booking, BookingQuerySet
from bookings.pricelist import Held, held_of
from bookings.used import used_by
from bookings.visa_answers import withdraw_fallen
from members import changing, companions, ending, pausing
from members.models import Companion, Membership, Plan, User
from members.periods import Period
from members.status import locked
from spaces.house import day_of, house_of
from spaces.locks import lock_space
from visas.holding import visa_of

# Set while an act is only looked at: its bookings are named, at a price that does not grow with them.
_only_looking: ContextVar[bool] = ContextVar("only_looking", default=False)


def uncovered(membership: Membership, *, now: datetime) -> list[Booking]:
    """The bookings to come that draw on a membership, or on its visa, and that it covers no more, the next first."""
    coming = list(_to_come(membership, now))
    here = _uncovered_here(membership, [one for one in coming if one.visa_id is None], now)
    elsewhere = _uncovered_elsewhere(membership, [one for one in coming if one.visa_id is not None])
    return sorted([*here, *elsewhere], key=lambda one: (one.starts_at, one.pk))


def _uncovered_here(membership: Membership, bookings: list[Booking], now: datetime) -> list[Booking]:
    if not bookings:
        return []
    held = held_of(membership)
    users = {membership.user_id, *membership.companions.standing().values_list("user", flat=True)}
    calendar = house_of(membership.space, today=membership.space.today(now)).calendar
    return [
        one for one in bookings if one.user_id not in users or not _covers(held, one, day_of(calendar, one.starts_at))
    ]


def _uncovered_elsewhere(membership: Membership, visits: list[Booking]) -> list[Booking]:
    """Of visits by the visa of a membership those on days on which it is not valid any more."""
    held = visa_of(membership) if visits else None
    if held is None:
        return []
    return [one for one in visits if not held.is_valid_on(one.resource.space.today(one.starts_at))]


def beyond_included(membership: Membership, *, gone: Sequence[Booking] = (), now: datetime) -> list[Booking]:
    """The bookings to come with more room hours than the plan of their day includes in their month, the last first.

    Those that are `gone` count no more. Nobody's plan shrinks but by changing it: a new price with fewer hours leaves
    what is booked as it is.
    """
    left = {one.pk for one in gone}
    bookings = [one for one in _to_come(membership, now).filter(plan_minutes__gt=0).reverse() if one.pk not in left]
    if not bookings:
        return []
    space, held = membership.space, held_of(membership)
    used = used_by(membership.user, first_visits=[], limited=[], counted_down=[membership], now=now)
    over: dict[tuple[Period, int], int] = {}
    fallen = []
    for one in bookings:
        day = space.today(one.starts_at)
        agreed, period = held.on(day), membership.period_of(day)
        included = agreed.row.room_minutes if agreed else 0
        given_back = sum(
            other.plan_minutes for other in gone if period.first <= space.today(other.starts_at) <= period.last
        )
        over.setdefault((period, included), used.minutes_in(membership, period, space) - given_back - included)
        if over[period, included] > 0:
            over[period, included] -= one.plan_minutes
            fallen.append(one)
    return fallen


def _to_come(membership: Membership, now: datetime) -> BookingQuerySet:
    drawn = Q(membership=membership) | Q(visa__membership=membership)
    upcoming = Booking.objects.upcoming(now).filter(drawn, checked_in_at__isnull=True)
    return upcoming.select_related("resource__space", "user", "plan")


def _lock_to_come(membership: Membership, now: datetime) -> None:
    """Lock what may be cancelled, in the order of its keys: acts bill, and bookings are locked before money is."""
    list(_to_come(membership, now).order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))


def _covers(held: Held, booking: Booking, day: date) -> bool:
    agreed = held.on(day) if held.membership.is_live else None
    if agreed is None:
        return False
    return agreed.opens(booking.resource) or bool(booking.plan_minutes and agreed.row.room_minutes)


def end(
    *, membership: Membership, last: date, by: User | None, why: str = "", by_operator: bool = False, now: datetime
) -> list[Booking]:
    """`members.ending.end`, and the bookings after it are cancelled; those."""
    return _cancelling(
        membership,
        lambda: ending.end(membership=membership, last=last, by=by, why=why, by_operator=by_operator, now=now),
        member=None if by_operator else by,
        now=now,
    )


def pause(
    *,
    membership: Membership,
    first: date,
    last: date | None,
    by: User | None,
    why: str = "",
    by_operator: bool = False,
    now: datetime,
) -> list[Booking]:
    """`members.pausing.pause`, and the bookings within it are cancelled; those."""
    return _cancelling(
        membership,
        lambda: pausing.pause(
            membership=membership, first=first, last=last, by=by, why=why, by_operator=by_operator, now=now
        ),
        member=None if by_operator else by,
        now=now,
    )


def change_plan(
    *,
    membership: Membership,
    plan: Plan,
    day: date,
    by: User | None,
    why: str = "",
    by_operator: bool = False,
    now: datetime,
) -> list[Booking]:
    """`members.changing.change_plan`, and the bookings that the new plan does not cover are cancelled; those."""
    return _cancelling(
        membership,
        lambda: changing.change_plan(membership=membership, plan=plan, day=day, by=by, why=why, now=now),
        member=None if by_operator else by,
        recount=True,
        now=now,
    )


def stay_on_plan(*, membership: Membership, by: User | None, now: datetime) -> list[Booking]:
    """`members.changing.stay_on_plan`, and what was booked by the plan that does not come is cancelled; those."""
    return _cancelling(
        membership,
        lambda: changing.stay_on_plan(membership=membership, by=by, now=now),
        recount=True,
        now=now,
    )


def leave(*, companion: Companion, now: datetime) -> list[Booking]:
    """`members.companions.leave`, and the companion's bookings by the tenant's plan are cancelled; those."""
    return _cancelling(companion.membership, lambda: companions.leave(companion=companion, now=now).membership, now=now)


@transaction.atomic
def preview(membership: Membership, act: Callable[[], list[Booking]]) -> list[Booking]:
    """Which bookings an act would cancel, with the fees that would be due; nothing of it stays.

    Raises what the act raises.
    """
    point = transaction.savepoint()
    looking = _only_looking.set(True)
    try:
        return act()
    finally:
        _only_looking.reset(looking)
        transaction.savepoint_rollback(point)


@transaction.atomic
def _cancelling(
    membership: Membership,
    act: Callable[[], Membership],
    *,
    member: User | None = None,
    recount: bool = False,
    now: datetime,
) -> list[Booking]:
    locked(membership)
    lock_space(membership.space)
    _lock_to_come(membership, now)
    changed = act()
    fallen = uncovered(changed, now=now)
    if recount:
        fallen += beyond_included(changed, gone=fallen, now=now)
    fallen.sort(key=lambda one: (one.starts_at, one.pk))
    own = {one.pk for one in fallen if member and one.user_id == member.pk}
    step = as_cancelled if _only_looking.get() else cancel
    done = [
        step(booking=one, by=Booking.Side.PERSON if one.pk in own else Booking.Side.SPACE, now=now)
        for one in fallen
        if not (one.pk in own and one.has_begun_at(now))
    ]
    withdraw_fallen(changed, now=now)
    return done
