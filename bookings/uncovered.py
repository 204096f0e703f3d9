"""Bookings that a membership no longer covers: named before it changes, and cancelled with the change.

The acts of members/ write memberships only. Here each is joined, in one transaction, with what it does to bookings: who
ends, pauses or changes locks the whole space after the membership, so that nothing is booked by the old plan meanwhile.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.pricelist import Held, held_of
from members import changing, ending, pausing
from members.models import Membership, Plan, User
from members.status import locked
from spaces.house import day_of, house_of
from spaces.locks import lock_space


def uncovered(membership: Membership, *, now: datetime) -> list[Booking]:
    """The bookings to come that draw on a membership and that it does not cover any more, the next first."""
    upcoming = Booking.objects.upcoming(now).filter(membership=membership, checked_in_at__isnull=True)
    bookings = list(upcoming.select_related("resource__space", "user", "plan"))
    if not bookings:
        return []
    held = held_of(membership)
    calendar = house_of(membership.space, today=membership.space.today(now)).calendar
    return [one for one in bookings if not _covers(held, one, day_of(calendar, one.starts_at))]


def _covers(held: Held, booking: Booking, day: date) -> bool:
    agreed = held.on(day) if held.membership.is_live else None
    if agreed is None:
        return False
    return booking.resource_id in agreed.opens or bool(booking.plan_minutes and agreed.row.room_minutes)


def end(
    *, membership: Membership, last: date, by: User | None, why: str = "", by_operator: bool = False, now: datetime
) -> list[Booking]:
    """`members.ending.end`, and the bookings after it are cancelled; those."""
    return _cancelling(
        membership,
        lambda: ending.end(membership=membership, last=last, by=by, why=why, by_operator=by_operator, now=now),
        by_operator=by_operator,
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
        by_operator=by_operator,
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
        by_operator=by_operator,
        now=now,
    )


@transaction.atomic
def preview(membership: Membership, act: Callable[[], list[Booking]]) -> list[Booking]:
    """Which bookings an act would cancel; nothing of it stays. Raises what the act raises."""
    point = transaction.savepoint()
    try:
        return act()
    finally:
        transaction.savepoint_rollback(point)


@transaction.atomic
def _cancelling(
    membership: Membership, act: Callable[[], Membership], *, by_operator: bool, now: datetime
) -> list[Booking]:
    locked(membership)
    lock_space(membership.space)
    changed = act()
    fallen = uncovered(changed, now=now)
    for booking in fallen:
        # The person gives the seat back early, and the space has no claim: it costs nobody anything.
        cancel(booking=booking, by=Booking.Side.SPACE, now=now)
    return fallen
