"""What the steps of a membership cost: whatever follows on what, each day is paid once, on the plan of that day."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from billing.models import Charge
from members.changing import change_plan, cost_of_change
from members.costs import Cost, Course, Line, going_on, lines_of_step, month_lines, starting
from members.dues import bill, days_held
from members.ending import cost_of_end, end
from members.models import AgreedPlan, Membership, Pause, Plan
from members.pausing import cost_of_going_on, cost_of_pause, cost_of_resume, pause
from members.periods import period_of
from spaces.models import Space
from tests.factories import at, make_membership, make_plan, make_space, make_user
from tests.properties import examples

DAY = timedelta(days=1)
days = st.dates(date(2019, 1, 1), date(2031, 12, 31))
renewal_days = st.integers(1, 31)
prices = st.integers(0, 200_000)


def plan_of(price, fee=0, renewal_day=None, name="フリーパス"):
    """A plan that no database knows."""
    return Plan(space=Space(renewal_day=renewal_day), kind="monthly", name_ja=name, price=price, sign_up_fee=fee)


def course_of(price, starts_on=date(2019, 1, 1), ends_on=None):
    """A membership's course on one plan, which no database knows."""
    return Course([AgreedPlan.of(plan_of(price), pk=1, starts_on=starts_on, ends_on=ends_on)], [])


def share(price, period, first, last):
    """What the days from one to another of a period cost, reckoned apart from the code."""
    return price * max((last - first).days + 1, 0) // period.days


def total(lines):
    return sum(line.yen for line in lines)


def yen(cost):
    return [line.yen for line in cost.lines]


@pytest.fixture
def space(db):
    return make_space(renewal_day=1)


@pytest.fixture
def flex(space):
    return make_plan(space, kind="monthly", price=12000, sign_up_fee=30000)


@pytest.fixture
def wide(space):
    return make_plan(space, kind="monthly", price=30000, sign_up_fee=50000)


def test_start_in_the_middle_of_a_month_costs_its_days():
    cost = starting(AgreedPlan.of(plan_of(9700, 2000, renewal_day=1)), date(2026, 11, 24))

    assert cost == Cost(
        (Line("登録料（初回のみ）", 2000), Line("30日のうち7日分（11月24日〜30日）", 9700 * 7 // 30)),
        date(2026, 12, 1),
        9700,
    )
    assert cost.total == 2000 + 2263


def test_start_where_memberships_renew_on_the_day_they_began_costs_a_whole_month():
    cost = starting(AgreedPlan.of(plan_of(9700)), date(2027, 1, 31))

    assert (yen(cost), cost.renews_on) == ([9700], date(2027, 2, 28))


def test_free_plan_costs_nothing():
    assert starting(AgreedPlan.of(plan_of(0)), date(2026, 11, 24)).lines == ()


def test_costs_are_named_in_the_language_of_the_reader():
    with translation.override("en"):
        first, second = starting(AgreedPlan.of(plan_of(9700, 2000, renewal_day=1)), date(2026, 11, 24)).lines

    assert (first.text, second.text) == ("Sign-up fee, once", "7 of 30 days, 24–30 Nov")


@examples(300)
@given(price=prices, day=days, renewal_day=st.none() | renewal_days)
def test_start_costs_the_days_up_to_the_first_renewal(price, day, renewal_day):
    cost = starting(AgreedPlan.of(plan_of(price, renewal_day=renewal_day)), day)

    assert day < cost.renews_on <= day + timedelta(days=31)
    assert cost.total == share(price, period_of(day, renewal_day or day.day), day, cost.renews_on - DAY)
    assert cost.total <= price


@examples(300)
@given(
    old=prices,
    new=prices,
    start=days,
    ahead=st.integers(0, 30),
    more=st.none() | st.integers(0, 40),
    renewal_day=renewal_days,
)
def test_change_costs_what_is_left_on_the_new_plan_and_gives_back_what_is_left_on_the_old(
    old, new, start, ahead, more, renewal_day
):
    """What was paid and what is due now is what the used days cost on the old plan, and the rest on the new: up to the
    renewal, or to the membership's end if that is known and comes before it."""
    period = period_of(start, renewal_day)
    day = min(start + timedelta(days=ahead), period.last)
    ends_on = None if more is None else day + timedelta(days=more)
    last = min(period.last, ends_on or period.last)
    course = course_of(old, start, ends_on)
    changed = course.then(AgreedPlan.of(plan_of(new), starts_on=day, ends_on=ends_on))

    lines = month_lines(course, changed, period)

    paid, used = share(old, period, start, last), share(old, period, start, day - DAY)
    assert paid + total(lines) == used + share(new, period, day, last)
    cost = going_on(lines, period, new, ends_on)
    is_last = ends_on is not None and ends_on <= period.last
    assert (cost.renews_on, cost.price) == ((None, 0) if is_last else (period.next_first, new))


@examples(300)
@given(price=prices, start=days, ahead=st.integers(0, 30), renewal_day=renewal_days)
def test_change_between_plans_of_one_price_costs_nothing_but_a_yen_of_rounding(price, start, ahead, renewal_day):
    period = period_of(start, renewal_day)
    day = min(start + timedelta(days=ahead), period.last)

    course = course_of(price, start)
    lines = month_lines(course, course.then(AgreedPlan.of(plan_of(price), starts_on=day)), period)

    assert -1 <= total(lines) <= 0


@pytest.mark.parametrize(("fee_paid", "due"), [(0, 50000), (30000, 20000), (50000, 0), (60000, 0)])
def test_change_takes_only_what_a_fee_goes_beyond_the_one_that_was_paid(fee_paid, due):
    day = date(2026, 11, 24)
    course = course_of(0)
    course.agreed[0].sign_up_fee = fee_paid
    membership = Membership(space=Space(), starts_on=date(2019, 1, 1), renewal_day=1)
    changed = course.then(AgreedPlan.of(plan_of(0, 50000), starts_on=day))

    assert total(lines_of_step(membership, day, course, changed, today=day)) == due


@examples(300)
@given(
    price=prices,
    day=days,
    renewal_day=renewal_days,
    cuts=st.lists(st.integers(0, 31), min_size=2, max_size=6),
    ends_after=st.none() | st.integers(0, 40),
)
def test_pauses_lose_no_day_and_pay_none_twice(price, day, renewal_day, cuts, ends_after):
    """In one period: paid from its first day, and paused and resumed again and again, up to an end that is known."""
    period = period_of(day, renewal_day)
    ends_on = None if ends_after is None else period.first + timedelta(days=ends_after)
    last = min(period.last, ends_on or period.last)
    marks = sorted({period.first + timedelta(days=min(cut, period.days)) for cut in cuts})
    course, rest = course_of(price, ends_on=ends_on), None
    paid, since, used = share(price, period, period.first, last), period.first, 0
    for mark in marks:
        if mark > last:
            break
        before = course
        if rest is None:
            rest = Pause(pk=len(course.pauses) + 1, starts_on=mark)
            course = course.resting(rest)
            used += (mark - since).days
        else:
            course, rest, since = course.resumed(rest, mark), None, mark
        paid += total(month_lines(before, course, period))
    if rest is None:
        used += max((last - since).days + 1, 0)

    assert paid == price * used // period.days, "rounded once, as it is billed"


@examples(200)
@given(day=days, renewal_day=renewal_days, reach=st.integers(1, 400))
def test_days_outside_of_the_month_or_the_plan_do_not_count(day, renewal_day, reach):
    period, far = period_of(day, renewal_day), timedelta(days=reach)

    def held(first, last):
        [agreed] = course_of(1, first, last).agreed
        return days_held(agreed, [], period)

    assert held(period.first - far, period.first - DAY) == []
    assert held(period.next_first, period.next_first + far) == []
    assert len(held(period.first - far, period.last + far)) == period.days
    # No day at all, as when a plan changes on the first day of a month.
    assert held(day, day - DAY) == []


def test_end_with_the_month_gives_nothing_back(flex):
    membership = make_membership(make_user(), flex)

    assert cost_of_end(membership, date(2026, 11, 30), now=at("09:00")) == Cost((), None, 0)
    assert cost_of_end(membership, date(2026, 12, 31), now=at("09:00")) == Cost((), None, 0)


def test_end_at_once_gives_the_unused_days_back(flex):
    membership = make_membership(make_user(), flex)

    [line] = cost_of_end(membership, date(2026, 11, 24), now=at("09:00")).lines

    assert line.yen == -(12000 - 12000 * 24 // 30)


def test_end_in_a_month_to_come_gives_nothing_back_of_what_nobody_has_paid(flex):
    membership = make_membership(make_user(), flex)

    assert cost_of_end(membership, date(2026, 12, 10), now=at("09:00")).lines == ()


def test_end_before_the_first_day_gives_back_what_was_due_at_the_start(flex):
    membership = make_membership(make_user(), flex, starts_on=date(2026, 12, 10))

    cost = cost_of_end(membership, date(2026, 12, 9), now=at("09:00"))

    assert [(line.text, line.yen) for line in cost.lines] == [
        ("登録料の返金", -30000),
        ("プラン：未利用分", -(12000 * 22 // 31)),
    ]


def test_end_of_one_that_rests_gives_nothing_back(flex):
    membership = make_membership(make_user(), flex)
    Pause.objects.create(membership=membership, starts_on=date(2026, 11, 1))

    assert cost_of_end(membership, date(2026, 11, 24), now=at("09:00")).lines == ()


def test_change_today_is_prorated(flex, wide):
    membership = make_membership(make_user(), flex)

    cost = cost_of_change(membership, wide, date(2026, 11, 24), now=at("09:00"))

    assert yen(cost) == [20000, -(12000 - 12000 * 23 // 30), 30000 * 7 // 30]
    assert (cost.renews_on, cost.price) == (date(2026, 12, 1), 30000)


def test_change_at_the_renewal_costs_a_month_of_the_new_plan_and_gives_nothing_back(flex, wide):
    membership = make_membership(make_user(), flex)

    cost = cost_of_change(membership, wide, date(2026, 12, 1), now=at("09:00"))

    assert yen(cost) == [20000, 30000]
    assert cost.renews_on == date(2027, 1, 1)


def test_change_on_a_day_of_a_month_to_come_costs_the_rest_of_it_and_gives_nothing_back(flex, wide):
    """As when a booth comes free: at the renewal the old plan is paid up to that day only."""
    membership = make_membership(make_user(), flex)

    cost = cost_of_change(membership, wide, date(2027, 1, 21), now=at("09:00"))

    assert yen(cost) == [20000, 30000 * 11 // 31]


def test_change_on_the_day_of_a_renewal_gives_back_the_month_that_was_due_that_day(flex, wide):
    membership = make_membership(make_user(), flex)

    cost = cost_of_change(membership, wide, date(2026, 12, 1), now=at("09:00", date(2026, 12, 1)))

    assert yen(cost) == [20000, -12000, 30000]


def test_change_before_the_first_day_gives_back_what_was_due_at_the_start(flex, wide):
    membership = make_membership(make_user(), flex, starts_on=date(2026, 12, 10))

    cost = cost_of_change(membership, wide, date(2026, 12, 10), now=at("09:00"))

    assert yen(cost) == [20000, -(12000 * 22 // 31), 30000 * 22 // 31]


def test_change_after_a_pause_gives_back_only_what_was_paid_since(flex, wide):
    membership = make_membership(make_user(), flex)
    Pause.objects.create(membership=membership, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 14))

    cost = cost_of_change(membership, wide, date(2026, 11, 24), now=at("09:00"))

    # 16 days were paid, 9 of them were used.
    assert yen(cost)[1] == -(12000 * 16 // 30 - 12000 * 9 // 30)


def test_pause_with_a_new_month_gives_nothing_back(flex):
    membership = make_membership(make_user(), flex)

    assert cost_of_pause(membership, date(2026, 12, 1), None, now=at("09:00")).lines == ()


def test_pause_that_an_operator_begins_within_a_month_gives_back_the_rest(flex):
    membership = make_membership(make_user(), flex)

    cost = cost_of_pause(membership, date(2026, 11, 25), None, now=at("09:00"))

    assert yen(cost) == [-(12000 - 12000 * 24 // 30)]


def test_pause_within_a_month_gives_back_its_own_days_only(flex):
    membership = make_membership(make_user(), flex)
    bill(membership, today=date(2026, 11, 24))
    before = billed(membership)

    cost = cost_of_pause(membership, date(2026, 11, 25), date(2026, 11, 27), now=at("09:00"))

    assert yen(cost) == [-(12000 - 12000 * 27 // 30)]
    pause(
        membership=membership, first=date(2026, 11, 25), last=date(2026, 11, 27), by=None, by_operator=True,
        now=at("09:00"),
    )  # fmt: skip
    assert billed(membership) == before + cost.total


def test_end_before_a_planned_pause_gives_back_only_what_the_pause_had_left(flex):
    membership = make_membership(make_user(), flex)
    Pause.objects.create(membership=membership, starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 28))
    bill(membership, today=date(2026, 11, 24))
    before = billed(membership)

    cost = cost_of_end(membership, date(2026, 11, 24), now=at("09:00"))
    end(membership=membership, last=date(2026, 11, 24), by=None, by_operator=True, now=at("09:00"))

    assert yen(cost) == [12000 * 24 // 30 - 12000 * 27 // 30]
    assert billed(membership) == before + cost.total


def test_change_in_a_month_that_was_settled_elsewhere_costs_and_bills_nothing(flex, wide):
    membership = make_membership(make_user(), flex, billed_from=date(2026, 11, 22))
    change = {"membership": membership, "plan": wide, "day": date(2026, 11, 24)}

    cost = cost_of_change(*change.values(), now=at("09:00"))
    change_plan(**change, by=None, now=at("09:00"))

    assert cost.lines == ()
    assert billed(membership) == 0


def billed(membership):
    """What stands charged of a membership, in yen."""
    return sum(Charge.objects.standing().filter(payer=membership.user).values_list("yen", flat=True))


def test_pause_gives_nothing_back_of_the_days_after_the_end(flex):
    """They were given back when the end was said, or never paid."""
    membership = make_membership(make_user(), flex, ends_on=date(2026, 11, 28))

    assert yen(cost_of_pause(membership, date(2026, 11, 25), None, now=at("09:00"))) == [-(11200 - 9600)]


def test_end_that_is_brought_forward_gives_back_only_the_days_up_to_the_one_before(flex):
    membership = make_membership(make_user(), flex, ends_on=date(2026, 11, 28))

    assert yen(cost_of_end(membership, date(2026, 11, 24), now=at("09:00"))) == [-(11200 - 9600)]


def test_change_before_an_end_within_the_month_counts_the_days_to_the_end(flex, wide):
    membership = make_membership(make_user(), flex, ends_on=date(2026, 11, 28))

    cost = cost_of_change(membership, wide, date(2026, 11, 24), now=at("09:00"))

    assert yen(cost) == [20000, -(11200 - 9200), 5000]
    assert cost.lines[-1].text == "30日のうち5日分（11月24日〜28日）"
    assert (cost.renews_on, cost.price) == (None, 0)


def test_coming_back_before_an_end_within_the_month_costs_the_days_to_the_end(flex):
    membership = make_membership(make_user(), flex, status="paused", ends_on=date(2026, 11, 28))

    cost = cost_of_resume(membership, date(2026, 11, 24), now=at("09:00"))

    assert (yen(cost), cost.renews_on, cost.price) == ([12000 * 5 // 30], None, 0)


def test_end_with_the_day_of_a_renewal_comes_after_it(flex):
    membership = make_membership(make_user(), flex, status="paused", ends_on=date(2026, 12, 1))

    cost = cost_of_resume(membership, date(2026, 11, 24), now=at("09:00"))

    assert (yen(cost), cost.renews_on) == ([12000 * 7 // 30], date(2026, 12, 1))


def test_pause_that_is_taken_back_before_it_began_costs_nothing(flex):
    membership = make_membership(make_user(), flex)
    Pause.objects.create(membership=membership, starts_on=date(2026, 12, 1))

    assert cost_of_resume(membership, date(2026, 11, 24), now=at("09:00")) == Cost((), None, 0)


def test_going_on_after_a_pause_costs_the_days_up_to_the_next_renewal_at_the_price_of_then(flex):
    membership = make_membership(make_user(), flex)
    membership.agreed_plans.update(ends_on=date(2026, 11, 30))
    AgreedPlan.of(flex, membership=membership, starts_on=date(2026, 12, 1)).save(force_insert=True)
    membership.agreed_plans.filter(starts_on=date(2026, 12, 1)).update(price=31000)

    cost = cost_of_going_on(membership, date(2026, 12, 1), date(2026, 12, 15), now=at("09:00"))

    assert (yen(cost), cost.renews_on, cost.price) == ([16000], date(2027, 1, 1), 31000)
