"""Changing the plan of a membership: today, with the difference prorated, or when it renews."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from members import notices
from members.agreeing import agree_from, agreed_on, go_on
from members.booths import booths_of, check_not_promised, offer_free, offer_of, take
from members.costs import Cost, Course, going_on, lines_of_step
from members.dues import bill
from members.joining import plan_problems
from members.models import AgreedPlan, Membership, Plan, User
from members.pausing import planned_pause
from members.refusals import refusal, refused_politely
from members.repricing import tell_again
from members.status import check_active, keep, locked
from notices.outbox import tell
from spaces.locks import lock_resources


def change_days(membership: Membership, *, now: datetime) -> list[date]:
    """The days on which a plan may change: today, once the membership has begun, and the next renewal."""
    today = membership.space.today(now)
    first = max(today, membership.starts_on)
    return [first, membership.period_of(first).next_first]


def change_plan(
    *, membership: Membership, plan: Plan, day: date, by: User | None, why: str = "", now: datetime
) -> Membership:
    """Put a membership on another plan of its space from `day` on, at that plan's price of now.

    A booth is taken with the new plan, and one that is given up goes to the next in line. Raises ValidationError.
    """
    with refused_politely(), transaction.atomic():
        membership = locked(membership)
        check_changeable(membership, plan, day, now=now)
        old = agreed_on(membership, day)
        new = AgreedPlan.of(plan, told_at=now)
        # Of two plans agreed to on one day only the second stays: it keeps the fee of the first.
        new.sign_up_fee = max(new.sign_up_fee, fee_paid(membership))
        # Both plans' booths at once, in the order of their keys.
        lock_resources([booth.pk for each in (old.plan, plan) for booth in booths_of(each)])
        if plan.kind == Plan.Kind.BOOTH:
            new.booth = take(plan, day, membership.user, now=now)
        _check_companions(membership, new)
        agree_from(membership, day, new)
        keep(membership, by=by, why=why)
        bill(membership, today=membership.space.today(now))
        tell(notices.plan_changed(membership, new, now=now))
        if old.booth_id:
            offer_free(old.plan, now=now)
    return membership


def check_changeable(membership: Membership, plan: Plan, day: date, *, now: datetime) -> None:
    """Raise ValidationError if a membership can't change to a plan on a day."""
    check_active(membership)
    today = membership.space.today(now)
    if plan.space_id != membership.space_id:
        raise refusal("not_sold", plan=plan.name)
    problems = list(plan_problems(plan, now))
    if problems:
        raise ValidationError(problems)
    if planned_pause(membership, today):
        raise refusal("paused_already")
    planned = planned_change(membership, today)
    if planned:
        raise refusal("change_planned", day=notices.day_in_words(planned.starts_on))
    if agreed_on(membership, day).plan_id == plan.pk:
        raise refusal("same_plan")
    days = change_days(membership, now=now)
    offer = offer_of(membership.user, plan, now=now)
    # A booth that is kept for the member may come free on a day between two renewals, or long after the next.
    if day not in days and not (offer and offer.free_from == day):
        raise refusal("change_not_then", day=notices.day_in_words(days[-1]))
    if membership.ends_on and day > membership.ends_on:
        raise refusal("past_the_end", day=notices.day_in_words(membership.ends_on))


def cost_of_change(membership: Membership, plan: Plan, day: date, *, now: datetime) -> Cost:
    """What changing to a plan on a day costs: the difference for the days left of the period, as far as it is paid."""
    course = Course.of(membership)
    new = AgreedPlan.of(plan, starts_on=day, ends_on=membership.ends_on)
    new.sign_up_fee = max(new.sign_up_fee, fee_paid(membership))
    today = membership.space.today(now)
    lines = lines_of_step(membership, day, course, course.then(new), today=today, fees_by=max(today, day))
    return going_on(lines, membership.period_of(day), plan.price, membership.ends_on)


def fee_paid(membership: Membership) -> int:
    """The highest sign-up fee that a membership has agreed to, in yen: only what goes beyond it is taken again."""
    return membership.agreed_plans.aggregate(highest=Max("sign_up_fee"))["highest"] or 0


def planned_change(membership: Membership, today: date) -> AgreedPlan | None:
    """The other plan that a membership is to change to, if one is planned."""
    now_on = agreed_on(membership, today)
    coming = membership.agreed_plans.filter(starts_on__gt=max(today, now_on.starts_on)).exclude(plan=now_on.plan_id)
    return coming.select_related("plan", "booth").order_by("starts_on").first()


def stay_on_plan(*, membership: Membership, by: User | None, now: datetime) -> Membership:
    """Take a planned change back: the plan of now goes on. Raises ValidationError."""
    with refused_politely(), transaction.atomic():
        membership = locked(membership)
        check_active(membership)
        today = membership.space.today(now)
        planned = planned_change(membership, today)
        if planned is None:
            raise refusal("no_change_planned")
        kept = agreed_on(membership, today)
        lock_resources([booth.pk for each in (kept.plan, planned.plan) for booth in booths_of(each)])
        check_not_promised(kept)
        if kept.booth_id and planned_pause(membership, today):
            # It was planned for the time after the booth.
            raise refusal("paused_already")
        membership.agreed_plans.filter(starts_on__gte=planned.starts_on).delete()
        go_on(membership)
        keep(membership, by=by)
        bill(membership, today=today)
        tell(notices.plan_changed(membership, agreed_on(membership, today), now=now))
        tell_again(membership, by=by, now=now)
        if planned.booth_id:
            offer_free(planned.plan, now=now)
    return membership


def _check_companions(membership: Membership, new: AgreedPlan) -> None:
    too_many = membership.companions.standing().count() - new.seats_for_companions
    if too_many > 0:
        raise refusal("too_many_companions", count=too_many)
