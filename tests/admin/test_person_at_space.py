"""One page a person at a space: everything about them there, for who runs it, at a fixed number of queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import uncovered
from bookings.models import FirstVisit
from members import companions
from members.models import BoothWait, Companion, Operator, User
from members.person_key import person_key
from notices.models import Notice
from spaces.house import House
from tests.conftest import make_operator
from tests.factories import TUESDAY, at, make_booking, make_membership, make_user
from tests.reading import Page


def address(person: User, slug: str) -> str:
    return reverse("admin:members_person_at_space", args=[person.pk, slug])


@pytest.fixture
def desk(dai, as_user) -> Client:
    client = as_user(dai)
    client.cookies["django_language"] = "en"
    return client


def make_visits(house: House, person: User, count: int) -> None:
    for number in range(1, count + 1):
        day = TUESDAY - timedelta(days=number)
        there = {"checked_in_at": at("11:00", day), "checked_out_at": at("13:00", day)}
        make_booking(house.open_seats, day=day, user=person, **there)


def test_page_tells_everything_about_a_person_here(desk, dai, dorinoki, chie, now):
    plan = dorinoki.space.plans.get(name_en="Work booth for 4")
    membership = make_membership(chie, plan, booth=plan.resources.get(), note="静かな人", agreement_on=date(2026, 1, 5))
    companions.invite(membership=membership, email="friend@example.jp", now=now)
    BoothWait.objects.create(user=chie, plan=dorinoki.space.plans.get(name_en="Work booth for 3"))
    make_visits(dorinoki, chie, 3)
    make_booking(dorinoki.open_seats, day=date(2026, 11, 26), user=chie)
    make_booking(dorinoki.open_seats, day=date(2026, 11, 10), user=chie, missed_at=at("14:00", date(2026, 11, 10)))
    FirstVisit.objects.create(space=dorinoki.space, person_key=person_key(chie.email), used_at=at("09:00"))
    uncovered.end(
        membership=membership, last=date(2026, 12, 31), by=dai, by_operator=True, why="引っ越しのため", now=now
    )

    page = Page(desk.get(address(chie, "dorinoki")))

    for words in (
        "千葉 千絵",
        "chie@example.jp",
        "Work booth for 4",
        "¥100,000",
        "静かな人",
        "5 January 2026",
        "friend@example.jp",
        "Work booth for 3",
        "visits 3",
        "last visit 23 November 2026",
        "did not come 1",
        "used on 24 November 2026",
        "引っ越しのため",
        "until: – → 31 December 2026",
        "Membership ends",
        "1 upcoming",
    ):
        assert words in page.text, words
    assert page.link("Take the end back").endswith("/act/stay/?back=person")


def test_old_memberships_and_answers_stay_on_the_page(desk, dorinoki, chie):
    flex = dorinoki.space.plans.get(kind="monthly")
    make_membership(
        chie,
        flex,
        status="declined",
        decision="また今度",
        answers=[{"kind": "statement", "asked": "何を？", "answer": "本を書く"}],
    )

    text = Page(desk.get(address(chie, "dorinoki"))).text

    for words in ("Declined", "何を？", "本を書く", "また今度"):
        assert words in text


def test_paper_and_key_are_one_press_each(desk, dorinoki, chie):
    plan = dorinoki.space.plans.get(name_en="Work booth for 4")
    membership = make_membership(chie, plan, booth=plan.resources.get())

    for words, field in (
        ("Agreement received today", "agreement_on"),
        ("Key handed over today", "key_given_on"),
        ("Key returned today", "key_returned_on"),
    ):
        page = Page(desk.get(address(chie, "dorinoki")))
        [form] = [form for form in page.forms if any(words in said for said, _action in form.buttons)]
        page.submit(desk, form)
        membership.refresh_from_db()
        assert getattr(membership, field) == TUESDAY

    assert "received today" not in Page(desk.get(address(chie, "dorinoki"))).text


def test_companion_and_a_person_in_line_have_a_page_too(desk, dorinoki, chie, ben):
    plan = dorinoki.space.plans.get(name_en="Work booth for 4")
    membership = make_membership(chie, plan, booth=plan.resources.get())
    Companion.objects.create(membership=membership, email=ben.email, user=ben, accepted_at=at("08:00"))
    waiting = make_user("waiting@example.jp")
    BoothWait.objects.create(user=waiting, plan=plan)

    assert "千葉 千絵" in Page(desk.get(address(ben, "dorinoki"))).text
    assert desk.get(address(waiting, "dorinoki")).status_code == 200


def test_past_bookings_are_paged(desk, dorinoki, chie):
    make_visits(dorinoki, chie, 20)

    first = desk.get(address(chie, "dorinoki"))
    last = desk.get(address(chie, "dorinoki"), {"page": 2})
    odd = desk.get(address(chie, "dorinoki"), {"page": "x"})

    assert (len(first.context["past"]), len(last.context["past"])) == (15, 5)
    assert odd.status_code == 200


def test_cost_in_queries_does_not_grow(desk, dorinoki, chie, now):
    flex = dorinoki.space.plans.get(kind="monthly")
    make_membership(chie, flex, status="ended")
    make_visits(dorinoki, chie, 1)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address(chie, "dorinoki")).status_code == 200
        return len(queries)

    count()
    few = count()
    for number in range(4):
        make_membership(chie, flex, status="ended", starts_on=date(2025, 1 + number, 1))
    live = make_membership(chie, flex)
    uncovered.end(membership=live, last=date(2026, 12, 31), by=None, by_operator=True, now=now)
    for number in range(1, 9):
        make_booking(dorinoki.open_seats, day=TUESDAY + timedelta(days=number), user=chie)

    assert count() == few
    # Four of them say what the visa is used for.
    assert few <= 27


def test_who_was_never_here_has_no_page(desk, dorinoki, koharubiyori, chie):
    make_booking(koharubiyori.open_seats, user=chie)

    assert desk.get(address(chie, "dorinoki")).status_code == 404


def test_page_of_another_space_is_not_found(desk, koharubiyori, chie):
    make_booking(koharubiyori.open_seats, user=chie)

    assert desk.get(address(chie, "koharubiyori")).status_code == 404
    assert desk.get(address(chie, "nowhere")).status_code == 404


@pytest.mark.parametrize("name", ["members_person_at_space", "members_membership_act", "members_membership_note"])
def test_key_beyond_all_numbers_is_not_found(desk, name):
    last = {
        "members_person_at_space": "dorinoki",
        "members_membership_act": "end",
        "members_membership_note": "agreement",
    }

    assert desk.post(reverse(f"admin:{name}", args=[10**30, last[name]])).status_code == 404


def test_person_with_a_key_beyond_all_numbers_is_not_found(desk):
    assert desk.get(reverse("admin:members_user_change", args=[10**30])).status_code in (302, 404)


def test_page_tells_nothing_of_another_space(desk, dorinoki, koharubiyori, chie):
    make_booking(dorinoki.open_seats, user=chie)
    make_membership(chie, koharubiyori.space.plans.get(kind="free_pass"), note="よそのメモ")
    Notice.objects.create(
        kind="membership.joined",
        subject_key="membership:1",
        dedupe_key="x",
        recipient=chie.email,
        language="ja",
        space_slug="koharubiyori",
        due_at=at("08:00"),
    )

    answer = desk.get(address(chie, "dorinoki"))

    assert "よそのメモ" not in answer.content.decode()
    assert (answer.context["memberships"], answer.context["notices"]) == ([], [])


def test_desk_role_sees_and_presses_nothing(dorinoki, as_user, chie):
    plan = dorinoki.space.plans.get(name_en="Work booth for 4")
    make_membership(chie, plan, booth=plan.resources.get())
    client = as_user(make_operator("desk@example.jp", dorinoki.space, Operator.Role.DESK))

    page = Page(client.get(address(chie, "dorinoki")))

    assert page.status == 200
    assert not [href for _words, href in page.links if "/act/" in href]
    assert not [form for form in page.forms if "/note/" in form.action]


def test_visitor_and_member_do_not_come_in(client, as_user, dorinoki, chie):
    make_booking(dorinoki.open_seats, user=chie)

    assert client.get(address(chie, "dorinoki")).status_code == 302
    assert as_user(chie).get(address(chie, "dorinoki"), follow=True).status_code == 404


def test_list_and_person_lead_to_the_page(desk, dorinoki, chie):
    make_membership(chie, dorinoki.space.plans.get(kind="monthly"))
    here = address(chie, "dorinoki")

    assert here in [href for _words, href in Page(desk.get(reverse("admin:members_membership_changelist"))).links]
    assert here in [href for _words, href in Page(desk.get(reverse("admin:members_user_change", args=[chie.pk]))).links]
