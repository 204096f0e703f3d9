"""Whose Coworking VISA ends soon is told why; not of what a space that leaves has told them already."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bookings.leaving_foreseen import loses_days
from bookings.revoking import revoke
from bookings.space_leaving import leave
from bookings.visa_ending_notices import ENDS, TOLD_AHEAD, Ending, Why, ending_of, tell_of_ends
from members.changing import change_plan, stay_on_plan
from members.ending import end, stay
from members.pausing import pause, resume
from notices.delivery import deliver_due
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.properties import examples, undone
from tests.visas.test_holding import FIRST, held, memberships
from visas.holding import visa_of
from visas.models import Visa

DAY = timedelta(days=1)
EVE, DECEMBER = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def space(db):
    return make_space(renewal_day=1)


@pytest.fixture
def plan(space):
    return make_plan(space, make_resource(space), kind="monthly", price=12500, grants_visa=True)


@pytest.fixture
def member(plan):
    return make_membership(make_user("member@example.jp"), plan)


def ends(member, last=EVE, **fields):
    return end(membership=member, last=last, by=None, by_operator=True, now=at("09:00"), **fields)


def rests(member, first=DECEMBER, last=None):
    return pause(membership=member, first=first, last=last, by=None, by_operator=True, now=at("09:00"))


def changes(member, day=DECEMBER):
    plain = make_plan(member.space, kind="monthly", price=5000)
    return change_plan(membership=member, plan=plain, day=day, by=None, now=at("09:00"))


def told(*days, clock="12:00"):
    for day in days or [TUESDAY]:
        tell_of_ends(now=at(clock, day))
    return list(Notice.objects.filter(kind=ENDS).order_by("pk").values_list("recipient", "facts__until"))


def settled(moment):
    with time_machine.travel(moment):
        deliver_due(until=moment + timedelta(minutes=5))
    return Notice.objects.get(kind=ENDS).state


@pytest.mark.parametrize(
    ("act", "ending"),
    [
        (ends, Ending(EVE, Why.ENDS)),
        (rests, Ending(EVE, Why.RESTS)),
        (lambda one: rests(one, last=date(2026, 12, 20)), Ending(EVE, Why.RESTS, date(2026, 12, 21))),
        (changes, Ending(EVE, Why.PLAN)),
        # Of two things that come on one day the one that lasts is told.
        (lambda one: (rests(one), ends(one)), Ending(EVE, Why.ENDS)),
    ],
)
def test_what_ends_a_visa_is_told_once_with_its_reason(member, act, ending):
    act(member)

    assert told(TUESDAY, TUESDAY, EVE) == [("member@example.jp", "2026-11-30")]
    assert ending_of(visa_of(member), TUESDAY) == ending
    assert settled(at("12:30")) == "sent"


def test_who_stays_is_told_nothing(member):
    assert told(TUESDAY, EVE) == []


@pytest.mark.parametrize(
    ("act", "back"),
    [
        (ends, lambda one: stay(membership=one, by=None, now=at("12:10"))),
        (rests, lambda one: resume(membership=one, day=DECEMBER, by=None, now=at("12:10"))),
        (changes, lambda one: stay_on_plan(membership=one, by=None, now=at("12:10"))),
        (ends, lambda one: ends(one, last=date(2026, 11, 27))),
        (ends, lambda one: revoke(visa=Visa.objects.get(), reason="x", by=None, now=at("12:10"))),
    ],
)
def test_what_was_taken_back_or_comes_otherwise_is_not_told_any_more(member, act, back):
    act(member)
    told()
    back(member)

    assert settled(at("12:30")) == "dropped"


def test_it_is_told_fourteen_days_before_the_first_day_without_a_visa(member):
    ends(member, last=date(2026, 12, 31))

    assert told(date(2026, 12, 17), clock="23:59") == []
    assert told(date(2026, 12, 18), clock="00:00") == [("member@example.jp", "2026-12-31")]


def test_after_days_without_a_task_it_is_told_up_to_the_last_day_and_not_after_it(member):
    ends(member)

    with undone():
        assert told(EVE, clock="23:59") == [("member@example.jp", "2026-11-30")]
    assert told(DECEMBER, clock="00:01") == []


def test_another_end_is_told_anew(member):
    ends(member)
    told()
    ends(member, last=date(2026, 11, 28))

    assert [until for _to, until in told()] == ["2026-11-30", "2026-11-28"]


@pytest.mark.parametrize("act", [lambda one: None, lambda one: rests(one, first=date(2027, 1, 1))])
def test_who_was_told_that_the_space_leaves_is_not_told_again(four_spaces, act):
    garage = four_spaces["garage-labs"]
    member = make_membership(make_user("member@example.jp"), garage.plans.get())
    act(member)
    owner = make_operator("owner@example.jp", garage, "owner")
    leave(space=garage, left_on=date(2026, 12, 10), by=owner, now=at("09:00"))
    assert Notice.objects.filter(kind="space.leaves", recipient="member@example.jp").exists()

    assert told(date(2026, 12, 20), date(2026, 12, 31)) == []


def test_who_ends_before_a_leaving_space_does_is_told(four_spaces):
    garage = four_spaces["garage-labs"]
    member = make_membership(make_user("member@example.jp"), garage.plans.get())
    owner = make_operator("owner@example.jp", garage, "owner")
    leave(space=garage, left_on=date(2026, 12, 10), by=owner, now=at("09:00"))
    ends(member, last=date(2026, 12, 31))

    assert told(date(2026, 12, 20)) == [("member@example.jp", "2026-12-31")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "before", "first"),
    [
        ("Pacific/Kiritimati", "2026-11-16 09:59", "2026-11-16 10:00"),
        ("Pacific/Pago_Pago", "2026-11-17 10:59", "2026-11-17 11:00"),
    ],
)
def test_days_are_those_of_the_home_space(zone, before, first):
    space = make_space(timezone=zone)
    plan = make_plan(space, make_resource(space), kind="monthly", grants_visa=True)
    make_membership(make_user(), plan, ends_on=EVE)
    counts = []
    for moment in (before, first):
        tell_of_ends(now=datetime.fromisoformat(moment).replace(tzinfo=UTC))
        counts.append(Notice.objects.filter(kind=ENDS).count())

    assert counts == [0, 1]


def test_finding_costs_as_many_queries_for_many_visas_as_for_few(plan, member):
    def queries():
        with CaptureQueriesContext(connection) as context:
            tell_of_ends(now=at("12:00"))
        return len(context)

    ends(member)
    few = queries()
    for number in range(20):
        make_membership(make_user(f"one{number}@example.jp"), plan, ends_on=EVE)

    assert (few, queries()) == (4, 4)
    assert Notice.objects.filter(kind=ENDS).count() == 21


@given(memberships(), st.integers(0, 80))
@examples(400)
def test_it_is_told_of_the_last_day_in_a_row_unless_a_space_that_leaves_has_told_it(life, away):
    visa, today = held(life), FIRST + away * DAY
    good = [visa.is_valid_on(today + n * DAY) for n in range(TOLD_AHEAD.days + 1)]
    until = today + (good.index(False) - 1) * DAY if good[0] and False in good else None
    if until and visa.home_days_end == until and loses_days(visa, until):
        until = None  # told when the space chose to leave

    ending = ending_of(visa, today)

    assert (ending.until if ending else None) == until
    if ending and ending.again:
        assert visa.is_valid_on(ending.again)
        assert not any(visa.is_valid_on(until + n * DAY) for n in range(1, (ending.again - until).days))
