"""A renewal that is killed anywhere bills nobody twice, and whoever runs it next bills everybody once."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from django.db import connection

from billing.models import Charge
from members.models import AgreedPlan, Membership, User
from members.renewing import bill_begun
from tests.conftest import JAPAN
from tests.factories import make_plan, make_space
from tests.notices.processes import ROOT, environment, wait_until

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]

MANY, KILLS = 300, 20
JANUARY, TODAY = date(2027, 1, 1), date(2027, 1, 15)
NOW = datetime(2027, 1, 15, 1, 0, tzinfo=JAPAN)


@pytest.fixture
def space():
    return make_space(renewal_day=1)


@pytest.fixture
def members(space):
    """Members who joined on the first of the month; for each of them a fee and a month are due."""
    plan = make_plan(space, kind="monthly", price=12000, sign_up_fee=3000)
    people = User.objects.bulk_create(User(email=f"{number}@example.jp") for number in range(MANY))
    held = Membership.objects.bulk_create(
        Membership(user=one, space=space, status="active", starts_on=JANUARY, renewal_day=1) for one in people
    )
    AgreedPlan.objects.bulk_create(AgreedPlan.of(plan, membership=one, starts_on=JANUARY) for one in held)
    return held


@contextmanager
def renewal(*days: date) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ready to bill, and begins when it is told to; it is gone at the end."""
    program = [sys.executable, "-m", "tests.members.renewal_process", *map(str, days)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0}
    process = subprocess.Popen(program, cwd=ROOT, env=os.environ | environment(port=0), **pipes)
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.wait(30)
        process.stdin.close()
        process.stdout.close()


def begin(process):
    process.stdin.write(b"\n")


def is_done(process):
    return process.stdout.readline() == b"done\n"


def billed():
    return Charge.objects.count()


def everybody_is_billed_once(*, months=1):
    """A fee and so many months each, none of them twice, and nothing that a killed process holds."""
    found = {}
    for one in Charge.objects.all():
        found.setdefault(one.payer_id, []).append((one.kind, one.yen, one.voided_at))
    due = sorted([("sign_up", 3000, None), *[("plan", 12000, None)] * months])
    assert len(found) == MANY
    assert all(sorted(each) == due for each in found.values())
    assert nobody_else_is_connected()


def nobody_else_is_connected():
    """Whether PostgreSQL has noticed that the processes are gone, so that no lock of theirs is left."""

    def is_alone():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0] == 0

    wait_until(is_alone, patience=10)
    return is_alone()


def test_renewal_that_is_killed_twenty_times_bills_everybody_once(members):
    dice, reached = random.Random(4), []
    # Each is killed when it has written some more, at a place within what it does with one membership.
    goals = sorted(dice.sample(range(1, 2 * MANY - 5), KILLS))

    for goal in goals:
        with renewal(TODAY) as process:
            begin(process)
            wait_until(lambda goal=goal: billed() >= goal)
            time.sleep(dice.random() / 50)
            process.kill()
        reached.append(billed())

    assert reached[0] > 0
    assert reached == sorted(reached)
    assert reached[-1] < 2 * MANY
    assert bill_begun(now=NOW) == 2 * MANY - reached[-1]
    everybody_is_billed_once()


def test_renewal_that_is_killed_before_each_commit_leaves_nothing_half_done(members):
    # A fee and its month are one transaction: no member has one without the other.
    dice = random.Random(5)
    for _ in range(3):
        with renewal(TODAY) as process:
            begin(process)
            time.sleep(dice.random() / 3)
            process.kill()
        assert nobody_else_is_connected()
        fees, months = (Charge.objects.filter(kind=kind).values_list("payer") for kind in ("sign_up", "plan"))
        assert set(fees) == set(months)


def test_two_renewals_at_once_bill_everybody_once(members):
    with renewal(TODAY) as one, renewal(TODAY) as other:
        begin(one)
        begin(other)
        assert [is_done(one), is_done(other)] == [True, True]

    everybody_is_billed_once()


def test_renewals_that_die_on_three_days_leave_it_to_the_fourth(members):
    firsts = [date(2027, month, 1) for month in (2, 3, 4)]
    for number, day in enumerate(firsts):
        with renewal(day) as process:
            begin(process)
            wait_until(lambda number=number: billed() >= 40 * (number + 1))
            process.kill()
        assert nobody_else_is_connected()
        assert 40 * (number + 1) <= billed() < 2 * MANY

    with renewal(firsts[-1]) as process:
        begin(process)
        assert is_done(process)

    everybody_is_billed_once(months=4)
