"""An import that meets somebody who joins at the same moment comes in whole, or not at all."""

from datetime import date

import pytest
from django.db import transaction

from members.booths import booths_of
from members.importing import FileRefusedError, load
from members.joining import join
from members.models import AgreedPlan, Membership, User
from spaces.locks import lock_resources
from spaces.refusing import codes
from tests.conftest import make_operator
from tests.factories import make_user
from tests.races.connections import Doing, waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "email,family_name,plan,booth,starts_on"


def test_person_who_joins_while_the_file_is_loaded_refuses_it_all(four_spaces, now):
    space = four_spaces["koharubiyori"]
    operator = make_operator("owner@example.jp", space)
    taro = make_user("taro@example.jp")
    file = f"{HEADER}\nhanako@example.jp,山田,フリーパス,,2026-04-01\n{taro.email},鈴木,フリーパス,,2026-04-01\n"

    with transaction.atomic():
        join(user=taro, plan=space.plans.get(kind="free_pass"), starts_on=now.date(), answers={}, now=now)
        loading = Doing(lambda: load(space, file.encode(), by=operator, now=now))
        waits_for_a_lock()

    error = loading.settle()
    assert isinstance(error, FileRefusedError)
    assert [problem.code for problem in error.reading.problems] == ["meanwhile"]
    assert not User.objects.filter(email="hanako@example.jp").exists()
    assert Membership.objects.get().user == taro


def test_booth_that_is_let_while_the_file_waits_is_told(four_spaces, now):
    space = four_spaces["dorinoki"]
    operator = make_operator("owner@example.jp", space)
    plan = space.plans.get(name_en="Work booth for 4")
    file = f"{HEADER}\nhanako@example.jp,山田,ワークブース（4人用）,4人用ブース,2026-04-01\n"

    with transaction.atomic():
        join(user=make_user(), plan=plan, starts_on=date(2026, 11, 24), answers={}, now=now)
        loading = Doing(lambda: load(space, file.encode(), by=operator, now=now))
        waits_for_a_lock()

    error = loading.settle()
    assert isinstance(error, FileRefusedError)
    assert [problem.code for problem in error.reading.problems] == ["booth_let"]
    assert AgreedPlan.objects.filter(booth__isnull=False).count() == 1


def test_person_who_joins_waits_for_the_file_without_a_membership_that_it_would_wait_for(four_spaces, now):
    space = four_spaces["dorinoki"]
    operator = make_operator("owner@example.jp", space)
    plan, taro = space.plans.get(name_en="Work booth for 4"), make_user("taro@example.jp")
    file = f"{HEADER}\n{taro.email},鈴木,フレックス利用,,2026-04-01\n"

    with transaction.atomic():
        lock_resources(booth.pk for booth in booths_of(plan))
        joining = Doing(lambda: join(user=taro, plan=plan, starts_on=date(2026, 11, 24), answers={}, now=now))
        waits_for_a_lock()
        assert load(space, file.encode(), by=operator, now=now) == 1

    assert codes(joining.settle()) == {"live_already"}
    assert Membership.objects.get().user == taro
