"""Who a space's papers are from: one row a space, looked at on a sample before it is on a paper."""

import io

import pdfplumber
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.invoicing import issuer_of
from billing.models import Invoice, Issuer
from members.models import Operator, User
from spaces.models import Space
from tests.billing.acts import make_invoice, make_issuer
from tests.conftest import make_operator
from tests.factories import make_space
from tests.reading import Page

ADD = "admin:billing_issuer_add"
NUMBER = "T1180301018771"


@pytest.fixture
def space(dorinoki) -> Space:
    return dorinoki.space


@pytest.fixture
def operator(dai, as_user) -> Client:
    client = as_user(dai)
    client.cookies["django_language"] = "en"
    return client


def change(space):
    return reverse("admin:billing_issuer_change", args=[space.pk])


def sample(space):
    return reverse("admin:billing_issuer_sample", args=[space.pk])


def sent(**fields):
    return {"name": "合同会社ドリ", "due_days": "14", **fields}


def test_new_issuer_begins_with_what_the_papers_say_so_far(operator, space):
    so_far = issuer_of(space)

    form = Page(operator.get(reverse(ADD))).form("due_days")

    assert (form.fields["name"], form.fields["space"]) == (so_far.name, str(space.pk))
    assert so_far.name


def test_issuer_is_added_once_a_space(operator, space):
    answer = operator.post(reverse(ADD), sent(space=space.pk))

    assert answer.status_code == 302
    assert Issuer.objects.get().space == space
    assert operator.get(reverse(ADD)).status_code == 403
    assert reverse(ADD) not in dict(Page(operator.get(reverse("admin:billing_issuer_changelist"))).links).values()


@pytest.mark.parametrize("asked", ["koharubiyori", "9999999999999", "x", "-1", "\x00"])
def test_only_a_space_of_ones_own_is_prefilled_or_taken(operator, space, koharubiyori, asked):
    key = koharubiyori.space.pk if asked == "koharubiyori" else asked

    assert operator.get(reverse(ADD), {"space": key}).status_code == 200
    assert operator.post(reverse(ADD), sent(space=key)).status_code == 200
    assert not Issuer.objects.exists()


@pytest.mark.parametrize("typed", [NUMBER, "t1180301018771", "Ｔ１１８０３０１０１８７７１", " T1-1803-0101-8771 "])
def test_registration_number_is_kept_as_it_is_printed(operator, space, typed):
    make_issuer(space)

    assert operator.post(change(space), sent(registration_number=typed)).status_code == 302
    assert Issuer.objects.get().registration_number == NUMBER


@pytest.mark.parametrize("typed", ["T1180301018772", "1180301018771", "T118030101877", "T" * 20, "T11803010187711"])
def test_wrong_registration_number_is_told_and_kept_in_the_form(operator, space, typed):
    make_issuer(space)

    page = Page(operator.post(change(space), sent(registration_number=typed)))

    assert "A registration number is T and 13 digits. Is a digit wrong?" in page.text
    assert page.form("due_days").fields["registration_number"] == typed
    assert Issuer.objects.get().registration_number == ""


@pytest.mark.parametrize(
    ("typed", "days"),
    [("3, 7, 14", [3, 7, 14]), ("14,3,3", [3, 14]), ("３、７", [3, 7]), ("", []), (" 1 120 ", [1, 120]), (",", [])],
)
def test_days_of_reminders_are_kept_in_order_and_each_once(operator, space, typed, days):
    make_issuer(space, reminder_days=[5])

    assert operator.post(change(space), sent(reminder_days=typed)).status_code == 302
    assert Issuer.objects.get().reminder_days == days
    shown = Page(operator.get(change(space))).form("due_days").fields["reminder_days"]
    assert shown == ", ".join(map(str, days))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "Give days from 1 to 120"),
        ("121", "Give days from 1 to 120"),
        ("-3", "Give days from 1 to 120"),
        ("3.5", "Give days from 1 to 120"),
        ("soon", "Give days from 1 to 120"),
        ("1" * 70, "Give days from 1 to 120"),
        ("1,2,3,4,5,6,7", "At most 6 reminders"),
        ("1," * 50, "at most 80 characters"),
        ("\x00", "Null characters"),
    ],
)
def test_days_that_are_none_are_told(operator, space, typed, sentence):
    make_issuer(space, reminder_days=[5])

    answer = operator.post(change(space), sent(reminder_days=typed))

    assert sentence in Page(answer).text
    assert Issuer.objects.get().reminder_days == [5]


@pytest.mark.parametrize(
    ("field", "value"), [("due_days", "121"), ("due_days", "-1"), ("invoice_day", "29"), ("name", "")]
)
def test_other_values_out_of_bounds_are_refused(operator, space, field, value):
    make_issuer(space)

    assert operator.post(change(space), sent(**{field: value})).status_code == 200
    assert (Issuer.objects.get().due_days, Issuer.objects.get().invoice_day) == (14, None)


def test_change_shows_on_later_papers_only(operator, space, chie):
    make_issuer(space, name="Before")
    issued = make_invoice(space, chie)

    assert "those issued before keep what they say" in Page(operator.get(change(space))).text
    operator.post(change(space), sent(name="After"))

    assert Invoice.objects.get(pk=issued.pk).issuer_name == "Before"
    assert make_invoice(space, chie).issuer_name == "After"


def test_space_of_an_issuer_stays(operator, space, dai):
    make_issuer(space)
    elsewhere = make_space("elsewhere")
    Operator.objects.create(user=dai, space=elsewhere, role=Operator.Role.OWNER)

    operator.post(change(space), sent(space=elsewhere.pk))

    assert Issuer.objects.get().space == space


def test_sample_shows_what_the_papers_will_say_and_is_marked(operator, space):
    make_issuer(space, name="合同会社ドリ", registration_number=NUMBER, bank_account="北海道銀行 旭川支店")

    answer = operator.get(sample(space))

    assert answer.headers["Content-Type"] == "application/pdf"
    with pdfplumber.open(io.BytesIO(answer.content)) as paper:
        text = "".join(page.extract_text() for page in paper.pages)
    for words in ("合同会社ドリ", NUMBER, "北海道銀行", "12,800"):
        assert words in text
    assert "SAMPLE" in "".join(sorted_marks(answer.content))
    assert not Invoice.objects.exists()


def sorted_marks(content: bytes) -> list[str]:
    """The letters of the mark, which stands aslant: in the order in which they are drawn."""
    with pdfplumber.open(io.BytesIO(content)) as paper:
        return [char["text"] for page in paper.pages for char in page.chars if char["size"] > 60]


def test_sample_is_for_who_may_see_the_issuer(space, sam, as_user):
    make_issuer(space)
    desk = as_user(make_operator("desk@example.jp", space, Operator.Role.DESK))

    assert as_user(sam).get(sample(space)).status_code == 404
    assert desk.get(sample(space)).status_code == 200
    assert desk.post(change(space), sent(name="Mine")).status_code == 403
    assert desk.get(reverse(ADD)).status_code == 403


def test_page_is_said_in_japanese(dai, as_user, space):
    make_issuer(space)

    assert "請求書の見本を見る" in Page(as_user(dai).get(change(space))).text


def test_cost_of_the_list_does_not_grow(four_spaces, as_user):
    root = as_user(User.objects.create_superuser("root@example.jp", family_name="Root"))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert root.get(reverse("admin:billing_issuer_changelist")).status_code == 200
        return len(queries)

    make_issuer(four_spaces["dorinoki"])
    cost()
    few = cost()
    make_issuer(four_spaces["koharubiyori"])
    make_issuer(four_spaces["garage-labs"])

    assert cost() == few
