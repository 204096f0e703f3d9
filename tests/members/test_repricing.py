"""A new price: nobody pays it before a renewal that they were told of."""

from datetime import date, timedelta

import pytest

from members.booths import wait
from members.changing import change_plan, stay_on_plan
from members.ending import end, stay
from members.models import AgreedPlan
from members.pausing import pause
from members.repricing import reprice_members
from members.settling import settle_due
from tests.factories import TUESDAY, at, make_membership, make_plan, make_user
from tests.members.acts import agreed, history, refused, told

DAY = timedelta(days=1)
NEW_YEAR, DECEMBER, JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)


def prices(membership):
    return [(row.price, row.starts_on, row.ends_on) for row in membership.agreed_plans.order_by("starts_on")]


@pytest.fixture
def reprice(flex, operator, now):
    """Set the flex plan's price, and let members pay it from a day on; how many were told."""

    def act(price, not_before, moment=now):
        flex.price = price
        flex.save()
        return reprice_members(plan=flex, not_before=not_before, by=operator, now=moment)

    return act


def test_new_price_holds_from_the_first_renewal_on_or_after_the_day(member, operator, reprice, now):
    assert reprice(15000, date(2026, 12, 24)) == 1

    assert prices(member) == [(12000, NEW_YEAR, JANUARY - DAY), (15000, JANUARY, None)]
    assert member.agreed_plans.get(price=15000).told_at == now
    assert told("membership.price_changes") == ["person@example.jp"]
    assert history(member)[-1] == ("active", operator, "")


def test_day_that_is_a_renewal_is_the_day(member, reprice):
    reprice(15000, DECEMBER)

    assert prices(member)[-1] == (15000, DECEMBER, None)


def test_each_member_pays_it_from_their_own_renewal(space, flex, reprice):
    space.renewal_day = None
    space.save()
    members = [
        make_membership(make_user(f"{day}@example.jp"), flex, starts_on=date(2026, 1, day)) for day in (5, 20, 31)
    ]

    assert reprice(15000, date(2026, 12, 10)) == 3

    assert [prices(member)[-1][1] for member in members] == [
        date(2027, 1, 5),
        date(2026, 12, 20),
        date(2026, 12, 31),
    ]


@pytest.mark.parametrize("day", [TUESDAY, TUESDAY - DAY])
def test_nobody_pays_a_price_before_being_told(member, reprice, flex, operator, now, day):
    flex.price = 15000
    flex.save()

    assert refused(reprice_members, plan=flex, not_before=day, by=operator, now=now) == {"reprice_in_the_past"}
    assert prices(member) == [(12000, NEW_YEAR, None)]


def test_first_month_is_paid_as_it_was_agreed(person, flex, reprice):
    member = make_membership(person, flex, starts_on=DECEMBER)

    reprice(15000, TUESDAY + DAY)

    assert prices(member) == [(12000, DECEMBER, JANUARY - DAY), (15000, JANUARY, None)]


def test_fee_that_was_taken_is_not_taken_again(member, flex, reprice):
    flex.sign_up_fee = 99000

    reprice(15000, DECEMBER)

    assert member.agreed_plans.get(price=15000).sign_up_fee == 30000


def test_rooms_that_a_plan_includes_change_in_the_same_way(member, flex, operator, now):
    flex.room_minutes = 300
    flex.save()

    assert reprice_members(plan=flex, not_before=DECEMBER, by=operator, now=now) == 1

    assert [row.room_minutes for row in member.agreed_plans.order_by("starts_on")] == [0, 300]


def test_booth_stays_with_its_tenant(tenant, booth_plan, booths, operator, now):
    booth_plan.price = 80000
    booth_plan.save()

    reprice_members(plan=booth_plan, not_before=DECEMBER, by=operator, now=now)

    assert [row.booth for row in tenant.agreed_plans.all()] == [booths[0], booths[0]]


def test_who_leaves_before_is_not_told(member, reprice, now):
    end(membership=member, last=date(2026, 12, 31), by=member.user, now=now)

    assert reprice(15000, JANUARY) == 0
    assert prices(member) == [(12000, NEW_YEAR, date(2026, 12, 31))]


def test_who_leaves_later_pays_it_until_then(member, reprice, now):
    end(membership=member, last=date(2026, 12, 31), by=member.user, now=now)

    reprice(15000, DECEMBER)

    assert prices(member) == [(12000, NEW_YEAR, DECEMBER - DAY), (15000, DECEMBER, date(2026, 12, 31))]


def test_who_changes_to_another_plan_before_is_not_told(member, space, reprice, now):
    other = make_plan(space, kind="monthly", price=5000)
    change_plan(membership=member, plan=other, day=DECEMBER, by=member.user, now=now)

    assert reprice(15000, DECEMBER) == 0
    assert prices(member) == [(12000, NEW_YEAR, DECEMBER - DAY), (5000, DECEMBER, None)]


@pytest.fixture
def told_for_january(member, reprice):
    assert reprice(15000, date(2026, 12, 24)) == 1
    return member


def test_end_that_is_taken_back_takes_no_price_back(told_for_january, now):
    member = end(membership=told_for_january, last=date(2026, 11, 30), by=None, now=now)
    stay(membership=member, by=None, now=now)

    assert prices(member) == [(12000, NEW_YEAR, JANUARY - DAY), (15000, JANUARY, None)]


def test_change_that_is_taken_back_takes_no_price_back(told_for_january, space, now):
    other = make_plan(space, kind="monthly", price=5000)
    member = change_plan(membership=told_for_january, plan=other, day=DECEMBER, by=None, now=now)
    stay_on_plan(membership=member, by=None, now=now)

    assert prices(member) == [(12000, NEW_YEAR, JANUARY - DAY), (15000, JANUARY, None)]


def test_who_was_leaving_when_the_others_were_told_is_told_on_staying(member, reprice, now):
    member = end(membership=member, last=date(2026, 11, 30), by=None, now=now)
    assert reprice(15000, DECEMBER) == 0

    stay(membership=member, by=None, now=now)

    # As far ahead as anybody: thirty days.
    assert prices(member) == [(12000, NEW_YEAR, JANUARY - DAY), (15000, JANUARY, None)]
    assert told("membership.price_changes") == ["person@example.jp"]


def test_who_stays_keeps_the_price_if_members_were_to_keep_it(member, flex, now):
    flex.price = 15000
    flex.save()
    member = end(membership=member, last=date(2026, 11, 30), by=None, now=now)

    stay(membership=member, by=None, now=now)

    assert prices(member) == [(12000, NEW_YEAR, None)]


def test_who_has_agreed_to_this_price_already_is_not_told(flex, reprice):
    flex.price = 15000
    member = make_membership(make_user(), flex)

    assert reprice(15000, DECEMBER) == 0
    assert prices(member) == [(15000, NEW_YEAR, None)]


def test_who_is_to_move_into_a_booth_later_pays_it_until_then(
    member, booth_plan, booths, tenant, operator, reprice, now
):
    """A booth that is kept for a member may come free long after their next renewal."""
    leaving = make_membership(make_user(), booth_plan, booth=booths[1])
    wait(user=member.user, plan=booth_plan, now=now)
    end(membership=leaving, last=date(2027, 1, 20), by=operator, by_operator=True, now=now)
    change_plan(membership=member, plan=booth_plan, day=date(2027, 1, 21), by=member.user, now=now)

    assert reprice(15000, DECEMBER) == 1

    assert prices(member) == [
        (12000, NEW_YEAR, DECEMBER - DAY),
        (15000, DECEMBER, date(2027, 1, 20)),
        (75000, date(2027, 1, 21), None),
    ]
    assert reprice(15000, JANUARY, at("10:00")) == 0


@pytest.mark.parametrize("status", ["applied", "ended", "declined"])
def test_who_is_no_member_is_not_told(person, flex, reprice, status):
    make_membership(person, flex, status=status)

    assert reprice(15000, DECEMBER) == 0


def test_members_on_other_plans_are_not_told(tenant, member, reprice):
    assert reprice(15000, DECEMBER) == 1
    assert told("membership.price_changes") == ["person@example.jp"]


def test_price_is_told_once(member, reprice):
    assert reprice(15000, DECEMBER) == 1
    assert reprice(15000, DECEMBER, at("10:00")) == 0
    assert reprice(15000, FEBRUARY, at("10:00")) == 0
    assert len(told("membership.price_changes")) == 1


def test_second_price_takes_the_place_of_one_that_was_to_come(member, reprice):
    reprice(15000, FEBRUARY)

    assert reprice(14000, DECEMBER, at("10:00")) == 1

    assert prices(member) == [(12000, NEW_YEAR, DECEMBER - DAY), (14000, DECEMBER, None)]


def test_later_price_follows_one_that_comes_before(member, reprice):
    reprice(15000, DECEMBER)
    reprice(16000, FEBRUARY, at("10:00"))

    assert prices(member) == [
        (12000, NEW_YEAR, DECEMBER - DAY),
        (15000, DECEMBER, FEBRUARY - DAY),
        (16000, FEBRUARY, None),
    ]


def test_price_that_is_taken_back_does_not_come(member, reprice):
    reprice(15000, FEBRUARY)

    assert reprice(12000, DECEMBER, at("10:00")) == 1

    assert {row.price for row in AgreedPlan.objects.filter(membership=member)} == {12000}
    assert member.agreed_plans.on(date(2028, 1, 1)).get().price == 12000


def test_price_comes_during_a_pause_and_leaves_the_pause_alone(member, reprice, now):
    pause(membership=member, first=DECEMBER, last=None, by=member.user, now=now)
    settle_due(now=at("00:10", DECEMBER))

    assert reprice(15000, JANUARY, at("09:00", DECEMBER)) == 1

    assert prices(member)[-1] == (15000, JANUARY, None)
    assert list(member.pauses.values_list("starts_on", "ends_on")) == [(DECEMBER, None)]
    settle_due(now=at("00:10", JANUARY))
    member.refresh_from_db()
    assert member.status == "paused"


def test_new_price_is_no_change_of_plan(member, flex, space, reprice, now):
    """Who was told of a price may still change, to be rid of it."""
    reprice(15000, DECEMBER)
    other = make_plan(space, kind="free_pass", price=5000)

    change_plan(membership=member, plan=other, day=DECEMBER, by=member.user, now=now)

    assert agreed(member) == [("monthly", NEW_YEAR, DECEMBER - DAY), ("free_pass", DECEMBER, None)]
