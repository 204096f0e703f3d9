"""What a membership owes for its months, written as charges until they agree."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from billing.charging import undo
from billing.invoicing import issue
from billing.models import Charge, Month
from members.changing import change_plan, cost_of_change
from members.dues import bill, dues
from members.ending import cost_of_end, end
from members.models import AgreedPlan, Membership, Pause, Plan
from members.pausing import cost_of_resume, pause, resume
from members.periods import period_of
from members.renewing import bill_begun
from tests.billing.acts import make_charge
from tests.factories import TUESDAY, make_membership, make_plan, make_space, make_user
from tests.properties import examples

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def flex(db) -> Plan:
    return make_plan(make_space(), kind="monthly", price=12000, sign_up_fee=2000, name_ja="フレックス")


@pytest.fixture
def member(flex) -> Membership:
    return make_membership(make_user(), flex, starts_on=TUESDAY)


def charged(membership):
    rows = Charge.objects.standing().filter(payer=membership.user).order_by("arises_on", "pk")
    return [(row.kind, row.yen, row.arises_on) for row in rows]


def total(membership):
    return sum(yen for _kind, yen, _day in charged(membership))


def test_first_month_is_prorated_and_the_fee_is_taken_once(member):
    bill(member, today=TUESDAY)

    assert charged(member) == [("sign_up", 2000, TUESDAY), ("plan", 12000 * 7 // 30, TUESDAY)]
    assert Charge.objects.get(kind="plan").text == "フレックス　11月24日〜11月30日（30日のうち7日）"


def test_billing_again_writes_nothing(member):
    bill(member, today=TUESDAY)

    assert bill(member, today=TUESDAY) == []
    assert bill(member, today=date(2026, 11, 30)) == []


def test_months_that_an_outage_has_passed_over_are_billed_each_once(member, now):
    bill(member, today=TUESDAY)

    assert bill_begun(now=now + timedelta(days=70)) == 3
    assert bill_begun(now=now + timedelta(days=70)) == 0

    assert charged(member)[2:] == [
        ("plan", 12000, DECEMBER),
        ("plan", 12000, date(2027, 1, 1)),
        ("plan", 12000, date(2027, 2, 1)),
    ]


def test_membership_that_begins_later_owes_its_fee_at_once_and_its_first_month_on_its_day(flex):
    member = make_membership(make_user(), flex, starts_on=date(2026, 12, 10))
    first_month = ("plan", 12000 * 22 // 31, date(2026, 12, 10))

    bill(member, today=TUESDAY)
    assert charged(member) == [("sign_up", 2000, TUESDAY), first_month]

    bill(member, today=date(2027, 1, 1))
    assert charged(member)[1:] == [first_month, ("plan", 12000, date(2027, 1, 1))]


def test_months_that_were_settled_elsewhere_are_not_billed(flex, now):
    member = make_membership(make_user(), flex, starts_on=date(2026, 9, 10), billed_from=date(2026, 11, 25))

    assert bill_begun(now=now) == 0
    assert bill_begun(now=now + timedelta(days=20)) == 1
    assert charged(member) == [("plan", 12000, DECEMBER)]


def test_months_that_begin_when_the_space_has_left_are_not_billed(flex, now):
    member = make_membership(make_user(), flex, starts_on=TUESDAY)
    flex.space.left_on = date(2026, 12, 15)
    flex.space.save()

    assert bill_begun(now=now + timedelta(days=100)) == 3, "the fee, November, and December, which began before"
    assert bill_begun(now=now + timedelta(days=130)) == 0
    assert charged(member)[-2] == ("plan", 12000, DECEMBER)


def test_month_that_begins_on_the_very_day_is_not_billed(flex, now):
    member = make_membership(make_user(), flex, starts_on=TUESDAY)
    flex.space.left_on = DECEMBER
    flex.space.save()

    bill_begun(now=now + timedelta(days=20))

    assert total(member) == 2000 + 12000 * 7 // 30


def test_month_before_a_pause_is_billed_also_if_the_pause_came_during_an_outage(member, now):
    bill(member, today=TUESDAY)
    Pause.objects.create(membership=member, starts_on=date(2027, 1, 1))

    assert bill_begun(now=now + timedelta(days=60)) == 1
    assert charged(member)[-1] == ("plan", 12000, DECEMBER)
    assert bill_begun(now=now + timedelta(days=90)) == 0


def test_member_who_left_is_looked_at_no_more_after_a_year(member, now):
    Membership.objects.update(ends_on=date(2026, 12, 31), status="ended")

    assert bill_begun(now=now + timedelta(days=366 + 40)) == 0
    assert bill_begun(now=now + timedelta(days=366)) == 3


def test_member_who_changed_without_a_new_fee_is_looked_at_no_more(flex, now, django_assert_num_queries):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    bill(member, today=NOVEMBER)
    other = make_plan(flex.space, kind="monthly", price=20000, sign_up_fee=2000)
    change_plan(membership=member, plan=other, day=TUESDAY, by=None, now=now)

    with django_assert_num_queries(4):
        assert bill_begun(now=now) == 0


@pytest.mark.parametrize("count", [1, 30])
def test_finding_out_that_all_is_billed_takes_the_same_queries_however_many_members(
    flex, now, count, django_assert_num_queries
):
    for number in range(count):
        make_membership(make_user(f"{number}@example.jp"), flex, starts_on=NOVEMBER)
    bill_begun(now=now)

    with django_assert_num_queries(4):
        assert bill_begun(now=now) == 0


def test_steps_in_a_month_with_a_pause_cost_to_the_yen_what_is_billed(db, now):
    """9,900 yen a month, paused on 3 December and back on the 7th: two roundings would show a yen too little."""
    plan = make_plan(make_space(), kind="monthly", price=9900, name_ja="月額")
    member = make_membership(make_user(), plan, starts_on=NOVEMBER)
    bill(member, today=DECEMBER)
    third, seventh, ninth = (now + timedelta(days=ahead) for ahead in (9, 13, 15))
    pause(membership=member, first=third.date(), last=None, by=None, by_operator=True, now=third)

    before, shown = total(member), cost_of_resume(member, seventh.date(), now=seventh)
    resume(membership=member, day=seventh.date(), by=None, now=seventh)
    assert total(member) - before == shown.total

    before, shown = total(member), cost_of_end(member, ninth.date(), now=ninth)
    end(membership=member, last=ninth.date(), by=None, by_operator=True, now=ninth)
    assert total(member) - before == shown.total


@pytest.mark.parametrize("invoiced", [False, True])
def test_change_of_plan_costs_what_was_shown_before(flex, now, invoiced):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    bill(member, today=NOVEMBER)
    if invoiced:
        issue(space=flex.space, payer_id=member.user_id, addressee="山田", language="ja", now=now)
    before = total(member)
    other = make_plan(flex.space, kind="monthly", price=20000, sign_up_fee=3000, name_ja="大")
    shown = cost_of_change(member, other, TUESDAY, now=now)

    bill(change_plan(membership=member, plan=other, day=TUESDAY, by=None, now=now), today=TUESDAY)

    assert total(member) - before == shown.total


@pytest.mark.parametrize("invoiced", [False, True])
def test_end_at_once_gives_back_what_was_shown_before(flex, now, invoiced):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    bill(member, today=NOVEMBER)
    if invoiced:
        issue(space=flex.space, payer_id=member.user_id, addressee="山田", language="ja", now=now)
    before = total(member)
    shown = cost_of_end(member, TUESDAY, now=now)

    bill(end(membership=member, last=TUESDAY, by=None, by_operator=True, now=now), today=TUESDAY)

    assert total(member) - before == shown.total == -(12000 - 12000 * 24 // 30)


def test_fee_that_has_risen_costs_the_difference_when_a_member_comes_back_to_the_plan(flex, now):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    bill(member, today=NOVEMBER)
    other = make_plan(flex.space, kind="monthly", price=20000, sign_up_fee=2500)
    change_plan(membership=member, plan=other, day=TUESDAY, by=None, now=now)
    flex.sign_up_fee = 6000
    flex.save()
    after = now + timedelta(days=1)
    shown = cost_of_change(member, flex, after.date(), now=after)

    change_plan(membership=member, plan=flex, day=after.date(), by=None, now=after)

    assert shown.lines[0].yen == 3500
    fees = [yen for kind, yen, _day in charged(member) if kind == "sign_up"]
    assert sorted(fees) == [500, 2000, 3500]


def test_two_changes_on_one_day_leave_the_fee_that_was_shown(flex, now):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    bill(member, today=NOVEMBER)
    other = make_plan(flex.space, kind="monthly", price=20000, sign_up_fee=3000)

    change_plan(membership=member, plan=other, day=TUESDAY, by=None, now=now)
    change_plan(membership=member, plan=flex, day=TUESDAY, by=None, now=now)

    assert sum(yen for kind, yen, _day in charged(member) if kind == "sign_up") == 3000


def test_charges_are_in_the_language_of_the_payer_whoever_writes_them(flex):
    ben = make_membership(make_user("ben@example.com", language="en"), flex, starts_on=NOVEMBER)

    with translation.override("ja"):
        bill(ben, today=NOVEMBER)

    texts = ["Plan: sign-up fee", "Plan, November 1 – November 30"]
    assert [one.text for one in Charge.objects.order_by("pk")] == texts


def test_month_that_is_invoiced_after_each_correction_comes_to_its_days(flex, now):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    bill(member, today=NOVEMBER)

    def invoiced():
        # The credit of a pause is less than the month that is to come.
        make_charge(flex.space, member.user, 12000)
        issue(space=flex.space, payer_id=member.user_id, addressee="山田", language="ja", now=now)

    invoiced()
    pause(membership=member, first=TUESDAY, last=None, by=None, by_operator=True, now=now)
    invoiced()
    resume(membership=member, day=TUESDAY + timedelta(days=3), by=None, now=now)
    invoiced()
    end(membership=member, last=date(2026, 11, 28), by=None, by_operator=True, now=now)

    months = [row.yen for row in Charge.objects.filter(source_key__startswith="month:").order_by("pk")]
    assert months == [12000, -12000 * 7 // 30, 12000 * 4 // 30, -12000 * 2 // 30]
    assert sum(months) == 12000 * 25 // 30


def test_membership_that_never_begins_owes_nothing(flex, now):
    member = make_membership(make_user(), flex, starts_on=date(2026, 12, 10))
    bill(member, today=TUESDAY)

    bill(end(membership=member, last=date(2026, 12, 9), by=None, now=now), today=TUESDAY)

    assert charged(member) == []


@pytest.mark.parametrize("invoiced", [False, True])
def test_what_an_operator_gives_up_is_neither_charged_again_nor_given_back_again(flex, now, invoiced):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    bill(member, today=NOVEMBER)
    if invoiced:
        issue(space=flex.space, payer_id=member.user_id, addressee="山田", language="ja", now=now)
    for one in Charge.objects.all():
        undo(one, today=TUESDAY, for_good=True)

    bill_begun(now=now + timedelta(days=8))
    assert total(member) == 12000
    end(membership=member, last=date(2026, 12, 31), by=None, now=now + timedelta(days=8))
    assert total(member) == 12000


def test_end_after_its_month_was_given_up_gives_nothing_back(member, now):
    bill(member, today=TUESDAY)
    assert cost_of_end(member, TUESDAY, now=now).total < 0
    undo(Charge.objects.get(kind="plan"), today=TUESDAY, for_good=True)
    assert cost_of_end(member, TUESDAY, now=now).total == 0

    end(membership=member, last=TUESDAY, by=None, by_operator=True, now=now)

    assert total(member) == 2000


def test_first_month_that_is_given_up_before_its_day_is_given_back_on_that_day(flex):
    member = make_membership(make_user(), flex, starts_on=date(2026, 12, 10))
    bill(member, today=TUESDAY)

    undo(Charge.objects.get(kind="plan"), today=TUESDAY, for_good=True)

    assert [day for kind, _yen, day in charged(member) if kind == "plan"] == [date(2026, 12, 10)] * 2


def test_membership_that_never_begins_leaves_what_was_given_up(flex, now):
    member = make_membership(make_user(), flex, starts_on=date(2026, 12, 10))
    bill(member, today=TUESDAY)
    for one in Charge.objects.all():
        undo(one, today=TUESDAY, for_good=True)

    end(membership=member, last=TUESDAY, by=None, by_operator=True, now=now)

    assert total(member) == 0


def test_month_that_rests_owes_nothing(flex):
    member = make_membership(make_user(), flex, starts_on=NOVEMBER)
    Pause.objects.create(membership=member, starts_on=DECEMBER, ends_on=date(2026, 12, 31))

    bill(member, today=date(2027, 1, 1))

    assert [day for kind, _yen, day in charged(member) if kind == "plan"] == [NOVEMBER, date(2027, 1, 1)]


def test_what_a_closed_month_lacks_arises_today(flex, now):
    member = make_membership(make_user(), flex, starts_on=date(2026, 10, 1))
    Month.objects.create(space=flex.space, first_on=date(2026, 10, 1), figures={})

    bill(member, today=TUESDAY)

    months = [row for row in charged(member) if row[0] == "plan"]
    assert months == [("plan", 12000, NOVEMBER), ("plan", 12000, TUESDAY)]


def test_free_plan_owes_nothing(flex, now):
    free = make_plan(flex.space, kind="free", price=0)
    make_membership(make_user(), free, starts_on=NOVEMBER)

    assert bill_begun(now=now) == 0


@given(
    start=st.dates(date(2023, 1, 1), date(2026, 12, 31)),
    price=st.integers(0, 200_000),
    renewal_day=st.integers(1, 31),
    changes=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 200_000)), max_size=3),
)
@examples(200)
def test_days_of_a_month_cost_at_most_the_dearest_plan_and_at_least_the_cheapest_less_a_yen_each(
    start, price, renewal_day, changes
):
    rows, first = [], start
    for length, next_price in [*changes, (400, price)]:
        rows.append(AgreedPlan(price=next_price, starts_on=first, ends_on=first + timedelta(days=length - 1)))
        first += timedelta(days=length)
    period = period_of(start, renewal_day)
    period = period_of(period.next_first, renewal_day)

    found = dues(rows, [], period)

    prices = [one.agreed.price for one in found]
    assert sum(one.days for one in found) == period.days
    assert min(prices) - len(found) < sum(one.yen for one in found) <= max(prices)
