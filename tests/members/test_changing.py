"""Changing the plan: today with the difference prorated, or when the membership renews; and taking it back."""

from datetime import date, timedelta

import pytest

from members.booths import wait
from members.changing import change_days, change_plan, fee_paid, planned_change, stay_on_plan
from members.companions import invite
from members.ending import end
from members.models import AgreedPlan, BoothWait, Membership
from members.pausing import pause, resume
from members.settling import settle_due
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.members.acts import agreed, history, refused, told

DAY = timedelta(days=1)
NEW_YEAR, DECEMBER = date(2026, 1, 1), date(2026, 12, 1)


@pytest.fixture
def wide(space):
    return make_plan(space, kind="free_pass", price=20000, sign_up_fee=40000, room_minutes=120)


def test_plan_changes_today(member, wide, now):
    change_plan(membership=member, plan=wide, day=TUESDAY, by=member.user, why="会議が増えた", now=now)

    assert agreed(member) == [("monthly", NEW_YEAR, TUESDAY - DAY), ("free_pass", TUESDAY, None)]
    row = AgreedPlan.objects.get(plan=wide)
    assert (row.price, row.sign_up_fee, row.room_minutes, row.told_at) == (20000, 40000, 120, now)
    assert history(member)[-1] == ("active", member.user, "会議が増えた")
    assert told("membership.plan_changed") == ["person@example.jp"]
    assert planned_change(member, TUESDAY) is None


def test_plan_changes_at_the_renewal(member, wide, now):
    assert change_days(member, now=now) == [TUESDAY, DECEMBER]

    change_plan(membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    assert agreed(member) == [("monthly", NEW_YEAR, DECEMBER - DAY), ("free_pass", DECEMBER, None)]
    assert planned_change(member, TUESDAY).plan == wide
    assert planned_change(member, DECEMBER) is None


def test_plan_changes_before_the_first_day(person, flex, wide, now):
    member = make_membership(person, flex, starts_on=date(2026, 12, 10))
    assert change_days(member, now=now) == [date(2026, 12, 10), date(2027, 1, 1)]

    change_plan(membership=member, plan=wide, day=date(2026, 12, 10), by=person, now=now)

    assert agreed(member) == [("free_pass", date(2026, 12, 10), None)]


@pytest.mark.parametrize("day", [TUESDAY - DAY, TUESDAY + DAY, DECEMBER + DAY, date(2027, 1, 1)])
def test_plan_changes_on_no_other_day(member, wide, now, day):
    codes = refused(change_plan, membership=member, plan=wide, day=day, by=member.user, now=now)

    assert codes == {"change_not_then"}
    assert agreed(member) == [("monthly", NEW_YEAR, None)]


def test_change_keeps_the_planned_end(member, wide, now):
    end(membership=member, last=date(2026, 12, 31), by=member.user, now=now)

    change_plan(membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    assert agreed(member) == [("monthly", NEW_YEAR, DECEMBER - DAY), ("free_pass", DECEMBER, date(2026, 12, 31))]


def test_nothing_changes_after_the_end(member, wide, now):
    end(membership=member, last=date(2026, 11, 30), by=member.user, now=now)

    codes = refused(change_plan, membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    assert codes == {"past_the_end"}


def test_same_plan_is_no_change(member, flex, now):
    for day in (TUESDAY, DECEMBER):
        codes = refused(change_plan, membership=member, plan=flex, day=day, by=member.user, now=now)
        assert codes == {"same_plan"}


def test_plan_of_another_space_is_none_of_this_one(member, now):
    elsewhere = make_plan(make_space("elsewhere"), kind="monthly")

    codes = refused(change_plan, membership=member, plan=elsewhere, day=TUESDAY, by=member.user, now=now)

    assert codes == {"not_sold"}


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [("monthly", {"retired_on": TUESDAY}, "not_sold"), ("drop_in", {}, "by_the_visit")],
)
def test_change_is_to_what_can_be_joined(member, space, now, kind, fields, code):
    plan = make_plan(space, kind=kind, **fields)

    assert refused(change_plan, membership=member, plan=plan, day=TUESDAY, by=member.user, now=now) == {code}


def test_second_change_waits_for_the_first(member, wide, space, now):
    third = make_plan(space, kind="monthly", price=5000)
    change_plan(membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    for day in (TUESDAY, DECEMBER):
        codes = refused(change_plan, membership=member, plan=third, day=day, by=member.user, now=now)
        assert codes == {"change_planned"}


def test_two_changes_on_one_day_leave_the_second_and_the_higher_fee(member, flex, wide, space, now):
    cheap = make_plan(space, kind="monthly", price=5000)
    change_plan(membership=member, plan=wide, day=TUESDAY, by=member.user, now=now)

    change_plan(membership=member, plan=cheap, day=TUESDAY, by=member.user, now=at("10:00"))

    assert agreed(member) == [("monthly", NEW_YEAR, TUESDAY - DAY), ("monthly", TUESDAY, None)]
    assert AgreedPlan.objects.get(plan=cheap).price == 5000
    assert fee_paid(member) == 40000


def test_resting_membership_changes_nothing(member, wide, operator, now):
    pause(membership=member, first=DECEMBER, last=None, by=member.user, now=now)

    codes = refused(change_plan, membership=member, plan=wide, day=TUESDAY, by=member.user, now=now)

    assert codes == {"paused_already"}


@pytest.mark.parametrize("status", ["applied", "paused", "ended", "declined"])
def test_only_what_is_active_changes(person, flex, wide, now, status):
    member = make_membership(person, flex, status=status)

    codes = refused(change_plan, membership=member, plan=wide, day=TUESDAY, by=person, now=now)

    assert codes == {"not_active"}
    assert refused(stay_on_plan, membership=member, by=person, now=now) == {"not_active"}
    assert Membership.objects.get().status == status


def test_booth_comes_with_the_change(member, booth_plan, booths, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)

    row = AgreedPlan.objects.get(plan=booth_plan)
    assert (row.booth, row.starts_on) == (booths[0], DECEMBER)


def test_change_to_a_booth_takes_the_one_that_is_offered(member, tenant, booth_plan, booths, now):
    leaving = make_membership(make_user(), booth_plan, booth=booths[1])
    wait(user=member.user, plan=booth_plan, now=now)
    end(membership=leaving, last=date(2026, 11, 30), by=leaving.user, now=now)

    codes = refused(change_plan, membership=member, plan=booth_plan, day=TUESDAY, by=member.user, now=now)
    assert codes == {"booth_free_later"}
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)

    assert AgreedPlan.objects.get(plan=booth_plan, starts_on=DECEMBER).booth == booths[1]
    assert BoothWait.objects.get().outcome == "accepted"


def test_nobody_changes_to_a_booth_that_is_let(member, tenant, booth_plan, booths, now):
    make_membership(make_user(), booth_plan, booth=booths[1])

    codes = refused(change_plan, membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)

    assert codes == {"all_let"}
    assert agreed(member) == [("monthly", NEW_YEAR, None)]


def test_booth_that_is_given_up_goes_to_the_next_in_line(tenant, other, flex, booth_plan, booths, now):
    make_membership(make_user(), booth_plan, booth=booths[1])
    wait(user=make_user("waiting@example.jp"), plan=booth_plan, now=now)

    change_plan(membership=tenant, plan=flex, day=DECEMBER, by=other, now=now)

    place = BoothWait.objects.get()
    assert (place.booth, place.free_from) == (booths[0], DECEMBER)


def test_booth_of_another_size_is_taken_as_the_old_one_is_given_up(tenant, other, space, booth_plan, booths, now):
    make_membership(make_user(), booth_plan, booth=booths[1])
    wait(user=make_user("waiting@example.jp"), plan=booth_plan, now=now)
    small = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=1), kind="booth", price=30000)

    change_plan(membership=tenant, plan=small, day=TUESDAY, by=other, now=now)

    assert AgreedPlan.objects.get(plan=small).booth == small.resources.get()
    assert BoothWait.objects.get().free_from == TUESDAY


def test_companions_must_fit_into_the_new_booth(tenant, other, space, flex, now):
    single = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=2), kind="booth", price=50000)
    for email in ("one@example.jp", "two@example.jp"):
        invite(membership=tenant, email=email, now=now)

    for plan in (single, flex):
        codes = refused(change_plan, membership=tenant, plan=plan, day=DECEMBER, by=other, now=now)
        assert codes == {"too_many_companions"}
    tenant.companions.filter(email="two@example.jp").update(left_at=now)
    change_plan(membership=tenant, plan=single, day=DECEMBER, by=other, now=now)


def test_planned_change_is_taken_back(member, wide, now):
    change_plan(membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    stay_on_plan(membership=member, by=member.user, now=at("10:00"))

    assert agreed(member) == [("monthly", NEW_YEAR, None)]
    assert len(told("membership.plan_changed")) == 2
    assert fee_paid(member) == 30000


def test_change_that_is_taken_back_keeps_the_planned_end(member, wide, now):
    end(membership=member, last=date(2026, 12, 31), by=member.user, now=now)
    change_plan(membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    stay_on_plan(membership=member, by=member.user, now=now)

    assert agreed(member) == [("monthly", NEW_YEAR, date(2026, 12, 31))]


def test_change_that_has_come_is_not_taken_back(member, wide, now):
    change_plan(membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    assert refused(stay_on_plan, membership=member, by=member.user, now=at("00:01", DECEMBER)) == {"no_change_planned"}


def test_where_no_change_is_planned_none_is_taken_back(member, now):
    assert refused(stay_on_plan, membership=member, by=member.user, now=now) == {"no_change_planned"}


def test_who_changes_their_mind_about_a_booth_gives_it_to_the_line(member, tenant, booth_plan, booths, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)
    wait(user=make_user("waiting@example.jp"), plan=booth_plan, now=now)

    stay_on_plan(membership=member, by=member.user, now=now)

    assert BoothWait.objects.get().booth == booths[1]


def test_who_gave_up_a_booth_gets_it_back_only_while_it_is_promised_to_nobody(
    tenant, other, flex, booth_plan, booths, now
):
    change_plan(membership=tenant, plan=flex, day=DECEMBER, by=other, now=now)
    stay_on_plan(membership=tenant, by=other, now=at("10:00"))
    assert AgreedPlan.objects.get(booth=booths[0]).ends_on is None

    make_membership(make_user(), booth_plan, booth=booths[1])
    wait(user=make_user("waiting@example.jp"), plan=booth_plan, now=now)
    change_plan(membership=tenant, plan=flex, day=DECEMBER, by=other, now=at("11:00"))
    assert refused(stay_on_plan, membership=tenant, by=other, now=now) == {"booth_kept_for_line"}


def test_who_is_to_rest_after_giving_up_a_booth_takes_that_back_first(tenant, other, flex, now):
    change_plan(membership=tenant, plan=flex, day=DECEMBER, by=other, now=now)
    pause(membership=tenant, first=DECEMBER, last=None, by=other, now=now)

    assert refused(stay_on_plan, membership=tenant, by=other, now=now) == {"paused_already"}
    resume(membership=tenant, day=TUESDAY, by=other, now=now)
    stay_on_plan(membership=tenant, by=other, now=now)


def test_booth_that_another_has_taken_from_that_day_on_does_not_come_back(
    tenant, other, person, flex, booth_plan, booths, now
):
    change_plan(membership=tenant, plan=flex, day=DECEMBER, by=other, now=now)
    make_membership(person, booth_plan, booth=booths[0], starts_on=DECEMBER)

    assert refused(stay_on_plan, membership=tenant, by=other, now=now) == {"booth_taken"}
    assert agreed(tenant)[-1] == ("monthly", DECEMBER, None)


def test_change_goes_on_when_the_day_has_come(member, wide, now):
    change_plan(membership=member, plan=wide, day=DECEMBER, by=member.user, now=now)

    settle_due(now=at("00:10", DECEMBER))

    member.refresh_from_db()
    assert member.status == "active"
    assert member.agreed_plans.on(DECEMBER).get().plan == wide
