"""People, operators, plans and the outbox in the admin."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Operator, Plan, User
from notices.models import Notice
from tests.conftest import make_operator
from tests.factories import make_booking


@pytest.fixture
def owner(koharubiyori, as_user) -> Client:
    client = as_user(make_operator("owner@example.jp", koharubiyori.space, Operator.Role.OWNER))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def root(db: None, as_user) -> Client:
    client = as_user(User.objects.create_superuser("root@example.jp", family_name="Root"))
    client.cookies["django_language"] = "en"
    return client


def make_notice(state: str, now: datetime, **fields: object) -> Notice:
    settled = None if state == Notice.State.WAITING else now
    fields = {"space_slug": "koharubiyori", "attempts": 12, "last_error": "SMTPServerDisconnected", **fields}
    return Notice.objects.create(
        kind="booking.confirmed",
        subject_key="booking:1",
        dedupe_key=f"{state}-{fields['space_slug']}",
        recipient="chie@example.jp",
        language="ja",
        due_at=now,
        state=state,
        settled_at=settled,
        **fields,
    )


def test_parked_notice_goes_out_again_and_others_are_named_as_skipped(owner, now):
    parked = make_notice(Notice.State.PARKED, now)
    sent = make_notice(Notice.State.SENT, now)
    address = reverse("admin:notices_notice_changelist")

    answer = owner.post(address, {"action": "send_again", "_selected_action": [parked.pk, sent.pk]}, follow=True)

    parked.refresh_from_db()
    sent.refresh_from_db()
    assert (parked.state, parked.attempts) == (Notice.State.WAITING, 0)
    assert sent.state == Notice.State.SENT
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["1 notice goes out again.", "Skipped: 1 that are not parked."]


def test_outbox_is_filtered_by_kind(owner, now):
    make_notice(Notice.State.SENT, now)
    address = reverse("admin:notices_notice_changelist")

    assert "chie@example.jp" in owner.get(address, {"kind": "booking.confirmed"}).content.decode()
    assert "chie@example.jp" not in owner.get(address, {"kind": "booking.reminder"}).content.decode()


def test_notice_is_not_written_by_hand(owner):
    assert owner.get(reverse("admin:notices_notice_add")).status_code == 403


def test_owner_makes_somebody_an_operator_by_their_address(owner, koharubiyori, ben):
    typed = {"email": " Ben@Example.com ", "space": koharubiyori.space.pk, "role": "desk"}

    answer = owner.post(reverse("admin:members_operator_add"), typed)

    assert answer.status_code == 302
    assert Operator.objects.get(user=ben).role == "desk"


def test_unknown_address_does_not_become_an_operator(owner, koharubiyori):
    typed = {"email": "nobody@example.com", "space": koharubiyori.space.pk, "role": "desk"}

    answer = owner.post(reverse("admin:members_operator_add"), typed)

    assert answer.status_code == 200
    assert "Nobody has signed up with this address yet." in answer.content.decode()


def test_operator_looks_at_people_and_changes_none(owner, koharubiyori, chie):
    make_booking(koharubiyori.open_seats, user=chie)
    address = reverse("admin:members_user_change", args=[chie.pk])

    assert owner.get(address).status_code == 200
    assert owner.post(address, {"family_name": "x"}).status_code == 403
    chie.refresh_from_db()
    assert chie.family_name == "千葉"


def test_plan_opens_resources_of_its_own_space_only(root, koharubiyori, dorinoki):
    typed = {
        "space": koharubiyori.space.pk,
        "kind": "monthly",
        "name_ja": "月極",
        "name_en": "Monthly",
        "price": 5000,
        "sign_up_fee": 0,
        "room_minutes": 0,
        "position": 9,
        "resources": [dorinoki.open_seats.pk],
    }

    refused = root.post(reverse("admin:members_plan_add"), typed)
    assert refused.status_code == 200
    assert "A plan opens resources of its own space only." in refused.content.decode()

    answer = root.post(reverse("admin:members_plan_add"), {**typed, "resources": [koharubiyori.open_seats.pk]})
    assert answer.status_code == 302
    assert Plan.objects.get(name_ja="月極").resources.get() == koharubiyori.open_seats


def test_repriced_sample_is_a_fact(as_user, four_spaces):
    client = as_user(make_operator("dai@example.jp", four_spaces["dorinoki"]))
    plan = four_spaces["dorinoki"].plans.filter(is_sample=True).first()
    typed = {
        "kind": plan.kind,
        "name_ja": plan.name_ja,
        "name_en": plan.name_en,
        "price": 31000,
        "sign_up_fee": plan.sign_up_fee,
        "room_minutes": 0,
        "position": plan.position,
        "resources": [resource.pk for resource in plan.resources.all()],
        "grants_visa": "on",
        "is_public": "on",
        "is_sample": "on",
    }

    answer = client.post(reverse("admin:members_plan_change", args=[plan.pk]), typed)

    assert answer.status_code == 302, answer.context["errors"]
    plan.refresh_from_db()
    assert (plan.price, plan.is_sample) == (31000, False)


def test_superuser_sees_every_space(root, four_spaces):
    listed = root.get(reverse("admin:spaces_space_changelist")).content.decode()

    assert all(space.name_en in listed for space in four_spaces.values())


def test_search_page_that_is_no_number_is_not_found(root):
    assert root.get(reverse("admin:search"), {"s": "book", "page": "x"}).status_code == 404
