"""How each payer stands, and which invoices are open or overdue."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.ledger import balance_on
from members.models import Operator, User
from spaces.models import Space
from tests.billing.acts import TODAY, make_charge, make_invoice, make_issuer, make_payment
from tests.conftest import make_operator
from tests.factories import at, make_user
from tests.reading import Page


@pytest.fixture
def space(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def hanako(db) -> User:
    return make_user("hanako@example.jp", family_name="山田", given_name="花子", family_reading="やまだ")


@pytest.fixture
def taro(db) -> User:
    return make_user("taro@example.jp", family_name="佐藤", given_name="太郎", family_reading="さとう")


@pytest.fixture
def desk(space, as_user) -> Client:
    client = as_user(make_operator("desk@example.jp", space, Operator.Role.DESK))
    client.cookies["django_language"] = "en"
    return client


def balances(space):
    return reverse("admin:billing_balances_at", args=[space.slug])


def open_ones(space):
    return reverse("admin:billing_open_at", args=[space.slug])


def invoiced(space, payer, yen, *, days_ago):
    """An invoice that was issued some days ago and was due 14 days later."""
    day = TODAY - timedelta(days=days_ago)
    return make_invoice(space, payer, yen, now=at("09:00", day))


def test_everybodys_balance_is_shown_by_reading_with_the_totals(desk, space, hanako, taro):
    make_invoice(space, hanako, 5500)
    make_charge(space, hanako, 700)
    make_payment(space, taro, 3000)

    page = Page(desk.get(balances(space)))

    assert "2 people Open on invoices ¥5,500 Not invoiced yet ¥700 Credit ¥3,000 Owed in all ¥3,200" in page.text
    assert "佐藤 太郎 ¥0 ¥0 ¥3,000 −¥3,000 山田 花子 ¥5,500 ¥700 ¥0 ¥6,200" in page.text
    assert balance_on(space, TODAY) == 3200
    assert page.link("山田 花子") == reverse("admin:members_person_at_space", args=[hanako.pk, space.slug])


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "やまだ"}, {"花子"}),
        ({"q": "ヤマダ"}, {"花子"}),
        ({"q": "佐藤太郎"}, {"太郎"}),
        ({"q": "hanako@"}, {"花子"}),
        ({"q": "nobody"}, set()),
        ({"q": "\x00やまだ"}, {"花子"}),
        ({"q": "あ" * 500}, set()),
        ({"show": "owes"}, {"花子"}),
        ({"show": "credit"}, {"太郎"}),
        ({"show": "waiting"}, {"花子"}),
        ({"show": "credit", "q": "山田"}, set()),
        ({"show": "nonsense", "page": "abc"}, {"花子", "太郎"}),
    ],
)
def test_people_are_found_by_name_and_by_how_they_stand(desk, space, hanako, taro, asked, names):
    make_charge(space, hanako, 700)
    make_payment(space, taro, 3000)

    answer = desk.get(balances(space), asked)

    assert answer.status_code == 200
    assert {name for name in ("花子", "太郎") if name in Page(answer).text} == names


def test_balances_of_another_space_are_not_shown(desk, space, koharubiyori, hanako):
    make_charge(koharubiyori.space, hanako, 700)

    assert "Nobody is in this list." in Page(desk.get(balances(space))).text
    assert desk.get(balances(koharubiyori.space)).status_code == 404
    assert desk.get(open_ones(koharubiyori.space)).status_code == 404


def test_open_invoices_are_shown_those_that_wait_longest_first(desk, space, hanako, taro):
    make_issuer(space, due_days=14, reminder_days=[3, 10, 30])
    late = invoiced(space, hanako, 5500, days_ago=20)
    later = invoiced(space, taro, 800, days_ago=60)
    fresh = invoiced(space, taro, 1200, days_ago=0)
    make_payment(space, hanako, 500)

    page = Page(desk.get(open_ones(space)))

    assert "3 open invoices ¥7,000 of them 2 overdue ¥5,800" in page.text
    assert page.text.index(later.code) < page.text.index(late.code) < page.text.index(fresh.code)
    assert "¥5,000 of ¥5,500 18 November 2026 6 days late 28 November 2026" in page.text
    assert "46 days late –" in page.text
    assert "8 December 2026 11 December 2026" in page.text
    assert page.link("山田 花子") == reverse("admin:members_person_at_space", args=[hanako.pk, space.slug])


def test_overdue_ones_can_be_looked_at_alone(desk, space, hanako):
    late, fresh = invoiced(space, hanako, 5500, days_ago=20), invoiced(space, hanako, 1200, days_ago=0)

    page = Page(desk.get(open_ones(space), {"show": "overdue"}))

    assert late.code in page.text
    assert fresh.code not in page.text


def test_space_that_reminds_nobody_says_so(desk, space, hanako):
    invoiced(space, hanako, 5500, days_ago=20)

    assert "No reminders go out" in Page(desk.get(open_ones(space))).text


def test_nothing_open_is_said(desk, space, hanako):
    make_invoice(space, hanako, 5500)
    make_payment(space, hanako, 5500)

    page = Page(desk.get(open_ones(space)))

    assert "Everything that was invoiced is paid." in page.text
    assert page.links_to(reverse("admin:billing_month_invoices_at", args=[space.slug]))


def test_long_lists_come_by_pages(desk, space):
    for number in range(51):
        make_invoice(space, make_user(f"p{number:02}@example.jp", family_name=f"N{number:02}"), 100)

    for address in (balances(space), open_ones(space)):
        assert "N50" not in Page(desk.get(address)).text
        assert "N50" in Page(desk.get(address, {"page": 2})).text
        assert "¥5,100" in Page(desk.get(address, {"page": 2})).text


def test_pages_are_said_in_japanese(space, as_user, hanako):
    operator = as_user(make_operator("op@example.jp", space))
    invoiced(space, hanako, 5500, days_ago=20)

    assert "6日超過" in Page(operator.get(open_ones(space))).text
    assert "1人" in Page(operator.get(balances(space))).text


@pytest.mark.parametrize("address", [balances, open_ones])
def test_cost_in_queries_does_not_grow(desk, space, hanako, address):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address(space)).status_code == 200
        return len(queries)

    invoiced(space, hanako, 5500, days_ago=20)
    cost()
    few = cost()
    for number in range(8):
        other = make_user(f"p{number}@example.jp")
        invoiced(space, other, 500, days_ago=20 + number)
        make_charge(space, other, 300)
        make_payment(space, other, 100)

    assert cost() == few
