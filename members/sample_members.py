"""Sample memberships, so that a newcomer's lists, booths and to-do list have something in them. Invented people."""

from datetime import date, datetime, timedelta

from members import booths, companions, ending, joining
from members.costs import renewal_day_of
from members.models import AgreedPlan, Membership, Plan, Question, User
from spaces.models import Resource, Space

# Who is a member where since how many days: the number of the sample visitor, the space, the plan in the file.
MEMBERS = [
    (0, "koharubiyori", "フリーパス", 150),
    (1, "koharubiyori", "フリーパス", 80),
    (2, "dorinoki", "フレックス利用", 200),
    (3, "dorinoki", "フレックス利用", 12),
    (4, "dorinoki", "ワークブース（2人用）", 100),
    (6, "dorinoki", "ワークブース（4人用）", 300),
    (8, "garage-labs", "登録会員", 60),
]
COMPANION_OF, COMPANION, LEAVES, WAITS, APPLIES = 4, 5, 1, 7, 9
BILLED_FOR = timedelta(days=70)
STATEMENT = "（見本）地域の店の通販サイトをつくり、仲間を増やしたいです。"


def load_members(people: list[User], *, now: datetime) -> int:
    """Make sample memberships of the sample visitors, once, by the acts that everybody uses; how many."""
    slugs = {slug for _number, slug, _name, _days in MEMBERS}
    if Membership.objects.filter(user__in=people).exists() or Space.objects.filter(slug__in=slugs).count() < len(slugs):
        return 0
    held = {}
    for number, slug, name, days in MEMBERS:
        plan = _plan(slug, name)
        since = plan.space.today(now) - timedelta(days=days)
        booth = next(iter(booths.free_booths(plan, since)), None) if plan.kind == Plan.Kind.BOOTH else None
        held[number] = enrol(people[number], plan, since, booth=booth)
        # A few months of invoices are enough to look at.
        Membership.objects.filter(pk=held[number].pk).update(billed_from=plan.space.today(now) - BILLED_FOR)
    invited = companions.invite(membership=held[COMPANION_OF], email=people[COMPANION].email, now=now)
    companions.accept(companion=invited, user=people[COMPANION], now=now)
    leaving = held[LEAVES]
    ending.end(membership=leaving, last=ending.ends_offered(leaving, now=now)[0], by=leaving.user, now=now)
    booths.wait(user=people[WAITS], plan=_plan("dorinoki", "ワークブース（4人用）"), now=now)
    _apply(people[APPLIES], _plan("garage-labs", "登録会員"), now)
    return len(MEMBERS) + 1


def enrol(user: User, plan: Plan, since: date, *, booth: Resource | None = None) -> Membership:
    """Write a membership as if it had been agreed to on a past day, which the act of joining does not allow."""
    membership = Membership.objects.create(
        user=user,
        space=plan.space,
        status=Membership.Status.ACTIVE,
        starts_on=since,
        renewal_day=renewal_day_of(plan, since),
    )
    AgreedPlan.of(plan, membership=membership, starts_on=since, booth=booth).save(force_insert=True)
    return membership


def _plan(slug: str, name: str) -> Plan:
    return Plan.objects.select_related("space").get(space__slug=slug, name_ja=name)


def _apply(user: User, plan: Plan, now: datetime) -> None:
    answers: dict[int, str | bool] = {
        question.pk: True if question.kind == Question.Kind.AGREEMENT else STATEMENT
        for question in plan.space.questions.all()
    }
    joining.join(user=user, plan=plan, starts_on=plan.space.today(now), answers=answers, now=now)
