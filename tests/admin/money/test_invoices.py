"""Invoices in the admin: the list, one of them, issuing, voiding and reissuing, and those of a month."""

from datetime import date

import pytest
from django.urls import reverse

from billing.balances import standing_of
from billing.invoicing import void
from billing.models import Charge, Invoice
from notices.models import Notice
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment
from tests.factories import at, make_user
from tests.reading import Page

IN_OCTOBER = at("09:00", date(2026, 10, 20))
LIST = "/admin/billing/invoice/"


@pytest.fixture
def invoices(space, chie, ben):
    """One invoice of each state, by its state."""
    overdue = make_invoice(space, ben, 700, addressee="Ben Miller", now=IN_OCTOBER)
    paid = make_invoice(space, chie, 1000)
    make_payment(space, chie, 1000, invoice=paid)
    voided = make_invoice(space, chie, 2000)
    void(invoice=voided, reason="宛名違い", now=NOW)
    opened = make_invoice(space, chie, 1000, addressee="株式会社ちば")
    return {"overdue": overdue, "paid": paid, "void": voided, "open": opened}


def page_of(invoice, name="change"):
    return reverse(f"admin:billing_invoice_{name}", args=[invoice.pk])


def listed(desk, **asked):
    return {one.code for one in desk.get(LIST, asked).context["cl"].result_list}


# The list


def test_list_says_how_each_invoice_stands(desk, invoices):
    text = Page(desk.get(LIST)).text

    for words in ("¥3,000", "¥700", "Overdue", "Paid", "Void", "Open", "8 December 2026"):
        assert words in text


@pytest.mark.parametrize(
    ("state", "found"),
    [("open", {"open", "overdue"}), ("overdue", {"overdue"}), ("paid", {"paid"}), ("void", {"void"}), ("x", None)],
)
def test_list_is_filtered_by_state(desk, invoices, state, found):
    wanted = found or set(invoices)

    assert listed(desk, state=state) == {invoices[name].code for name in wanted}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2026-0002", "paid"),
        ("２０２６-２", "paid"),
        ("株式会社ちば", "open"),
        ("Miller", "overdue"),
        ("9999-999999", None),
    ],
)
def test_list_is_searched_by_number_addressee_and_name(desk, invoices, words, found):
    assert listed(desk, q=words) == ({invoices[found].code} if found else set())


@pytest.mark.parametrize("asked", ["q=%00", "p=x", "p=99999", "state=", "issued_on__month=x", "o=x", "payer=x"])
def test_odd_addresses_of_the_list_are_no_error(desk, invoices, asked):
    assert desk.get(f"{LIST}?{asked}", follow=True).status_code in (200, 302, 400)


def test_list_costs_the_same_queries_for_few_and_for_many(desk, space, django_assert_max_num_queries):
    make_invoice(space, make_user("one@example.jp"))
    desk.get(LIST)
    with django_assert_max_num_queries(30) as few:
        desk.get(LIST)
    for number in range(12):
        make_invoice(space, make_user(f"more{number}@example.jp"))
    with django_assert_max_num_queries(len(few)):
        desk.get(LIST)


# One invoice


def test_page_shows_lines_what_was_paid_and_the_ways_on(desk, space, chie):
    invoice = make_invoice(space, chie, [1000, 500])
    make_payment(space, chie, 400, invoice=invoice)

    page = Page(desk.get(page_of(invoice)))

    for words in ("月額", "¥1,500", "¥400", "¥1,100", "Open", "Cash"):
        assert words in page.text
    assert page.link("Take a payment").endswith(f"?invoice={invoice.pk}")
    assert page.link("Open the paper") == page_of(invoice, "paper")


def test_paper_and_file_open(desk, space, chie):
    invoice = make_invoice(space, chie, addressee="株式会社ちば")

    page = Page(desk.get(page_of(invoice, "paper")))
    file = desk.get(page_of(invoice, "pdf"))

    assert "株式会社ちば" in page.text
    assert page.link("Back") == page_of(invoice)
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    assert f"invoice-dorinoki-{invoice.code}.pdf" in file["Content-Disposition"]


def test_invoice_is_voided_with_a_reason(desk, space, chie):
    invoice = make_invoice(space, chie, 1500)

    assert "required" in Page(desk.post(page_of(invoice, "void"), {"reason": " "})).text
    assert desk.post(page_of(invoice, "void"), {"reason": "宛名違い"}).url == page_of(invoice)

    invoice.refresh_from_db()
    assert (invoice.voided_at is not None, invoice.void_reason) == (True, "宛名違い")
    assert Charge.objects.open().get().yen == 1500
    page = Page(desk.get(page_of(invoice)))
    assert "宛名違い" in page.text
    assert not [href for _words, href in page.links if "/void/" in href]


def test_voided_invoice_is_not_voided_again(desk, space, chie):
    invoice = make_invoice(space, chie)
    void(invoice=invoice, reason="", now=NOW)

    assert "voided already" in Page(desk.post(page_of(invoice, "void"), {"reason": "x"})).text
    assert "voided already" in Page(desk.post(page_of(invoice, "reissue"), {"reason": "x", "addressee": "y"})).text


def test_invoice_is_issued_anew_to_another_addressee(desk, space, chie):
    invoice = make_invoice(space, chie, 1500)

    answer = desk.post(page_of(invoice, "reissue"), {"reason": "宛名違い", "addressee": "株式会社ちば"})

    again = Invoice.objects.get(replaces=invoice)
    assert answer.url == page_of(again)
    assert (again.addressee, again.total) == ("株式会社ちば", 1500)
    assert again.code in Page(desk.get(page_of(invoice))).text
    assert invoice.code in Page(desk.get(page_of(again))).text


def test_desk_role_looks_and_takes_but_does_not_void(at_the_desk, space, chie):
    invoice = make_invoice(space, chie)

    page = Page(at_the_desk.get(page_of(invoice)))

    assert [href for _words, href in page.links if "/payment/take/" in href]
    assert not [href for _words, href in page.links if "/void/" in href or "/again/" in href]
    for name in ("void", "reissue"):
        assert at_the_desk.get(page_of(invoice, name)).status_code == 403
        assert at_the_desk.post(page_of(invoice, name), {"reason": "x", "addressee": "y"}).status_code == 403
    assert Invoice.objects.standing().get() == invoice


def test_pages_of_another_spaces_invoice_are_not_found(desk, koharubiyori, chie):
    invoice = make_invoice(koharubiyori.space, chie)

    for name in ("paper", "pdf", "void", "reissue"):
        assert desk.get(page_of(invoice, name)).status_code == 404, name
        assert desk.post(page_of(invoice, name), {"reason": "x", "addressee": "y"}).status_code == 404, name
        assert desk.get(reverse(f"admin:billing_invoice_{name}", args=[10**30])).status_code == 404, name
    assert Invoice.objects.standing().get() == invoice


# Invoice now


def now_address(person, slug="dorinoki"):
    return reverse("admin:billing_invoice_now", args=[person.pk, slug])


def test_invoice_now_asks_for_what_is_due_and_ticks_it(desk, space, chie):
    due = make_charge(space, chie, 1500)
    make_charge(space, chie, 700, arises_on=date(2026, 11, 30))
    form = desk.get(now_address(chie)).context["form"]

    assert (form["charges"].value(), form["addressee"].value()) == ([due.pk], "千葉 千絵")
    answer = desk.post(now_address(chie), {"charges": [due.pk], "addressee": "株式会社ちば"})

    invoice = Invoice.objects.get()
    assert answer.url == page_of(invoice)
    assert (invoice.total, invoice.addressee, invoice.language) == (1500, "株式会社ちば", "ja")


@pytest.mark.parametrize("send", [True, False])
def test_payer_gets_the_invoice_by_mail_unless_it_is_unticked(desk, space, chie, send):
    charge = make_charge(space, chie)
    ticked = {"send": "on"} if send else {}
    form = desk.get(now_address(chie)).context["form"]
    assert form["send"].value() is True

    desk.post(now_address(chie), {"charges": [charge.pk], "addressee": "千葉", **ticked})
    invoice = Invoice.objects.get()
    desk.post(page_of(invoice, "reissue"), {"reason": "x", "addressee": "千葉", **ticked})

    told = Notice.objects.filter(kind="invoice.issued", recipient=chie.email)
    assert told.count() == (2 if send else 0)


@pytest.mark.parametrize("sent", [{}, {"charges": ["x"]}, {"charges": [str(10**30)]}, {"addressee": "\x00"}])
def test_invoice_now_of_nothing_or_of_something_odd_is_told(desk, space, chie, sent):
    make_charge(space, chie)

    answer = desk.post(now_address(chie), {"addressee": "千葉", **sent})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Invoice.objects.exists()


def test_charge_of_somebody_else_is_not_put_on_the_invoice(desk, space, chie, ben):
    theirs = make_charge(space, ben)
    make_charge(space, chie)

    desk.post(now_address(chie), {"addressee": "千葉", "charges": [theirs.pk]})

    assert not Invoice.objects.exists()


def test_invoice_now_with_nothing_open_says_so(desk, chie):
    page = Page(desk.get(now_address(chie)))

    assert "Nothing is open" in page.text
    assert "Nothing is open" in Page(desk.post(now_address(chie), {"charges": [1], "addressee": "x"})).text


# Invoices of a month


def test_month_shows_who_gets_one_and_issues_them(desk, space, chie, ben):
    make_charge(space, chie, 1000)
    make_charge(space, ben, 700, arises_on=date(2026, 10, 31))
    make_charge(space, make_user("back@example.jp"), -300)
    where = reverse("admin:billing_month_invoices_at", args=["dorinoki"])
    assert desk.get(reverse("admin:billing_month_invoices")).url == where

    page = Page(desk.get(where))
    assert "2 invoices, ¥1,700 in all" in page.text
    assert "1 invoice, ¥700 in all" in Page(desk.get(where, {"up_to": "2026-10-31"})).text

    [form] = [form for form in page.forms if form.method == "post" and "up_to" in form.fields]
    answer = page.submit(desk, form)
    assert "2 invoices were issued, ¥1,700 in all." in Page(desk.get(answer.url)).text
    assert set(Invoice.objects.values_list("payer__email", "total")) == {(chie.email, 1000), (ben.email, 700)}
    assert "Nobody owes anything" in Page(desk.get(where)).text
    assert desk.post(where, {"up_to": TODAY}).status_code == 302
    assert Invoice.objects.count() == 2


@pytest.mark.parametrize("up_to", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30", "\x00"])
def test_month_with_an_odd_day_issues_nothing(desk, space, chie, up_to):
    make_charge(space, chie)
    where = reverse("admin:billing_month_invoices_at", args=["dorinoki"])

    assert desk.get(where, {"up_to": up_to}).status_code == 200
    assert desk.post(where, {"up_to": up_to}).status_code == 200
    assert not Invoice.objects.exists()


def test_month_of_another_space_is_not_found(desk, koharubiyori, chie):
    make_charge(koharubiyori.space, chie)
    where = reverse("admin:billing_month_invoices_at", args=["koharubiyori"])

    assert desk.get(where).status_code == 404
    assert desk.post(where, {"up_to": TODAY}).status_code == 404
    assert not Invoice.objects.exists()


def test_month_costs_the_same_queries_for_few_and_for_many(desk, space, django_assert_max_num_queries):
    where = reverse("admin:billing_month_invoices_at", args=["dorinoki"])
    make_charge(space, make_user("one@example.jp"))
    desk.get(where)
    with django_assert_max_num_queries(30) as few:
        desk.get(where)
    for number in range(12):
        make_charge(space, make_user(f"more{number}@example.jp"))
    with django_assert_max_num_queries(len(few)):
        desk.get(where)


def test_standing_after_voiding_keeps_what_was_paid_as_credit(desk, space, chie):
    invoice = make_invoice(space, chie, 1500)
    make_payment(space, chie, 1500, invoice=invoice)

    desk.post(page_of(invoice, "void"), {"reason": "重複"})

    assert standing_of(space, chie.pk).credit == 1500
