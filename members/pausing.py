"""Pausing a membership and coming back: while it rests it lets nobody in and costs nothing."""

from datetime import date, datetime

from django.db import transaction

from members import notices
from members.agreeing import agreed_on
from members.costs import NOTHING, Cost, Course, going_on, is_begun, lines_of_step
from members.dues import bill
from members.models import Membership, Pause, User
from members.models.membership import DAY
from members.refusals import refusal
from members.status import check_active, keep, locked, move_to
from notices.outbox import tell


@transaction.atomic
def pause(
    *,
    membership: Membership,
    first: date,
    last: date | None,
    by: User | None,
    why: str = "",
    by_operator: bool = False,
    now: datetime,
) -> Membership:
    """Let a membership rest from `first` to `last`, or until it is resumed.

    A member pauses from a renewal on, when what is paid is used up; an operator from any day on. The day of renewal
    stays what it is. Raises ValidationError.
    """
    membership = locked(membership)
    check_pausable(membership, first, last, by_operator=by_operator, now=now)
    # One that was planned for days after the membership's end, which would count if that is taken back, gives way.
    others = membership.pauses.exclude(ends_on__lt=first)
    (others.filter(starts_on__lte=last) if last else others).delete()
    Pause.objects.create(membership=membership, starts_on=first, ends_on=last)
    if first <= membership.space.today(now):
        move_to(membership, Membership.Status.PAUSED, by=by, why=why)
    else:
        keep(membership, by=by, why=why)
    bill(membership, today=membership.space.today(now))
    tell(notices.paused(membership, now=now))
    return membership


def check_pausable(membership: Membership, first: date, last: date | None, *, by_operator: bool, now: datetime) -> None:
    """Raise ValidationError if a membership can't rest on these days."""
    check_active(membership)
    today = membership.space.today(now)
    in_booth = membership.agreed_plans.filter(booth__isnull=False).exclude(ends_on__lt=first)
    if (in_booth.filter(starts_on__lte=last) if last else in_booth).exists():
        raise refusal("booth_cannot_pause")
    if planned_pause(membership, today):
        raise refusal("paused_already")
    begun = max(today, membership.starts_on)
    if by_operator and first < begun:
        raise refusal("pause_too_early", day=notices.day_in_words(begun))
    earliest = earliest_pause(membership, now=now)
    if not by_operator and (first < earliest or membership.period_of(first).first != first):
        raise refusal("pause_starts_at_renewal", day=notices.day_in_words(earliest))
    if last is not None and last < first:
        raise refusal("pause_ends_before_it_starts")
    if membership.ends_on and first > membership.ends_on:
        raise refusal("past_the_end", day=notices.day_in_words(membership.ends_on))


def cost_of_pause(membership: Membership, first: date, last: date | None, *, now: datetime) -> Cost:
    """What a pause gives back of a month that is paid: nothing where it begins with a new one."""
    today = membership.space.today(now)
    if not is_begun(membership, membership.period_of(first), today=today):
        return NOTHING
    course = Course.of(membership)
    after = course.resting(Pause(starts_on=first, ends_on=last))
    return Cost(tuple(lines_of_step(membership, first, course, after, today=today)), None, 0)


def cost_of_resume(membership: Membership, day: date, *, now: datetime) -> Cost:
    """What coming back from a pause on a day costs: nothing where the pause has not begun, and is taken back."""
    today = membership.space.today(now)
    rest = planned_pause(membership, today)
    if rest is None or rest.starts_on > today:
        return NOTHING
    course = Course.of(membership)
    lines = lines_of_step(membership, day, course, course.resumed(rest, day), today=today)
    return going_on(lines, membership.period_of(day), agreed_on(membership, day).price, membership.ends_on)


def cost_of_going_on(membership: Membership, first: date, last: date, *, now: datetime) -> Cost:
    """What is due on the day after a pause that is thought of: the days up to the next renewal.

    Nothing where these days are paid already, as the pause begins within a month that is.
    """
    day, today = last + DAY, membership.space.today(now)
    after = Course.of(membership).resting(Pause(starts_on=first, ends_on=last))
    lines = lines_of_step(membership, day, after, after, today=today)
    return going_on(lines, membership.period_of(day), agreed_on(membership, day).price, membership.ends_on)


def earliest_pause(membership: Membership, *, now: datetime) -> date:
    """The first day on which a member's own pause may begin: the next renewal."""
    day = max(membership.space.today(now), membership.starts_on)
    return membership.period_of(day).next_first


def planned_pause(membership: Membership, today: date) -> Pause | None:
    """The pause that holds today, or is to come before the membership ends."""
    last = membership.ends_on
    coming = (rest for rest in membership.pauses.all() if rest.ends_on is None or rest.ends_on >= today)
    return next((rest for rest in coming if last is None or rest.starts_on <= last), None)


@transaction.atomic
def resume(*, membership: Membership, day: date, by: User | None, why: str = "", now: datetime) -> Membership:
    """Come back from a pause on a day, today at the earliest; a pause that has not begun is taken back.

    Raises ValidationError.
    """
    membership = locked(membership)
    today = membership.space.today(now)
    rest = planned_pause(membership, today)
    if rest is None or membership.status not in (Membership.Status.ACTIVE, Membership.Status.PAUSED):
        raise refusal("not_paused")
    if day < today:
        raise refusal("resumes_in_the_past")
    if rest.ends_on and day > rest.ends_on:
        raise refusal("resumes_by_itself", day=notices.day_in_words(rest.ends_on + DAY))
    if membership.ends_on and day > membership.ends_on:
        raise refusal("past_the_end", day=notices.day_in_words(membership.ends_on))
    if day <= rest.starts_on or rest.starts_on > today:
        rest.delete()
    else:
        rest.ends_on = day - DAY
        rest.save(update_fields=["ends_on"])
    if membership.status == Membership.Status.PAUSED and (day <= today):
        move_to(membership, Membership.Status.ACTIVE, by=by, why=why)
    else:
        keep(membership, by=by, why=why)
    bill(membership, today=today)
    tell(notices.resumed(membership, day=day, now=now))
    return membership
