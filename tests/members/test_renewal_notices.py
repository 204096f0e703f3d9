"""Who is told before a membership renews: days ahead, with what it costs; once, also when tasks run twice or late."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from members.changing import change_plan
from members.costs import cost_of_renewal
from members.dues import bill
from members.ending import end
from members.models import AgreedPlan, Pause
from members.pausing import pause, resume
from members.periods import DAY, renewal_days_on, renewal_in
from members.renewal_notices import RENEWS, TOLD_AHEAD, tell_of_renewals
from members.repricing import reprice_members
from notices.delivery import deliver_due
from notices.models import Notice
from tests.factories import at, make_membership, make_plan, make_resource, make_space, make_user
from tests.properties import examples, undone

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
EARLY, FIVE_BEFORE, EVE = date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 30)


@pytest.fixture
def space(db):
    return make_space(renewal_day=1)


@pytest.fixture
def flex(space):
    return make_plan(space, make_resource(space), kind="monthly", price=12500)


@pytest.fixture
def member(flex):
    return joined(flex)


def joined(plan, starts_on=date(2026, 1, 1), email="member@example.jp", **fields):
    """A membership that was agreed to on its first day, not on the day of the test."""
    membership = make_membership(make_user(email), plan, starts_on=starts_on, **fields)
    AgreedPlan.objects.filter(membership=membership).update(told_at=at("12:00", starts_on))
    return membership


def told(*days, clock="12:00"):
    """The days of renewal that members were told of by a task that ran on these days."""
    for day in days:
        tell_of_renewals(now=at(clock, day))
    return list(Notice.objects.filter(kind=RENEWS).order_by("pk").values_list("facts__day", flat=True))


def settled(day, clock="12:00"):
    """The state of the notice after a round of delivery on a day."""
    with time_machine.travel(at(clock, day)):
        deliver_due(until=at("23:59", day))
    return Notice.objects.get(kind=RENEWS).state


def test_members_are_told_five_days_before_the_renewal_and_once(member):
    assert told(EARLY) == []

    told(FIVE_BEFORE, FIVE_BEFORE, date(2026, 11, 27), EVE)

    notice = Notice.objects.get(kind=RENEWS)
    assert (notice.recipient, notice.facts) == ("member@example.jp", {"day": "2026-12-01"})
    assert notice.dedupe_key == f"membership.renews:{member.pk}:2026-12-01"
    assert notice.useful_until == at("00:00", DECEMBER)


def test_they_are_told_of_each_renewal(member):
    assert told(FIVE_BEFORE, date(2026, 12, 15), date(2026, 12, 28)) == ["2026-12-01", "2027-01-01"]


def test_after_days_without_a_task_it_is_still_told_before_the_renewal_and_not_after_it(member):
    with undone():
        assert told(EVE, clock="23:59") == ["2026-12-01"]
    assert told(DECEMBER, clock="00:01") == []


def test_what_waited_past_the_renewal_is_dropped(member):
    told(FIVE_BEFORE)

    assert settled(DECEMBER) == "dropped"
    assert Notice.objects.get(kind=RENEWS).last_error == "Too late to be useful."


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ends before", lambda one: end(membership=one, last=EVE, by=None, now=at("12:00", FIVE_BEFORE))),
        ("rests", lambda one: pause(membership=one, first=DECEMBER, last=None, by=None, now=at("12:00", FIVE_BEFORE))),
        (
            "rests for half a month",
            lambda one: pause(
                membership=one, first=DECEMBER, last=date(2026, 12, 15), by=None, now=at("12:00", FIVE_BEFORE)
            ),
        ),
        ("account closed", lambda one: type(one.user).objects.filter(pk=one.user_id).update(is_active=False)),
        ("settled elsewhere", lambda one: type(one).objects.filter(pk=one.pk).update(billed_from=JANUARY)),
        ("space has left", lambda one: type(one.space).objects.filter(pk=one.space_id).update(left_on=DECEMBER)),
    ],
)
def test_nobody_is_told_of_what_does_not_come_and_what_was_written_is_dropped(member, name, change):
    with undone():
        change(member)
        assert told(FIVE_BEFORE, EVE) == []
    told(FIVE_BEFORE)
    change(member)

    assert settled(FIVE_BEFORE) == "dropped"
    assert Notice.objects.get(kind=RENEWS).last_error == "No longer wanted."


def test_free_plans_are_not_told_but_the_change_to_one_that_costs_is(space, flex):
    free = make_plan(space, kind="free", price=0)
    member = joined(free)
    assert told(FIVE_BEFORE, EVE) == []

    change_plan(membership=member, plan=flex, day=DECEMBER, by=None, now=at("12:00", date(2026, 11, 10)))

    assert told(FIVE_BEFORE) == ["2026-12-01"]


def test_who_changes_to_a_plan_that_costs_nothing_is_not_told(space, member):
    free = make_plan(space, kind="free", price=0)
    change_plan(membership=member, plan=free, day=DECEMBER, by=None, now=at("12:00", date(2026, 11, 10)))

    assert told(FIVE_BEFORE, EVE) == []


def test_the_first_month_is_no_renewal_since_it_is_paid_on_joining(flex):
    joined(flex, starts_on=DECEMBER)

    assert told(FIVE_BEFORE, EVE) == []
    assert told(date(2026, 12, 27)) == ["2027-01-01"]


def test_who_joined_or_changed_plans_within_these_days_has_just_read_of_it(space, flex, member):
    joined(flex, starts_on=date(2026, 11, 27), email="new@example.jp")
    bigger = make_plan(space, kind="monthly", price=20000)
    change_plan(membership=member, plan=bigger, day=DECEMBER, by=None, now=at("00:30", date(2026, 11, 27)))

    assert told(date(2026, 11, 28), EVE) == []


def test_a_new_price_is_what_they_are_told_of_unless_they_have_just_been(flex, member):
    flex.price = 14000
    flex.save()
    with undone():
        reprice_members(plan=flex, not_before=DECEMBER, by=None, now=at("12:00", date(2026, 11, 28)))
        assert told(date(2026, 11, 28), EVE) == []
    reprice_members(plan=flex, not_before=DECEMBER, by=None, now=at("12:00", date(2026, 10, 20)))

    assert told(FIVE_BEFORE) == ["2026-12-01"]
    assert cost_of_renewal(member, DECEMBER).total == 14000


def test_a_pause_that_ends_with_the_month_is_followed_by_a_renewal(member):
    pause(membership=member, first=date(2026, 11, 1), last=EVE, by=None, now=at("12:00", date(2026, 10, 10)))

    assert told(FIVE_BEFORE) == ["2026-12-01"]
    assert settled(FIVE_BEFORE) == "sent"


def test_who_resumes_earlier_is_told_of_the_next_renewal(member):
    pause(membership=member, first=DECEMBER, last=None, by=None, now=at("12:00", EARLY))
    assert told(FIVE_BEFORE) == []
    resume(membership=member, day=FIVE_BEFORE, by=None, now=at("13:00", FIVE_BEFORE))

    assert told(FIVE_BEFORE, clock="14:00") == ["2026-12-01"]


def test_a_membership_whose_day_was_moved_is_told_of_the_new_one(member):
    told(FIVE_BEFORE)
    type(member).objects.filter(pk=member.pk).update(renewal_day=5)

    assert settled(FIVE_BEFORE) == "dropped"
    assert told(EVE) == ["2026-12-01", "2026-12-05"]


@pytest.mark.parametrize(
    ("renewal_day", "first_told", "renews_on"),
    [
        (31, date(2027, 2, 23), "2027-02-28"),
        (31, date(2028, 2, 24), "2028-02-29"),
        (30, date(2028, 2, 24), "2028-02-29"),
        (29, date(2027, 2, 23), "2027-02-28"),
        (31, date(2027, 4, 25), "2027-04-30"),
        (1, date(2027, 2, 24), "2027-03-01"),
        (1, date(2028, 2, 25), "2028-03-01"),
    ],
)
def test_short_months_and_leap_days(flex, renewal_day, first_told, renews_on):
    joined(flex, renewal_day=renewal_day)

    assert told(first_told - DAY) == []
    assert told(first_told) == [renews_on]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "before", "first"),
    [
        # Five days before 1 December begin there, in UTC, at these moments.
        ("Pacific/Kiritimati", "2026-11-25 09:59", "2026-11-25 10:00"),
        ("Asia/Tokyo", "2026-11-25 14:59", "2026-11-25 15:00"),
        ("America/Los_Angeles", "2026-11-26 07:59", "2026-11-26 08:00"),
        ("Pacific/Pago_Pago", "2026-11-26 10:59", "2026-11-26 11:00"),
    ],
)
def test_days_are_those_of_the_space(zone, before, first):
    space = make_space(renewal_day=1, timezone=zone)
    joined(make_plan(space, make_resource(space), kind="monthly", price=12500))
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (before, first)]

    counts = []
    for moment in moments:
        tell_of_renewals(now=moment)
        counts.append(Notice.objects.filter(kind=RENEWS).count())

    assert counts == [0, 1]


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 31))
@examples(300)
def test_the_days_that_renew_on_a_day_are_those_of_which_it_is_the_renewal(day, renewal_day):
    assert (renewal_day in renewal_days_on(day)) == (renewal_in(day.year, day.month, renewal_day) == day)


def test_what_is_told_is_what_is_then_billed(space, flex):
    """A month with a pause in it, and one in which a dearer plan with a higher fee begins."""
    flex.sign_up_fee = 1000
    flex.save()
    bigger = make_plan(space, kind="monthly", price=20000, sign_up_fee=5000)
    rests, changes = joined(flex), joined(flex, email="changes@example.jp")
    with time_machine.travel(at("12:00", date(2026, 11, 5))):
        for one in (rests, changes):
            bill(one, today=date(2026, 11, 5))
        Pause.objects.create(membership=rests, starts_on=date(2026, 12, 11), ends_on=date(2026, 12, 20))
        change_plan(membership=changes, plan=bigger, day=DECEMBER, by=None, now=at("12:00", date(2026, 11, 5)))
    foretold = [cost_of_renewal(one, DECEMBER).total for one in (rests, changes)]

    written = [sum(charge.yen for charge in bill(one, today=DECEMBER)) for one in (rests, changes)]

    assert foretold == written == [12500 * 21 // 31, 20000 + 4000]


def test_finding_costs_as_many_queries_for_many_members_as_for_few(flex):
    def queries():
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as context:
            tell_of_renewals(now=at("12:00", FIVE_BEFORE))
        return len(context)

    joined(flex)
    few = queries()
    for number in range(20):
        joined(flex, email=f"one{number}@example.jp")

    assert queries() == few
    assert Notice.objects.filter(kind=RENEWS).count() == 21


def test_who_was_told_is_not_reckoned_again(member):
    told(FIVE_BEFORE)
    with CaptureQueriesContext(connection) as context:
        tell_of_renewals(now=at("13:00", FIVE_BEFORE))

    assert not [query for query in context if "members_agreedplan" in query["sql"].partition("WHERE")[0]]


@given(st.lists(st.integers(0, 24 * 8), max_size=6))
@examples(25)
@pytest.mark.django_db
def test_whenever_the_task_runs_a_member_is_told_once_if_it_runs_in_time(hours):
    """The hours are counted from eight days before the renewal."""
    begins = at("00:00", DECEMBER) - timedelta(days=8)
    with undone():
        space = make_space(renewal_day=1)
        joined(make_plan(space, make_resource(space), kind="monthly", price=12500))
        for hour in hours:
            tell_of_renewals(now=begins + timedelta(hours=hour))
        in_time = [hour for hour in hours if 24 * (8 - TOLD_AHEAD.days) <= hour < 24 * 8]
        assert Notice.objects.filter(kind=RENEWS, facts__day="2026-12-01").count() == bool(in_time)
