"""Ending: with one of its months by the member, on any day by an operator; and taking the end back."""

from datetime import date, timedelta

import pytest

from members.booths import wait
from members.changing import change_plan
from members.companions import invite
from members.ending import end, ends_offered, stay
from members.models import AgreedPlan, BoothWait, Companion, Membership, Pause
from members.pausing import pause, planned_pause
from members.settling import settle_due
from tests.factories import TUESDAY, at, make_membership, make_user
from tests.members.acts import agreed, history, refused, told

NOVEMBER_ENDS, DECEMBER_ENDS = date(2026, 11, 30), date(2026, 12, 31)
DECEMBER = date(2026, 12, 1)
DAY = timedelta(days=1)


def test_member_may_choose_the_end_of_this_month_and_of_two_more(member, now):
    assert ends_offered(member, now=now) == [NOVEMBER_ENDS, DECEMBER_ENDS, date(2027, 1, 31)]


def test_member_who_has_not_begun_chooses_from_the_first_month_on(person, flex, now):
    member = make_membership(person, flex, starts_on=date(2026, 12, 10))

    assert ends_offered(member, now=now)[0] == DECEMBER_ENDS


def test_every_end_that_is_offered_is_taken(member, now):
    for last in reversed(ends_offered(member, now=now)):
        end(membership=member, last=last, by=member.user, now=now)

        member.refresh_from_db()
        assert (member.status, member.ends_on) == ("active", last)
        assert agreed(member) == [("monthly", date(2026, 1, 1), last)]


def test_end_that_is_told_is_in_the_history(member, now):
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, why="引っ越し", now=now)

    assert history(member)[-1] == ("active", member.user, "引っ越し")
    assert told("membership.ends") == ["person@example.jp"]


@pytest.mark.parametrize("last", [TUESDAY, date(2026, 11, 29), DECEMBER, date(2027, 1, 30)])
def test_member_does_not_end_within_a_month(member, now, last):
    assert refused(end, membership=member, last=last, by=member.user, now=now) == {"end_not_a_renewal"}


def test_day_that_is_past_is_refused_to_everybody(member, operator, now):
    for by_operator in (False, True):
        codes = refused(end, membership=member, last=TUESDAY - DAY, by=operator, by_operator=by_operator, now=now)
        assert codes == {"ends_in_the_past"}


def test_operator_ends_at_once(member, operator, now):
    end(membership=member, last=TUESDAY, by=operator, why="規約違反", by_operator=True, now=now)

    member.refresh_from_db()
    assert (member.status, member.ends_on) == ("ended", TUESDAY)
    assert history(member)[-1] == ("ended", operator, "規約違反")
    assert told("membership.ends") == ["person@example.jp"]


def test_operator_ends_on_any_day_to_come(member, operator, now):
    end(membership=member, last=TUESDAY + DAY, by=operator, by_operator=True, now=now)

    member.refresh_from_db()
    assert (member.status, member.ends_on) == ("active", TUESDAY + DAY)


def test_operator_ends_at_once_what_would_have_ended_today_anyway(member, operator, now):
    end(membership=member, last=TUESDAY, by=operator, by_operator=True, now=at("09:00", TUESDAY - DAY))
    member.refresh_from_db()
    assert member.status == "active"

    end(membership=member, last=TUESDAY, by=operator, by_operator=True, now=now)

    member.refresh_from_db()
    assert member.status == "ended"


def test_end_is_told_once_and_may_only_come_nearer(member, operator, now):
    end(membership=member, last=DECEMBER_ENDS, by=member.user, now=now)

    for last in (DECEMBER_ENDS, date(2027, 1, 31)):
        assert refused(end, membership=member, last=last, by=member.user, now=now) == {"ends_already"}
        codes = refused(end, membership=member, last=last, by=operator, by_operator=True, now=now)
        assert codes == {"ends_already"}
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=at("10:00"))
    member.refresh_from_db()
    assert member.ends_on == NOVEMBER_ENDS
    assert agreed(member) == [("monthly", date(2026, 1, 1), NOVEMBER_ENDS)]


def test_membership_that_is_over_can_not_be_made_longer_before_midnights_work_is_done(member, operator, now):
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)
    later = at("00:10", DECEMBER)

    assert refused(stay, membership=member, by=member.user, now=later) == {"no_end_to_keep"}
    codes = refused(end, membership=member, last=DECEMBER, by=operator, by_operator=True, now=later)
    assert codes == {"ends_already"}


@pytest.mark.parametrize("by_operator", [False, True])
def test_membership_that_has_not_begun_never_begins(person, flex, now, by_operator):
    member = make_membership(person, flex, starts_on=date(2026, 12, 10))

    end(membership=member, last=TUESDAY, by=person, by_operator=by_operator, now=now)

    member.refresh_from_db()
    assert (member.status, member.ends_on) == ("ended", date(2026, 12, 9))
    assert agreed(member) == [("monthly", date(2026, 12, 10), date(2026, 12, 9))]


def test_planned_change_and_pause_of_what_never_begins_go_with_it(person, flex, booth_plan, operator, now):
    member = make_membership(person, flex, starts_on=date(2026, 12, 10))
    change_plan(membership=member, plan=booth_plan, day=date(2027, 1, 1), by=person, now=now)
    Pause.objects.create(membership=member, starts_on=date(2027, 2, 1))

    end(membership=member, last=TUESDAY, by=person, now=now)

    assert agreed(member) == [("monthly", date(2026, 12, 10), date(2026, 12, 9))]
    assert not Pause.objects.exists()


def test_membership_may_end_on_its_first_day(person, flex, space, now):
    member = make_membership(person, flex, starts_on=NOVEMBER_ENDS)

    end(membership=member, last=NOVEMBER_ENDS, by=person, now=now)

    member.refresh_from_db()
    assert (member.status, member.ends_on) == ("active", NOVEMBER_ENDS)
    assert agreed(member) == [("monthly", NOVEMBER_ENDS, NOVEMBER_ENDS)]


def test_member_who_has_not_begun_does_not_end_within_a_month_either(person, flex, now):
    member = make_membership(person, flex, starts_on=date(2026, 12, 10))

    assert refused(end, membership=member, last=date(2026, 12, 15), by=person, now=now) == {"end_not_a_renewal"}


def test_what_was_agreed_for_after_the_end_goes(member, booth_plan, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)

    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)

    assert agreed(member) == [("monthly", date(2026, 1, 1), NOVEMBER_ENDS)]


def test_pause_that_was_planned_for_later_comes_back_with_the_membership(member, now):
    pause(membership=member, first=DECEMBER, last=DECEMBER_ENDS, by=member.user, now=now)

    member = end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)
    assert planned_pause(member, TUESDAY) is None

    member = stay(membership=member, by=member.user, now=now)
    assert planned_pause(member, TUESDAY).starts_on == DECEMBER


def test_booth_that_was_only_planned_goes_to_the_line(member, tenant, booth_plan, booths, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)
    wait(user=make_user("waiting@example.jp"), plan=booth_plan, now=now)

    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)

    place = BoothWait.objects.get()
    assert (place.booth, place.free_from) == (booths[1], TUESDAY)


def test_booth_of_who_leaves_is_offered_from_the_day_after(tenant, other, booth_plan, booths, now):
    make_membership(make_user(), booth_plan, booth=booths[1])
    wait(user=make_user("waiting@example.jp"), plan=booth_plan, now=now)

    end(membership=tenant, last=NOVEMBER_ENDS, by=other, now=now)

    place = BoothWait.objects.get()
    assert (place.booth, place.free_from) == (booths[0], DECEMBER)
    assert told("booth.offered") == ["waiting@example.jp"]


def test_companions_leave_with_the_membership(tenant, operator, now):
    invite(membership=tenant, email="friend@example.jp", now=now)

    end(membership=tenant, last=TUESDAY, by=operator, by_operator=True, now=now)

    assert Companion.objects.get().left_at == now


def test_companions_stay_until_the_last_day_is_over(tenant, other, now):
    invite(membership=tenant, email="friend@example.jp", now=now)
    end(membership=tenant, last=NOVEMBER_ENDS, by=other, now=now)
    assert Companion.objects.standing().exists()

    settle_due(now=at("00:10", DECEMBER))

    assert not Companion.objects.standing().exists()


def test_end_that_is_taken_back_leaves_everything_as_it_was(member, now):
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)

    stay(membership=member, by=member.user, now=now)

    member.refresh_from_db()
    assert (member.status, member.ends_on) == ("active", None)
    assert agreed(member) == [("monthly", date(2026, 1, 1), None)]
    assert told("membership.stays") == ["person@example.jp"]
    settle_due(now=at("00:10", DECEMBER))
    member.refresh_from_db()
    assert member.status == "active"


def test_last_day_is_soon_enough_to_stay(member, now):
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)

    stay(membership=member, by=member.user, now=at("23:59", NOVEMBER_ENDS))

    member.refresh_from_db()
    assert member.ends_on is None


def test_who_rests_without_an_end_and_stays_still_rests(member, operator, now):
    pause(membership=member, first=TUESDAY, last=None, by=operator, by_operator=True, now=now)
    end(membership=member, last=NOVEMBER_ENDS, by=member.user, now=now)

    stay(membership=member, by=member.user, now=now)
    settle_due(now=at("00:10", DECEMBER))

    member.refresh_from_db()
    assert (member.status, member.pauses.get().ends_on) == ("paused", None)


def test_tenant_may_stay_while_the_booth_is_promised_to_nobody(tenant, other, booths, now):
    end(membership=tenant, last=NOVEMBER_ENDS, by=other, now=now)

    stay(membership=tenant, by=other, now=now)

    assert AgreedPlan.objects.get(booth=booths[0]).ends_on is None


def test_tenant_whose_booth_is_offered_does_not_stay(tenant, other, booth_plan, booths, now):
    make_membership(make_user(), booth_plan, booth=booths[1])
    wait(user=make_user("waiting@example.jp"), plan=booth_plan, now=now)
    end(membership=tenant, last=NOVEMBER_ENDS, by=other, now=now)

    assert refused(stay, membership=tenant, by=other, now=now) == {"booth_kept_for_line"}
    tenant.refresh_from_db()
    assert tenant.ends_on == NOVEMBER_ENDS


def test_tenant_whose_booth_is_let_on_does_not_stay(tenant, other, person, booth_plan, booths, now):
    end(membership=tenant, last=NOVEMBER_ENDS, by=other, now=now)
    make_membership(person, booth_plan, booth=booths[0], starts_on=DECEMBER)

    assert refused(stay, membership=tenant, by=other, now=now) == {"booth_taken"}


@pytest.mark.parametrize("status", ["applied", "active", "paused", "ended", "declined"])
def test_where_no_end_is_planned_none_is_taken_back(person, flex, now, status):
    member = make_membership(person, flex, status=status)

    assert refused(stay, membership=member, by=person, now=now) == {"no_end_to_keep"}


@pytest.mark.parametrize("status", ["applied", "ended", "declined"])
def test_what_is_not_in_force_does_not_end(person, flex, operator, now, status):
    member = make_membership(person, flex, status=status)

    for by_operator in (False, True):
        codes = refused(end, membership=member, last=NOVEMBER_ENDS, by=person, by_operator=by_operator, now=now)
        assert codes == {"not_active"}
    assert Membership.objects.get().status == status


def test_paused_membership_may_end(person, flex, now):
    member = make_membership(person, flex, status="paused")

    end(membership=member, last=NOVEMBER_ENDS, by=person, now=now)
    settle_due(now=at("00:10", DECEMBER))

    member.refresh_from_db()
    assert member.status == "ended"
