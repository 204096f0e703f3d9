"""Joining a space: at once where it is open, by an application where an operator decides."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from members import notices
from members.booths import START_WITHIN, booths_of, offer_of, take
from members.costs import renewal_day_of
from members.dues import bill
from members.models import AgreedPlan, Membership, Plan, Question, User
from members.refusals import refusal, refused_politely
from members.settling import settle
from members.status import keep
from notices.outbox import tell
from spaces.locks import lock_resources
from spaces.models import Space

ANSWER_LENGTH = 2000


def join(
    *,
    user: User,
    plan: Plan,
    starts_on: date,
    answers: Mapping[int, str | bool],
    by: User | None = None,
    now: datetime,
) -> Membership:
    """Join a plan from a day on; `answers` by the keys of the space's questions, `by` whoever signs the person up.

    The membership is active where the space is open, and applied for where an operator decides. A booth is taken at
    once, or reserved if it was offered to the person. Raises ValidationError with every reason against it.
    """
    space = plan.space
    given = check_wish(plan, starts_on, answers, now=now)
    with refused_politely(space=space.name), transaction.atomic():
        live = Membership.objects.live().filter(user=user, space=space)
        for over in live.filter(ends_on__lt=space.today(now)):
            # The work of midnight has not come to it yet.
            settle(over, now=now)
        if live.exists():
            raise refusal("live_already", space=space.name)
        if plan.kind == Plan.Kind.BOOTH:
            # Before the membership comes to be: an import of members that holds the booths would wait for it.
            lock_resources(booth.pk for booth in booths_of(plan))
        membership = Membership(
            user=user,
            space=space,
            status=Membership.Status.APPLIED if space.takes_applications else Membership.Status.ACTIVE,
            starts_on=starts_on,
            renewal_day=renewal_day_of(plan, starts_on),
            applied_at=now,
            answers=given,
        )
        keep(membership, by=by or user)
        agreed = AgreedPlan.of(plan, membership=membership, starts_on=starts_on, told_at=now)
        if plan.kind == Plan.Kind.BOOTH and _gets_a_booth(membership, plan, now):
            agreed.booth = take(plan, starts_on, user, now=now)
        agreed.save(force_insert=True)
        if membership.status == Membership.Status.ACTIVE:
            bill(membership, today=space.today(now))
        told = notices.applied if space.takes_applications else notices.joined
        tell(told(membership, now=now))
    return membership


def check_wish(
    plan: Plan, starts_on: date, answers: Mapping[int, str | bool], *, now: datetime
) -> list[dict[str, str | bool]]:
    """The questions as asked with their answers; raises ValidationError with every reason against joining so."""
    problems = [*plan_problems(plan, now), *start_problems(plan.space, starts_on, now)]
    given = []
    for question in plan.space.questions.all():
        answer = answers.get(question.pk, "")
        problems += answer_problems(question, answer)
        given.append({"kind": question.kind, "asked": question.text, "answer": answer})
    if problems:
        raise ValidationError(problems)
    return given


def plan_problems(plan: Plan, now: datetime) -> Iterable[ValidationError]:
    """What is against a membership on a plan, whoever wants it."""
    today = plan.space.today(now)
    if plan.is_visit:
        yield refusal("by_the_visit", plan=plan.name)
    elif not plan.is_sold_on(today):
        yield refusal("not_sold", plan=plan.name)
    if not plan.space.is_in_federation(today):
        yield refusal("left_federation", space=plan.space.name)


def start_problems(space: Space, starts_on: date, now: datetime) -> Iterable[ValidationError]:
    """What is against a first day: past, too far ahead, or when the space will have left the federation."""
    today = space.today(now)
    if starts_on < today:
        yield refusal("starts_in_the_past")
    elif space.last_day and today <= space.last_day < starts_on:
        yield refusal("starts_after_leaving", space=space.name, day=notices.day_in_words(space.last_day))
    elif starts_on > today + START_WITHIN:
        yield refusal("starts_too_late", day=notices.day_in_words(today + START_WITHIN))


def answer_problems(question: Question, answer: str | bool) -> Iterable[ValidationError]:
    """What is against an answer to a space's question."""
    if question.kind == Question.Kind.AGREEMENT:
        if question.is_required and answer is not True:
            yield refusal("not_agreed", space=question.space.name, question=question.text)
    elif question.is_required and not str(answer).strip():
        yield refusal("unanswered", question=question.text)
    elif len(str(answer)) > ANSWER_LENGTH:
        yield refusal("answer_too_long", length=ANSWER_LENGTH)


def _gets_a_booth(membership: Membership, plan: Plan, now: datetime) -> bool:
    if membership.status == Membership.Status.ACTIVE:
        return True
    return offer_of(membership.user, plan, now=now) is not None
