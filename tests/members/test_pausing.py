"""Pausing and coming back: from a renewal on for a member, from any day on for an operator."""

from datetime import date, timedelta

import pytest

from members.changing import change_plan
from members.ending import end
from members.models import Membership, Pause
from members.pausing import earliest_pause, pause, resume
from members.settling import settle_due
from tests.factories import TUESDAY, at, make_membership
from tests.members.acts import history, refused, told

DAY = timedelta(days=1)
DECEMBER, JANUARY, FEBRUARY = date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)


def rests(membership):
    return list(membership.pauses.values_list("starts_on", "ends_on"))


def status_at(membership, moment):
    settle_due(now=moment)
    membership.refresh_from_db()
    return membership.status


def test_member_rests_from_the_next_renewal_until_they_resume(member, now):
    assert earliest_pause(member, now=now) == DECEMBER

    pause(membership=member, first=DECEMBER, last=None, by=member.user, why="旅行", now=now)

    member.refresh_from_db()
    assert (member.status, rests(member)) == ("active", [(DECEMBER, None)])
    assert history(member)[-1] == ("active", member.user, "旅行")
    assert told("membership.paused") == ["person@example.jp"]
    assert status_at(member, at("23:59", DECEMBER - DAY)) == "active"
    assert status_at(member, at("00:01", DECEMBER)) == "paused"
    assert status_at(member, at("00:01", date(2027, 6, 1))) == "paused"


def test_pause_with_a_last_day_is_over_by_itself(member, now):
    pause(membership=member, first=DECEMBER, last=date(2027, 1, 31), by=member.user, now=now)

    assert status_at(member, at("12:00", DECEMBER)) == "paused"
    assert status_at(member, at("23:59", date(2027, 1, 31))) == "paused"
    assert status_at(member, at("00:01", FEBRUARY)) == "active"
    assert history(member)[-1] == ("active", None, "")


def test_later_renewal_is_fine_too(member, now):
    pause(membership=member, first=FEBRUARY, last=None, by=member.user, now=now)

    assert rests(member) == [(FEBRUARY, None)]


@pytest.mark.parametrize("first", [TUESDAY - DAY, TUESDAY, DECEMBER - DAY, DECEMBER + DAY, date(2026, 11, 1)])
def test_member_pauses_only_from_a_renewal_on(member, now, first):
    codes = refused(pause, membership=member, first=first, last=None, by=member.user, now=now)

    assert codes == {"pause_starts_at_renewal"}
    assert not Pause.objects.exists()


def test_member_who_has_not_begun_pauses_from_the_second_month_on(person, flex, now):
    member = make_membership(person, flex, starts_on=date(2026, 12, 10))

    assert earliest_pause(member, now=now) == JANUARY
    codes = refused(pause, membership=member, first=DECEMBER, last=None, by=person, now=now)
    assert codes == {"pause_starts_at_renewal"}
    pause(membership=member, first=JANUARY, last=None, by=person, now=now)


def test_operator_pauses_from_today_on(member, operator, now):
    pause(membership=member, first=TUESDAY, last=None, by=operator, why="怪我", by_operator=True, now=now)

    member.refresh_from_db()
    assert member.status == "paused"
    assert history(member)[-1] == ("paused", operator, "怪我")


def test_operator_pauses_from_any_day_to_come(member, operator, now):
    pause(membership=member, first=TUESDAY + DAY, last=TUESDAY + DAY, by=operator, by_operator=True, now=now)

    member.refresh_from_db()
    assert (member.status, rests(member)) == ("active", [(TUESDAY + DAY, TUESDAY + DAY)])


def test_operator_does_not_pause_from_a_day_that_is_past(member, operator, now):
    codes = refused(pause, membership=member, first=TUESDAY - DAY, last=None, by=operator, by_operator=True, now=now)

    assert codes == {"pause_too_early"}


def test_operator_does_not_pause_what_has_not_begun(person, flex, operator, now):
    member = make_membership(person, flex, starts_on=DECEMBER)

    codes = refused(pause, membership=member, first=TUESDAY, last=None, by=operator, by_operator=True, now=now)

    assert codes == {"pause_too_early"}
    pause(membership=member, first=DECEMBER, last=None, by=operator, by_operator=True, now=now)
    assert status_at(member, at("12:00", TUESDAY)) == "active"
    assert status_at(member, at("12:00", DECEMBER)) == "paused"


def test_pause_has_a_day_at_least(member, now):
    codes = refused(pause, membership=member, first=DECEMBER, last=DECEMBER - DAY, by=member.user, now=now)

    assert codes == {"pause_ends_before_it_starts"}


def test_pause_begins_before_the_end(member, now):
    end(membership=member, last=date(2026, 11, 30), by=member.user, now=now)

    codes = refused(pause, membership=member, first=DECEMBER, last=None, by=member.user, now=now)

    assert codes == {"past_the_end"}


@pytest.mark.parametrize("last", [date(2027, 2, 10), None])
def test_pause_that_was_planned_for_after_the_end_gives_way_to_a_new_one(member, operator, now, last):
    pause(membership=member, first=FEBRUARY, last=date(2027, 2, 28), by=member.user, now=now)
    end(membership=member, last=date(2027, 1, 31), by=member.user, now=now)

    pause(membership=member, first=DECEMBER, last=last, by=operator, by_operator=True, now=now)

    assert rests(member) == [(DECEMBER, last)]


def test_one_pause_is_planned_at_a_time(member, operator, now):
    pause(membership=member, first=DECEMBER, last=date(2026, 12, 31), by=member.user, now=now)

    for by_operator in (False, True):
        codes = refused(
            pause, membership=member, first=FEBRUARY, last=None, by=operator, by_operator=by_operator, now=now
        )
        assert codes == {"paused_already"}


def test_pause_that_is_over_stands_in_the_way_of_no_other(member, now):
    Pause.objects.create(membership=member, starts_on=date(2026, 5, 1), ends_on=TUESDAY - DAY)

    pause(membership=member, first=DECEMBER, last=None, by=member.user, now=now)

    assert member.pauses.count() == 2


def test_tenant_of_a_booth_does_not_pause(tenant, operator, now):
    for by_operator in (False, True):
        codes = refused(
            pause, membership=tenant, first=DECEMBER, last=None, by=operator, by_operator=by_operator, now=now
        )
        assert codes == {"booth_cannot_pause"}


def test_who_is_about_to_move_into_a_booth_does_not_pause_over_that_day(member, booth_plan, operator, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)

    for first in (TUESDAY, DECEMBER, JANUARY):
        codes = refused(pause, membership=member, first=first, last=None, by=operator, by_operator=True, now=now)
        assert codes == {"booth_cannot_pause"}


def test_who_is_to_move_into_a_booth_may_rest_until_then(member, booth_plan, operator, now):
    change_plan(membership=member, plan=booth_plan, day=DECEMBER, by=member.user, now=now)
    asked = {"membership": member, "first": TUESDAY, "by": operator, "by_operator": True, "now": now}

    assert refused(pause, **asked, last=DECEMBER) == {"booth_cannot_pause"}
    pause(**asked, last=DECEMBER - DAY)


def test_who_leaves_a_booth_may_pause_after_it(tenant, flex, now):
    change_plan(membership=tenant, plan=flex, day=DECEMBER, by=tenant.user, now=now)

    pause(membership=tenant, first=DECEMBER, last=None, by=tenant.user, now=now)

    assert rests(tenant) == [(DECEMBER, None)]


def test_planned_pause_is_taken_back(member, now):
    pause(membership=member, first=DECEMBER, last=None, by=member.user, now=now)

    resume(membership=member, day=TUESDAY, by=member.user, now=now)

    assert rests(member) == []
    assert status_at(member, at("12:00", DECEMBER)) == "active"
    assert told("membership.resumed") == ["person@example.jp"]


def test_member_comes_back_today(member, operator, now):
    pause(membership=member, first=TUESDAY, last=None, by=operator, by_operator=True, now=now)
    friday = TUESDAY + 3 * DAY

    resume(membership=member, day=friday, by=member.user, why="回復", now=at("09:00", friday))

    member.refresh_from_db()
    assert (member.status, rests(member)) == ("active", [(TUESDAY, friday - DAY)])
    assert history(member)[-1] == ("active", member.user, "回復")


def test_member_comes_back_on_a_day_to_come(person, flex, now):
    member = make_membership(person, flex, status="paused", starts_on=date(2026, 6, 1))

    resume(membership=member, day=date(2026, 12, 15), by=person, now=now)

    member.refresh_from_db()
    assert (member.status, rests(member)) == ("paused", [(date(2026, 6, 1), date(2026, 12, 14))])
    assert status_at(member, at("23:59", date(2026, 12, 14))) == "paused"
    assert status_at(member, at("00:01", date(2026, 12, 15))) == "active"


def test_pause_that_began_today_is_taken_back_as_if_it_had_never_been(member, operator, now):
    pause(membership=member, first=TUESDAY, last=None, by=operator, by_operator=True, now=now)

    resume(membership=member, day=TUESDAY, by=operator, now=now)

    member.refresh_from_db()
    assert (member.status, rests(member)) == ("active", [])


def test_pause_that_began_at_midnight_is_taken_back_before_the_work_of_midnight(member, now):
    pause(membership=member, first=DECEMBER, last=None, by=member.user, now=now)

    resume(membership=member, day=DECEMBER, by=member.user, now=at("00:05", DECEMBER))

    assert rests(member) == []
    assert status_at(member, at("00:10", DECEMBER)) == "active"


def test_nobody_comes_back_in_the_past(person, flex, now):
    member = make_membership(person, flex, status="paused")

    assert refused(resume, membership=member, day=TUESDAY - DAY, by=person, now=now) == {"resumes_in_the_past"}


def test_nobody_comes_back_after_the_end(person, flex, now):
    member = make_membership(person, flex, status="paused")
    end(membership=member, last=date(2026, 11, 30), by=person, now=now)

    assert refused(resume, membership=member, day=DECEMBER, by=person, now=now) == {"past_the_end"}


def test_coming_back_makes_no_pause_longer(member, operator, now):
    last = date(2026, 12, 14)
    pause(membership=member, first=TUESDAY, last=last, by=operator, by_operator=True, now=now)

    assert refused(resume, membership=member, day=last + DAY, by=operator, now=now) == {"resumes_by_itself"}
    resume(membership=member, day=last, by=operator, now=now)
    assert rests(member) == [(TUESDAY, last - DAY)]


@pytest.mark.parametrize("status", ["applied", "paused", "ended", "declined"])
def test_only_what_is_active_is_paused(person, flex, operator, now, status):
    member = make_membership(person, flex, status=status)

    for by_operator in (False, True):
        codes = refused(
            pause, membership=member, first=DECEMBER, last=None, by=operator, by_operator=by_operator, now=now
        )
        assert codes == {"not_active"}


@pytest.mark.parametrize("status", ["applied", "active", "ended", "declined"])
def test_only_what_rests_is_resumed(person, flex, now, status):
    member = make_membership(person, flex, status=status)

    assert refused(resume, membership=member, day=TUESDAY, by=person, now=now) == {"not_paused"}
    assert Membership.objects.get().status == status


@pytest.mark.parametrize("status", ["ended", "declined"])
def test_pause_of_what_is_over_is_not_taken_back(person, flex, now, status):
    member = make_membership(person, flex, status=status)
    Pause.objects.create(membership=member, starts_on=TUESDAY)

    assert refused(resume, membership=member, day=TUESDAY, by=person, now=now) == {"not_paused"}
