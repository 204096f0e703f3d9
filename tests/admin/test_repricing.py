"""Changing plans in the admin: what members agreed to stays, until the renewal that they are told of."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from members.booths import wait
from members.models import Membership, Plan
from notices.models import Notice
from tests.factories import make_membership, make_user


@pytest.fixture
def desk(sam, as_user) -> Client:
    client = as_user(sam)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def free_pass(koharubiyori) -> Plan:
    return koharubiyori.space.plans.get(kind="free_pass")


@pytest.fixture
def member(chie, free_pass) -> Membership:
    return make_membership(chie, free_pass)


def change(client: Client, plan: Plan, **typed: object):
    form = {
        "kind": plan.kind,
        "name_ja": plan.name_ja,
        "name_en": plan.name_en,
        "price": plan.price,
        "sign_up_fee": plan.sign_up_fee,
        "room_minutes": plan.room_minutes,
        "position": plan.position,
        "resources": [resource.pk for resource in plan.resources.all()],
        "is_public": "on",
        **({"grants_visa": "on"} if plan.grants_visa else {}),
        "members_from": "2026-12-24",
        **typed,
    }
    return client.post(reverse("admin:members_plan_change", args=[plan.pk]), form, follow=True)


def prices(membership: Membership) -> list[tuple[date, int]]:
    return list(membership.agreed_plans.order_by("starts_on").values_list("starts_on", "price"))


def test_new_price_holds_from_the_first_renewal_after_the_day_and_members_are_told(desk, free_pass, member):
    answer = change(desk, free_pass, price=10500)

    assert "1 member is told of it." in [str(one) for one in answer.context["messages"]]
    assert prices(member) == [(date(2026, 1, 1), 9700), (date(2027, 1, 1), 10500)]
    assert Notice.objects.get(kind="membership.price_changes").recipient == member.user.email


def test_without_a_day_members_keep_their_price(desk, free_pass, member):
    change(desk, free_pass, price=10500, members_from="")

    free_pass.refresh_from_db()
    assert free_pass.price == 10500
    assert prices(member) == [(date(2026, 1, 1), 9700)]
    assert not Notice.objects.exists()


def test_change_of_anything_else_tells_nobody(desk, free_pass, member):
    change(desk, free_pass, name_en="Free pass plus")

    assert prices(member) == [(date(2026, 1, 1), 9700)]
    assert not Notice.objects.exists()


def test_room_minutes_come_with_the_renewal_too(desk, free_pass, member):
    change(desk, free_pass, room_minutes=600)

    assert list(member.agreed_plans.order_by("starts_on").values_list("room_minutes", flat=True)) == [0, 600]


def test_day_out_of_all_time_is_refused(desk, free_pass, member):
    change(desk, free_pass, price=10500, members_from="9999-12-31")

    free_pass.refresh_from_db()
    assert free_pass.price == 9700


@pytest.mark.parametrize("day", ["2026-11-24", "2026-01-01"])
def test_day_that_has_come_is_refused_and_nothing_changes(desk, free_pass, member, day):
    answer = change(desk, free_pass, price=10500, members_from=day)

    free_pass.refresh_from_db()
    assert "Members pay a new price from a day to come." in answer.content.decode()
    assert free_pass.price == 9700


def test_day_is_a_month_ahead_unless_another_is_named(desk, free_pass):
    form = desk.get(reverse("admin:members_plan_change", args=[free_pass.pk])).context["adminform"].form

    assert form["members_from"].value() == date(2026, 12, 24)


def test_plan_sold_by_the_visit_asks_no_such_day(desk, koharubiyori):
    drop_in = koharubiyori.space.plans.get(kind="drop_in")

    form = desk.get(reverse("admin:members_plan_change", args=[drop_in.pk])).context["adminform"].form

    assert "members_from" not in form.fields


def test_retired_plan_goes_on_for_its_members(desk, free_pass, member, now):
    change(desk, free_pass, retired_on="2026-11-24")

    free_pass.refresh_from_db()
    assert not free_pass.is_sold_on(date(2026, 11, 24))
    assert member.agreed_plans.get().holds_on(date(2027, 1, 1))


def test_operator_adds_a_plan_with_rooms_agreement_and_key(desk, koharubiyori):
    form = {
        "space": koharubiyori.space.pk,
        "kind": "monthly",
        "name_ja": "オフィス",
        "name_en": "Office",
        "price": 20000,
        "sign_up_fee": 0,
        "room_minutes": 300,
        "wants_agreement": "on",
        "hands_key": "on",
        "position": 5,
    }

    answer = desk.post(reverse("admin:members_plan_add"), form)

    assert answer.status_code == 302, answer.context["errors"]
    plan = Plan.objects.get(name_ja="オフィス")
    assert (plan.room_minutes, plan.wants_agreement, plan.hands_key) == (300, True, True)


def test_many_members_are_told_each_at_their_own_renewal(desk, free_pass):
    rows = [
        make_membership(make_user(f"p{number}@example.jp"), free_pass, renewal_day=day)
        for number, day in enumerate((1, 15, 31))
    ]

    change(desk, free_pass, price=10500)

    assert [prices(row)[-1] for row in rows] == [
        (date(2027, 1, 1), 10500),
        (date(2027, 1, 15), 10500),
        (date(2026, 12, 31), 10500),
    ]


def test_booth_is_let_by_a_booth_plan_and_by_no_other(as_user, dai, dorinoki):
    client = as_user(dai)
    client.cookies["django_language"] = "en"
    flex, booth = dorinoki.space.plans.get(kind="monthly"), dorinoki.booths[0]

    for plan, opens in ((flex, booth), (dorinoki.space.plans.filter(kind="booth")[0], dorinoki.open_seats)):
        answer = change(client, plan, resources=[opens.pk])

        assert "Work booths are let by a plan of the kind work booth, and by no other." in answer.content.decode()
        assert opens not in plan.resources.all()


def test_booth_that_a_plan_opens_now_goes_to_who_waits(as_user, dai, dorinoki, chie, now):
    plan = dorinoki.space.plans.get(name_en="Work booth for 4")
    make_membership(make_user("tenant@example.jp"), plan, booth=plan.resources.get())
    place = wait(user=chie, plan=plan, now=now)

    change(as_user(dai), plan, resources=[*plan.resources.values_list("pk", flat=True), dorinoki.booths[0].pk])

    place.refresh_from_db()
    assert place.booth == dorinoki.booths[0]
