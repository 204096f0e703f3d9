"""Closing a month in the admin: looked at first, by an owner, for good."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.cash_up import count
from billing.closing import close_month
from billing.models import Month
from members.models import Operator, User
from spaces.models import Space
from tests.billing.acts import NOW, make_charge, make_invoice, make_payment
from tests.conftest import make_operator
from tests.factories import at, make_user
from tests.reading import Page

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def space(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def payer(db) -> User:
    return make_user("hanako@example.jp", family_name="山田", given_name="花子")


@pytest.fixture
def owner(space, as_user) -> Client:
    client = as_user(make_operator("owner@example.jp", space, Operator.Role.OWNER))
    client.cookies["django_language"] = "en"
    return client


def months(space):
    return reverse("admin:billing_months_at", args=[space.slug])


def month(space, name="2026-10"):
    return reverse("admin:billing_month", args=[space.slug, name])


def closed(space, first_on=OCTOBER):
    return close_month(space=space, first_on=first_on, by_id=None, now=NOW)


def test_months_are_listed_the_oldest_that_waits_is_offered(owner, space, payer):
    for number, yen in ((8, 100), (9, 200), (10, 300), (11, 400)):
        make_charge(space, payer, yen, arises_on=date(2026, number, 5))
    closed(space, date(2026, 8, 1))

    page = Page(owner.get(months(space)))

    assert "2 months are over and not closed yet." in page.text
    assert page.link("Look at September 2026 and close it") == month(space, "2026-09")
    assert "November 2026 ¥400 ¥0 not over yet October 2026 ¥300 ¥0 to be closed" in page.text
    assert "August 2026 ¥100 ¥0 closed on 24 November 2026" in page.text


def test_page_before_shows_the_figures_and_what_one_should_know(owner, space, payer):
    make_charge(space, payer, 50, arises_on=date(2026, 9, 5))
    make_charge(space, payer, 5500, arises_on=OCTOBER)
    make_invoice(space, payer, [], now=at("09:00", date(2026, 10, 7)))
    make_charge(space, payer, 300, kind="room", tax_rate=8, arises_on=date(2026, 10, 31))
    make_payment(space, payer, 500, received_on=date(2026, 10, 20))
    make_payment(space, payer, 500, received_on=date(2026, 10, 21))
    count(space=space, day=date(2026, 10, 20), counted=500, by_id=payer.pk, now=NOW)

    page = Page(owner.get(month(space)))

    for words in (
        "Plan 10% ¥5,500 Room 8% ¥300 Total ¥5,800",
        "Cash ¥1,000 Total ¥1,000",
        "September 2026 is not closed yet.",
        "1 charge of this month is not invoiced yet: ¥300.",
        "1 invoice of this month is not paid yet: ¥4,550.",
        "On 1 day with cash the box was not counted: Wed 21 Oct",
        "It can't be undone.",
    ):
        assert words in page.text, words


def test_month_without_worries_has_no_warnings(owner, space, payer):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    make_invoice(space, payer, [], now=at("09:00", OCTOBER))
    make_payment(space, payer, 1000, method="transfer", received_on=OCTOBER)

    assert "Before you close it" not in Page(owner.get(month(space))).text


def test_owner_closes_a_month_and_its_figures_stay(owner, space, payer):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    page = Page(owner.get(month(space)))

    answer = page.submit(owner, page.form("seen"))

    assert answer.url == month(space)
    assert Month.objects.get().closed_by.email == "owner@example.jp"
    after = Page(owner.get(month(space)))
    assert "October 2026 is closed." in after.text
    assert "Closed on 24 November 2026 at 09:00 by 山田." in after.text
    assert "Plan 10% ¥1,000 Total ¥1,000" in after.text
    assert not [form for form in after.forms if "seen" in form.fields]


def test_moment_of_closing_is_told_in_the_spaces_own_time(owner, space, payer):
    space.timezone = "Pacific/Honolulu"
    space.save()
    closed(space)

    assert "Closed on 23 November 2026 at 14:00." in Page(owner.get(month(space))).text


def test_what_changed_since_the_page_was_shown_is_looked_at_again(owner, space, payer):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    page = Page(owner.get(month(space)))
    make_charge(space, payer, 1, arises_on=OCTOBER)

    answer = page.submit(owner, page.form("seen"))

    assert answer.status_code == 409
    assert "Look at the figures again." in Page(answer).text
    assert "¥1,001" in Page(answer).text
    assert not Month.objects.exists()
    Page(answer).submit(owner, Page(answer).form("seen"))
    assert Month.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "\x00"}, {"seen": "x" * 9999}])
def test_form_that_agrees_to_nothing_closes_nothing(owner, space, payer, sent):
    make_charge(space, payer, 1000, arises_on=OCTOBER)

    assert owner.post(month(space), sent).status_code == 409
    assert not Month.objects.exists()


def test_month_that_is_closed_or_runs_is_not_closed_once_more(owner, space, payer):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    page = Page(owner.get(month(space)))
    page.submit(owner, page.form("seen"))

    again = page.submit(owner, page.form("seen"))

    assert (again.status_code, "This month is closed already." in Page(again).text) == (409, True)
    running = owner.post(month(space, "2026-11"), {"seen": "x"})
    assert (running.status_code, "A month can be closed when it is over." in Page(running).text) == (409, True)
    assert "This month is not over yet." in Page(owner.get(month(space, "2026-11"))).text


def test_month_keeps_the_figures_it_was_closed_with(owner, space, payer):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    closed(space)

    assert "October 2026 ¥1,000 ¥0 closed on" in Page(owner.get(months(space))).text
    assert "Plan 10% ¥1,000" in Page(owner.get(month(space))).text


@pytest.mark.parametrize(
    "name", ["2026-13", "2026-00", "0001-01", "9999-12", "abc", "2026-1", "２０２６-10", "2026-10-01", "%00"]
)
def test_name_that_is_no_month_is_not_found(owner, space, name):
    assert owner.get(f"{months(space)}{name}/").status_code == 404


def test_operator_looks_and_does_not_close_and_the_desk_does_not_look(space, payer, as_user, sam, dai):
    make_charge(space, payer, 1000, arises_on=OCTOBER)
    desk = as_user(make_operator("desk@example.jp", space, Operator.Role.DESK))
    operator = as_user(dai)
    operator.cookies["django_language"] = "en"

    for stranger in (desk, as_user(sam)):
        assert [stranger.get(each).status_code for each in (months(space), month(space))] == [404, 404]
        assert stranger.post(month(space), {"seen": "x"}).status_code == 404
    assert "An owner closes them." in Page(operator.get(months(space))).text
    assert not [form for form in Page(operator.get(month(space))).forms if "seen" in form.fields]
    assert operator.post(month(space), {"seen": "x"}).status_code == 403
    assert not Month.objects.exists()


def test_empty_books_have_no_month_to_close(owner, space):
    assert "Nothing was charged or paid here yet." in Page(owner.get(months(space))).text
    assert "Nothing was charged." in Page(owner.get(month(space))).text


def test_pages_are_said_in_japanese(space, payer, as_user):
    owner = as_user(make_operator("owner@example.jp", space, Operator.Role.OWNER))
    make_charge(space, payer, 1000, arises_on=OCTOBER)

    assert "2026年10月" in Page(owner.get(months(space))).text
    assert "元に戻せません" in Page(owner.get(month(space))).text


@pytest.mark.parametrize("address", [months, month])
def test_cost_in_queries_does_not_grow(owner, space, address):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(address(space)).status_code == 200
        return len(queries)

    def some(number: int) -> None:
        other = make_user(f"p{number}@example.jp")
        day = date(2026, 10, 1 + number)
        make_charge(space, other, 500, arises_on=day)
        make_invoice(space, other, [], now=at("09:00", day))
        make_charge(space, other, 300, arises_on=day)
        make_payment(space, other, 100, received_on=day)
        make_charge(space, other, 300, arises_on=date(2026 - number, 1, 1))

    some(0)
    cost()
    few = cost()
    for number in range(1, 9):
        some(number)
    closed(space, date(2024, 1, 1))
    closed(space, date(2023, 1, 1))

    assert cost() == few
