"""The ledger of a space over some days, and the accountant's file of it."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.accountant import COLUMNS
from billing.invoicing import issue
from billing.ledger import balance_on
from billing.paying import refund
from members.models import Operator, User
from spaces.models import Space
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment
from tests.conftest import make_operator
from tests.factories import make_user
from tests.reading import Page

OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture
def space(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def payer(db) -> User:
    return make_user("hanako@example.jp", family_name="山田", given_name="花子")


@pytest.fixture
def books(dai, as_user) -> Client:
    client = as_user(dai)
    client.cookies["django_language"] = "en"
    return client


def address(space, page="books_at"):
    return reverse(f"admin:billing_{page}", args=[space.slug])


def test_money_that_was_handed_back_is_called_so(books, space, payer):
    make_payment(space, payer, 5000)
    refund(space=space, payer_id=payer.pk, method="transfer", yen=2000, given_on=TODAY, taken_by_id=payer.pk)

    page = Page(books.get(address(space)))

    assert "Paid: Cash" in page.text
    assert "Given back: Bank transfer" in page.text


def test_month_is_shown_with_its_sums_kinds_days_and_entries(books, space, payer):
    make_charge(space, payer, 700, arises_on=date(2026, 10, 31))
    invoice = make_invoice(space, payer, 5500)
    make_charge(space, payer, 800, kind="cancellation", tax_rate=None, text="Too late")
    make_payment(space, payer, 5000)

    page = Page(books.get(address(space)))

    for words in (
        "1 November 2026 – 30 November 2026",
        "Owed before ¥700 Charged ¥6,300 Paid ¥5,000 Owed at the end ¥2,000",
        "Of these days 1 charge is not invoiced yet: ¥800. In all ¥800 is not invoiced yet.",
        "Cancellation fee Not taxed ¥800",
        "Tue 24 Nov ¥6,300 ¥5,000 ¥2,000",
        "Too late 山田 花子 not yet ¥800 ¥7,000",
        "Paid: Cash",
        "−¥5,000 ¥2,000",
    ):
        assert words in page.text
    assert invoice.code in page.text
    assert reverse("admin:members_person_at_space", args=[payer.pk, space.slug]) in dict(page.links).values()


def test_span_is_asked_for_and_holds_both_its_days(books, space, payer):
    for day, yen in ((1, 100), (31, 200)):
        make_charge(space, payer, yen, arises_on=date(2026, 10, day))
    make_charge(space, payer, 400)

    page = Page(books.get(address(space), OCTOBER))

    assert "Owed before ¥0 Charged ¥300 Paid ¥0 Owed at the end ¥300" in page.text
    assert page.form("from", "to").fields.items() >= OCTOBER.items()
    assert "Owed before ¥0 Charged ¥300" in Page(books.get(address(space) + page.link("Last month"))).text


def test_long_span_is_summed_by_month(books, space, payer):
    for month in (1, 2):
        make_charge(space, payer, month * 1000, arises_on=date(2026, month, 15))

    page = Page(books.get(address(space), {"from": "2026-01-01", "to": "2026-12-31"}))

    assert "By month" in page.text
    assert "January 2026 ¥1,000 ¥0 ¥1,000 February 2026 ¥2,000 ¥0 ¥3,000" in page.text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"from": "x", "to": "2026-11-30"}, "Enter a valid date."),
        ({"from": "2026-11-01"}, "This field is required."),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "The last day is before the first."),
        ({"from": "0001-01-01", "to": "2026-11-01"}, "Give days from 2000 to 2099."),
        ({"from": "2026-11-01", "to": "9999-12-31"}, "Give days from 2000 to 2099."),
        ({"from": "2001-01-01", "to": "2026-11-01"}, "Ten years at most at a time."),
        ({"from": "2026-11-0\x001", "to": "2026-11-01"}, "Enter a valid date."),
    ],
)
@pytest.mark.parametrize("page", ["books_at", "books_csv"])
def test_days_that_make_no_span_are_told_and_this_month_is_shown(books, space, asked, sentence, page):
    answer = books.get(address(space, page), asked)

    assert answer.status_code == 400
    assert sentence in Page(answer).text
    assert "1 November 2026 – 30 November 2026" in Page(answer).text


def test_entries_come_by_pages_with_their_balance(books, space, payer):
    for number in range(51):
        make_charge(space, payer, 100, text=f"Nr {number}")

    second = Page(books.get(address(space), {"page": 2}))

    assert "Nr 50 山田 花子 not yet ¥100 ¥5,100" in second.text
    assert "Nr 49" not in second.text
    assert "2 / 2" in second.text
    for wrong in ("abc", "0", "-1", "99999999999999999999", "\x00"):
        assert books.get(address(space), {"page": wrong}).status_code == 200


def test_balance_at_the_end_is_the_ledgers(books, space, payer):
    make_invoice(space, payer, [5500, -300])
    make_payment(space, payer, 9000)

    assert "Owed at the end −¥3,800" in Page(books.get(address(space))).text
    assert balance_on(space, TODAY) == -3800


def test_accountants_file_is_of_the_span_and_named_after_it(books, space, payer):
    make_charge(space, payer, 100, arises_on=date(2026, 10, 31))
    make_charge(space, payer, 200)

    answer = books.get(address(space, "books_csv"), OCTOBER)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="dorinoki-2026-10.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header == [english for _japanese, english in COLUMNS]
    assert [row[6] for row in rows] == ["100"]


@pytest.mark.parametrize(
    ("span", "name"),
    [
        ({"from": "2026-01-01", "to": "2026-12-31"}, "dorinoki-2026.csv"),
        ({"from": "2026-10-05", "to": "2026-11-24"}, "dorinoki-2026-10-05_2026-11-24.csv"),
        ({"from": "2026-10-05", "to": "2026-10-05"}, "dorinoki-2026-10-05.csv"),
        ({}, "dorinoki-2026-11.csv"),
    ],
)
def test_file_says_in_its_name_what_it_holds(books, space, span, name):
    assert name in books.get(address(space, "books_csv"), span).headers["Content-Disposition"]


def test_page_is_said_in_japanese(dai, as_user, space, payer):
    make_charge(space, payer, 1000)

    page = Page(as_user(dai).get(address(space)))

    assert "2026年11月1日〜2026年11月30日" in page.text
    assert "未請求" in page.text


@pytest.mark.parametrize("page", ["books_at", "books_csv"])
def test_books_are_for_operators_and_owners_of_the_space(page, space, as_user, sam):
    desk = make_operator("desk@example.jp", space, Operator.Role.DESK)
    owner = make_operator("owner@example.jp", space, Operator.Role.OWNER)
    root = User.objects.create_superuser("root@example.jp", family_name="Root")

    assert [as_user(one).get(address(space, page)).status_code for one in (sam, desk)] == [404, 404]
    assert [as_user(one).get(address(space, page)).status_code for one in (owner, root)] == [200, 200]
    assert as_user(owner).get("/admin/billing/books/nowhere/").status_code == 404


def test_whoever_runs_one_space_is_led_to_its_books(books, space):
    assert books.get(reverse("admin:billing_books")).url == address(space)


def test_whoever_runs_several_spaces_chooses(dai, as_user, space, koharubiyori):
    Operator.objects.create(user=dai, space=koharubiyori.space, role=Operator.Role.OWNER)
    client = as_user(dai)

    chosen = Page(client.get(reverse("admin:billing_books")))

    assert {address(space), address(koharubiyori.space)} <= {href for _words, href in chosen.links}
    assert address(koharubiyori.space) in dict(Page(client.get(address(space))).links).values()


def test_who_may_open_no_books_is_refused(space, as_user):
    desk = as_user(make_operator("desk@example.jp", space, Operator.Role.DESK))

    assert desk.get(reverse("admin:billing_books")).status_code == 403
    assert reverse("admin:billing_books") not in dict(Page(desk.get(address(space, "cash_at"))).links).values()


def test_cost_in_queries_does_not_grow(books, space, payer):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert books.get(address(space)).status_code == 200
        return len(queries)

    make_invoice(space, payer, 100)
    make_payment(space, payer, 100)
    cost()
    few = cost()
    for number in range(8):
        other = make_user(f"p{number}@example.jp")
        make_charge(space, other, 500, arises_on=TODAY - timedelta(days=number))
        issue(space=space, payer_id=other.pk, addressee="x", language="ja", now=NOW)
        make_charge(space, other, 500)
        make_payment(space, other, 300)

    assert cost() == few
