"""Cashing up in the admin: what should be in the box, what was in it, and the counts so far."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.cash_up import MOST_YEN, count
from billing.models import CashCount
from billing.paying import refund
from members.models import Operator, User
from spaces.models import Space
from tests.billing.acts import NOW, TODAY, make_payment
from tests.conftest import make_operator
from tests.factories import make_user
from tests.reading import Page

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def space(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def payer(db) -> User:
    return make_user("hanako@example.jp", family_name="山田", given_name="花子")


@pytest.fixture
def desk(space, as_user) -> Client:
    client = as_user(make_operator("desk@example.jp", space, Operator.Role.DESK))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def cash(space) -> str:
    return reverse("admin:billing_cash_at", args=[space.slug])


def counted(space, payer, yen, day, **fields):
    return count(space=space, day=day, counted=yen, by_id=payer.pk, now=NOW, **fields)


def test_box_is_reckoned_from_the_last_count_and_each_payment_of_the_day_is_shown(desk, cash, space, payer):
    counted(space, payer, 20000, YESTERDAY, note="Change")
    make_payment(space, payer, 800, note="Drop-in")
    make_payment(space, payer, 9000, method="transfer")
    make_payment(space, payer, 700)
    refund(space=space, payer_id=payer.pk, method="cash", yen=300, given_on=TODAY, taken_by_id=payer.pk)

    page = Page(desk.get(cash))

    assert "Tuesday, 24 November 2026" in page.text
    assert "Counted on Mon 23 Nov ¥20,000 Cash that came in since ¥1,500 Cash given back since −¥300" in page.text
    assert "Should be in the box ¥21,200" in page.text
    assert "Drop-in ¥800" in page.text
    assert "¥9,000" not in page.text
    assert "Mon 23 Nov ¥20,000 ¥0 ¥20,000 Change 山田 花子" in page.text


def test_difference_is_seen_before_the_count_is_noted(desk, cash, space, payer):
    make_payment(space, payer, 5000)
    page = Page(desk.get(cash))
    assert page.form("counted").buttons[0] == ("balance Compare", "")

    compared = Page(page.submit(desk, page.form("counted"), counted=4900, note="Out of change", look="yes"))

    assert "Difference −¥100 less than there should be" in compared.text
    assert not CashCount.objects.exists()
    form = compared.form("counted", "expected")
    assert form.fields.items() >= {"counted": "4900", "note": "Out of change", "expected": "5000"}.items()

    answer = compared.submit(desk, form, post="yes")

    assert answer.url == f"{cash}?day=2026-11-24"
    noted = CashCount.objects.get()
    assert (noted.counted, noted.expected, noted.note) == (4900, 5000, "Out of change")
    assert noted.counted_by.email == "desk@example.jp"
    after = Page(desk.get(answer.url))
    assert "The count is noted." in after.text
    assert "Counted already Yen in the box ¥4,900 Should have been ¥5,000 Difference −¥100 Out of change" in after.text
    assert not [form for form in after.forms if "counted" in form.fields]


def test_count_that_agrees_says_so(desk, cash, space, payer):
    make_payment(space, payer, 5000)

    assert "It agrees to the yen." in Page(desk.post(cash, {"counted": 5000, "look": "yes"})).text
    assert "more than there should be" in Page(desk.post(cash, {"counted": 5001, "look": "yes"})).text


@pytest.mark.parametrize("expected", ["", "4999", "x", "\x00"])
def test_count_whose_difference_was_not_seen_is_compared_again(desk, cash, space, payer, expected):
    make_payment(space, payer, 5000)

    answer = desk.post(cash, {"counted": 5000, "expected": expected, "post": "yes"})

    assert answer.status_code == 400
    assert not CashCount.objects.exists()
    if expected == "4999":
        assert "Cash came in or went out meanwhile. Look at the difference again." in Page(answer).text


def test_count_sent_twice_is_noted_once(desk, cash):
    for expected_count in (1, 1):
        answer = desk.post(cash, {"counted": 0, "expected": 0, "post": "yes"})
        assert CashCount.objects.count() == expected_count

    assert answer.status_code == 400
    assert "The box was counted on this day already." in Page(answer).text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"counted": ""}, "This field is required."),
        ({"counted": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"counted": MOST_YEN + 1}, f"Ensure this value is less than or equal to {MOST_YEN}."),
        ({"counted": "9" * 5000}, ""),
        ({"counted": "1.5"}, "Enter a whole number."),
        ({"counted": "12\x003"}, "Enter a whole number."),
        ({"counted": "1", "note": "\x00"}, "Null characters are not allowed."),
        ({"counted": "1", "note": "n" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
@pytest.mark.parametrize("button", ["look", "post"])
def test_what_is_no_count_is_told_and_kept(desk, cash, sent, sentence, button):
    answer = desk.post(cash, {**sent, "expected": 0, button: "yes"})

    assert answer.status_code == 400
    assert sentence in Page(answer).text
    assert not CashCount.objects.exists()


def test_forgotten_day_is_cashed_up_later(desk, cash, space, payer):
    make_payment(space, payer, 800, received_on=YESTERDAY)
    make_payment(space, payer, 5000)

    page = Page(desk.get(cash, {"day": f"{YESTERDAY}"}))
    assert "Should be in the box ¥800" in page.text
    desk.post(f"{cash}?day={YESTERDAY}", {"counted": 800, "expected": 800, "post": "yes"})

    assert CashCount.objects.get().day == YESTERDAY


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-11-25", "That day is still to come."),
        ("9999-12-31", "That day is still to come."),
        ("0001-01-01", "Give days from 2000 to 2099."),
        ("x", "Enter a valid date."),
        ("", "This field is required."),
        ("\x00", "Enter a valid date."),
    ],
)
def test_day_that_can_not_be_cashed_up_is_told_and_counts_nothing(desk, cash, day, sentence):
    looked = desk.get(cash, {"day": day})
    posted = desk.post(f"{cash}?day={day.replace(chr(0), '%00')}", {"counted": 0, "expected": 0, "post": "yes"})

    for answer in (looked, posted):
        assert answer.status_code == 400
        assert sentence in Page(answer).text
    assert not CashCount.objects.exists()


def test_cash_up_of_another_space_is_not_found(cash, sam, as_user):
    assert as_user(sam).get(cash).status_code == 404
    assert as_user(sam).post(cash, {"counted": 0, "expected": 0, "post": "yes"}).status_code == 404


def test_page_is_said_in_japanese(dai, as_user, cash):
    page = Page(as_user(dai).get(cash))

    assert "レジにあるはずの金額" in page.text


def test_cost_in_queries_does_not_grow(desk, cash, space, payer):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(cash).status_code == 200
        return len(queries)

    make_payment(space, payer, 100)
    counted(space, payer, 1, TODAY - timedelta(days=100))
    cost()
    few = cost()
    for number in range(8):
        make_payment(space, make_user(f"p{number}@example.jp"), 800)
        counted(space, payer, number, TODAY - timedelta(days=number + 1))

    assert cost() == few
