"""Deciding applications: approved, declined or withdrawn, once, and everybody who should know is told."""

from datetime import date, timedelta

import pytest

from members.booths import wait
from members.deciding import approve, decline, withdraw
from members.ending import end
from members.joining import join
from members.models import BoothWait, Membership
from notices.models import Notice
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.members.acts import agreed, history, refused, told


@pytest.fixture
def space(db):
    """An operator decides here."""
    return make_space("guarded", admission="application", renewal_day=1)


def applied(person, plan, now, starts_on=TUESDAY):
    return join(user=person, plan=plan, starts_on=starts_on, answers={}, now=now)


def test_applicant_becomes_a_member_and_is_told(person, flex, operator, now):
    membership = applied(person, flex, now)
    later = at("10:00")

    approve(membership=membership, by=operator, message="ようこそ", now=later)

    membership.refresh_from_db()
    assert (membership.status, membership.starts_on) == ("active", TUESDAY)
    assert (membership.decided_at, membership.decision) == (later, "ようこそ")
    assert agreed(membership) == [("monthly", TUESDAY, None)]
    assert history(membership) == [("applied", person, ""), ("active", operator, "ようこそ")]
    assert told("membership.decided") == ["person@example.jp"]


def test_start_that_has_passed_meanwhile_is_moved_to_today(person, flex, space, operator, now):
    space.renewal_day = None
    space.save()
    membership = applied(person, flex, now)
    friday = TUESDAY + timedelta(days=3)

    approve(membership=membership, by=operator, now=at("09:00", friday))

    membership.refresh_from_db()
    assert (membership.starts_on, membership.renewal_day) == (friday, 27)
    assert agreed(membership) == [("monthly", friday, None)]


def test_start_that_is_still_to_come_stays(person, flex, operator, now):
    membership = applied(person, flex, now, date(2026, 12, 15))

    approve(membership=membership, by=operator, now=now)

    membership.refresh_from_db()
    assert (membership.status, membership.starts_on) == ("active", date(2026, 12, 15))


def test_applicant_pays_the_price_of_the_day_they_applied(person, flex, operator, now):
    membership = applied(person, flex, now)
    flex.price = 99000
    flex.save()

    approve(membership=membership, by=operator, now=now)

    assert membership.agreed_plans.get().price == 12000


def test_applicant_for_a_plan_that_was_retired_meanwhile_can_be_approved(person, flex, operator, now):
    membership = applied(person, flex, now)
    flex.retired_on = TUESDAY
    flex.save()

    assert approve(membership=membership, by=operator, now=now).status == "active"


def test_declined_applicant_is_told_why(person, flex, operator, now):
    membership = applied(person, flex, now)

    decline(membership=membership, by=operator, message="満席です", now=now)

    membership.refresh_from_db()
    assert (membership.status, membership.decision, membership.decided_at) == ("declined", "満席です", now)
    assert membership.ends_on == TUESDAY - timedelta(days=1)
    assert agreed(membership) == [("monthly", TUESDAY, TUESDAY - timedelta(days=1))]
    assert history(membership)[-1] == ("declined", operator, "満席です")
    assert told("membership.decided") == ["person@example.jp"]


def test_withdrawn_application_tells_nobody_and_has_no_decision(person, flex, now):
    membership = applied(person, flex, now)

    withdraw(membership=membership, now=now)

    membership.refresh_from_db()
    assert (membership.status, membership.decided_at) == ("ended", None)
    assert history(membership)[-1] == ("ended", person, "")
    assert told("membership.decided") == []


def test_approval_lets_a_booth(person, booth_plan, booths, operator, now):
    membership = applied(person, booth_plan, now)

    approve(membership=membership, by=operator, now=now)

    assert membership.agreed_plans.get().booth == booths[0]


def test_nobody_is_approved_without_a_booth(person, booth_plan, booths, operator, now):
    membership = applied(person, booth_plan, now)
    for number, booth in enumerate(booths):
        make_membership(make_user(f"{number}@example.jp"), booth_plan, booth=booth)

    assert refused(approve, membership=membership, by=operator, now=now) == {"all_let"}
    membership.refresh_from_db()
    assert (membership.status, membership.decided_at) == ("applied", None)
    assert not Notice.objects.filter(kind="membership.decided").exists()


def test_applicant_for_whom_no_booth_is_left_may_wait_for_one(person, booth_plan, booths, operator, now):
    """They have applied for the plan, but nothing is let to them yet."""
    membership = applied(person, booth_plan, now)
    tenants = [
        make_membership(make_user(f"{number}@example.jp"), booth_plan, booth=booth)
        for number, booth in enumerate(booths)
    ]
    wait(user=person, plan=booth_plan, now=now)
    end(membership=tenants[0], last=TUESDAY, by=operator, by_operator=True, now=now)

    tomorrow = at("09:00", TUESDAY + timedelta(days=1))
    approve(membership=membership, by=operator, now=tomorrow)

    assert membership.agreed_plans.get().booth == booths[0]
    assert BoothWait.objects.get().outcome == "accepted"


@pytest.mark.parametrize("close", [decline, withdraw])
def test_booth_that_was_reserved_goes_to_the_next_in_line(person, space, operator, now, close):
    plan = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=1), kind="booth")
    leaving = make_membership(make_user(), plan, booth=plan.resources.get())
    second = make_user("second@example.jp")
    for waiting in (person, second):
        wait(user=waiting, plan=plan, now=now)
    end(membership=leaving, last=date(2026, 11, 30), by=leaving.user, now=now)
    membership = applied(person, plan, now, date(2026, 12, 1))
    assert BoothWait.objects.get(user=second).booth is None

    close(membership=membership, now=now, **({"by": operator} if close is decline else {}))

    assert BoothWait.objects.get(user=second).booth == plan.resources.get()
    assert BoothWait.objects.get(user=second).free_from == date(2026, 12, 1)


def test_who_was_reserved_a_booth_gets_that_one(person, space, operator, now):
    plan = make_plan(space, make_resource(space, kind="booth", capacity=1, persons=1), kind="booth")
    leaving = make_membership(make_user(), plan, booth=plan.resources.get())
    wait(user=person, plan=plan, now=now)
    end(membership=leaving, last=date(2026, 11, 30), by=leaving.user, now=now)
    membership = applied(person, plan, now, date(2026, 12, 1))

    approve(membership=membership, by=operator, now=now)

    assert membership.agreed_plans.get().booth == plan.resources.get()


@pytest.mark.parametrize("status", ["active", "paused", "ended", "declined"])
def test_what_was_decided_is_not_decided_again(person, flex, operator, now, status):
    membership = make_membership(person, flex, status=status)

    assert refused(approve, membership=membership, by=operator, now=now) == {"not_applied"}
    assert refused(decline, membership=membership, by=operator, now=now) == {"not_applied"}
    assert refused(withdraw, membership=membership, now=now) == {"not_applied"}
    assert Membership.objects.get().status == status
    assert not Notice.objects.exists()
