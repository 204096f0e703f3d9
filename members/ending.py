"""Ending a membership: with one of its months by the member, on any day by an operator; and taking the end back."""

from datetime import date, datetime

from django.db import transaction

from members import notices
from members.agreeing import agreed_on, cut_off, go_on, never_begin
from members.booths import booths_of, check_not_promised, offer_free
from members.costs import Cost, Course, lines_of_step
from members.dues import bill
from members.models import Membership, User
from members.models.membership import DAY
from members.refusals import refusal, refused_politely
from members.repricing import tell_again
from members.status import keep, locked, move_to
from notices.outbox import tell
from spaces.locks import lock_resources

MONTHS_OFFERED = 3


def ends_offered(membership: Membership, *, now: datetime) -> list[date]:
    """The last days that a member may choose from: of this month of the membership and the next ones."""
    day = max(membership.space.today(now), membership.starts_on)
    found = []
    for _month in range(MONTHS_OFFERED):
        period = membership.period_of(day)
        found.append(period.last)
        day = period.next_first
    return found


@transaction.atomic
def end(
    *, membership: Membership, last: date, by: User | None, why: str = "", by_operator: bool = False, now: datetime
) -> Membership:
    """End a membership after its `last` day. What was agreed for later goes; a booth is offered to the next in line.

    A member chooses the end of a month of the membership, an operator any day from today on, and today means at once.
    With a day before its first it never begins. Who wants to end later than they said takes the end back first.
    Raises ValidationError.
    """
    membership = locked(membership)
    today = membership.space.today(now)
    check_endable(membership, last, by_operator=by_operator, now=now)
    let = {row.plan for row in membership.agreed_plans.select_related("plan__space") if row.booth_id}
    if last < membership.starts_on:
        last = never_begin(membership)
    else:
        cut_off(membership, last)
    membership.ends_on = last
    if last < membership.starts_on or (by_operator and last == today):
        close(membership, by=by, why=why, now=now)
    else:
        keep(membership, by=by, why=why)
    tell(notices.ends(membership, by_operator=by_operator, now=now))
    # The booths of all plans at once, in the order of their keys.
    lock_resources([booth.pk for plan in let for booth in booths_of(plan)])
    for plan in let:
        offer_free(plan, now=now)
    bill(membership, today=today)
    return membership


def check_endable(membership: Membership, last: date, *, by_operator: bool, now: datetime) -> None:
    """Raise ValidationError if a membership can't end after that day."""
    if membership.status not in (Membership.Status.ACTIVE, Membership.Status.PAUSED):
        raise refusal("not_active", status=membership.get_status_display())
    today = membership.space.today(now)
    if last < today:
        raise refusal("ends_in_the_past")
    at_once = by_operator and last == today == membership.ends_on
    if membership.ends_on and last >= membership.ends_on and not at_once:
        raise refusal("ends_already", day=notices.day_in_words(membership.ends_on))
    if by_operator or last < membership.starts_on:
        return
    if membership.period_of(last).last != last:
        raise refusal("end_not_a_renewal", day=notices.day_in_words(membership.period_of(last).last))


def cost_of_end(membership: Membership, last: date, *, now: datetime) -> Cost:
    """What ending after a last day gives back: what is paid for days after it, and the fee if it never begins."""
    course, first_unused = Course.of(membership), max(last + DAY, membership.starts_on)
    today = membership.space.today(now)
    return Cost(tuple(lines_of_step(membership, first_unused, course, course.until(last), today=today)), None, 0)


def stay(*, membership: Membership, by: User | None, now: datetime) -> Membership:
    """Take a planned end back: the last agreed plan goes on. Raises ValidationError."""
    with refused_politely(), transaction.atomic():
        membership = locked(membership)
        last, stands = membership.ends_on, (Membership.Status.ACTIVE, Membership.Status.PAUSED)
        if last is None or last < membership.space.today(now) or membership.status not in stands:
            raise refusal("no_end_to_keep")
        agreed = agreed_on(membership, last)
        lock_resources(booth.pk for booth in booths_of(agreed.plan))
        check_not_promised(agreed)
        membership.ends_on = None
        go_on(membership)
        keep(membership, by=by)
        bill(membership, today=membership.space.today(now))
        tell(notices.stays(membership, now=now))
        tell_again(membership, by=by, now=now)
    return membership


def close(membership: Membership, *, by: User | None, why: str = "", now: datetime) -> None:
    """Move a locked membership whose last day is over, or is to be its last moment, to ended."""
    move_to(membership, Membership.Status.ENDED, by=by, why=why)
    membership.companions.standing().update(left_at=now)
