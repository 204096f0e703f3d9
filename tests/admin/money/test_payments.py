"""Payments and receipts in the admin: the lists, taking back, giving credit back, making out and copying."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from billing.balances import standing_of
from billing.closing import close_month
from billing.models import Payment, Receipt
from billing.paying import take_back
from tests.billing.acts import NOW, TODAY, make_invoice, make_payment, make_receipt
from tests.factories import make_membership, make_user
from tests.reading import Page

PAYMENTS, RECEIPTS = "/admin/billing/payment/", "/admin/billing/receipt/"


def payment_page(payment, name="change"):
    return reverse(f"admin:billing_payment_{name}", args=[payment.pk])


def receipt_page(receipt, name="change"):
    return reverse(f"admin:billing_receipt_{name}", args=[receipt.pk])


def listed(desk, where, **asked):
    return set(desk.get(where, asked).context["cl"].result_list)


# Payments


def test_list_of_payments_says_what_came_in_and_is_filtered(desk, space, chie, ben, dai):
    invoice = make_invoice(space, chie, 1000)
    cash = make_payment(space, chie, 1000, invoice=invoice, taken_by_id=dai.pk)
    receipt = make_receipt(cash)
    transfer = make_payment(space, ben, 700, method="transfer", note="ﾐﾗｰ ﾍﾞﾝ")
    wrong = make_payment(space, ben, 300)
    take_back(payment=wrong, now=NOW)

    text = Page(desk.get(PAYMENTS)).text
    for words in ("¥1,000", invoice.code, receipt.code, "千葉 千絵", "¥700", "Bank transfer", "Taken back"):
        assert words in text
    assert listed(desk, PAYMENTS, state="taken_back") == {wrong}
    assert listed(desk, PAYMENTS, method__exact="transfer") == {transfer}
    assert listed(desk, PAYMENTS, q="Miller") == {transfer, wrong}
    assert listed(desk, PAYMENTS, state="refund") == set()


def test_payment_is_taken_back_after_a_warning(desk, space, chie):
    payment = make_payment(space, chie)
    receipt = make_receipt(payment)
    where = Page(desk.get(payment_page(payment))).link("Take it back")

    assert f"Receipt {receipt.code} was issued for it: ask for the paper back." in Page(desk.get(where)).text
    assert desk.post(where).url == payment_page(payment)

    payment.refresh_from_db()
    assert payment.voided_at
    page = Page(desk.get(payment_page(payment)))
    assert "Take it back" not in page.text
    assert "taken back already" in Page(desk.post(where)).text


def test_payment_of_a_closed_month_is_not_taken_back(desk, space, chie):
    payment = make_payment(space, chie, received_on=date(2026, 10, 5))
    close_month(space=space, first_on=date(2026, 10, 1), by_id=None, now=NOW)

    assert "That month is closed." in Page(desk.post(payment_page(payment, "take_back"))).text
    payment.refresh_from_db()
    assert payment.voided_at is None


def test_receipt_is_made_out_to_whom_the_payer_says(desk, space, chie):
    invoice = make_invoice(space, chie, 1000, addressee="株式会社ちば")
    payment = make_payment(space, chie, 1000, invoice=invoice)
    where = Page(desk.get(payment_page(payment))).link("Issue a receipt")

    assert desk.get(where).context["form"]["addressee"].value() == "株式会社ちば"
    answer = desk.post(where, {"addressee": "ちば商店"})

    receipt = Receipt.objects.get()
    assert (receipt.addressee, answer.url) == ("ちば商店", receipt_page(receipt))
    assert desk.post(where, {"addressee": "別の名"}).url == receipt_page(receipt)
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("addressee", ["", " ", "\x00", "あ" * 161])
def test_receipt_to_nobody_is_refused(desk, space, chie, addressee):
    payment = make_payment(space, chie)

    assert desk.post(payment_page(payment, "receipt"), {"addressee": addressee}).status_code == 200
    assert not Receipt.objects.exists()


def test_payment_that_was_taken_back_gets_no_receipt(desk, space, chie):
    payment = make_payment(space, chie)
    take_back(payment=payment, now=NOW)

    assert "Issue a receipt" not in Page(desk.get(payment_page(payment))).text
    answer = desk.post(payment_page(payment, "receipt"), {"addressee": "千葉"})
    assert "there is no receipt for it" in Page(answer).text


# Giving credit back


def refund_address(person, slug="dorinoki"):
    return reverse("admin:billing_payment_refund", args=[person.pk, slug])


def gives_back(desk, person, **changes):
    sent = {"yen": 500, "method": "cash", "day": TODAY, "note": "", "form_key": uuid4(), **changes}
    return desk.post(refund_address(person), sent)


def test_credit_is_given_back_once_however_often_the_form_is_sent(desk, space, chie):
    make_payment(space, chie, 2000)
    assert desk.get(refund_address(chie)).context["form"]["yen"].value() == 2000

    form_key = uuid4()
    for _ in range(3):
        answer = gives_back(desk, chie, form_key=form_key)

    refund = Payment.objects.get(yen=-500)
    assert answer.url == payment_page(refund)
    assert standing_of(space, chie.pk).credit == 1500


@pytest.mark.parametrize(
    "changes",
    [{"yen": 2001}, {"yen": 0}, {"yen": "x"}, {"day": "2026-11-25"}, {"day": "x"}, {"method": ""}, {"form_key": "x"}],
)
def test_refund_that_cannot_be_is_told(desk, space, chie, changes):
    make_payment(space, chie, 2000)

    answer = gives_back(desk, chie, **changes)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Payment.objects.count() == 1


def test_without_credit_nothing_is_asked(desk, chie):
    page = Page(desk.get(refund_address(chie)))

    assert "There is no credit" in page.text
    assert not [form for form in page.forms if "form_key" in form.fields]
    assert gives_back(desk, chie).status_code == 200
    assert not Payment.objects.exists()


# Receipts


def test_list_of_receipts_is_searched(desk, space, chie, ben):
    mine = make_receipt(make_payment(space, chie), addressee="株式会社ちば")
    theirs = make_receipt(make_payment(space, ben))

    assert listed(desk, RECEIPTS, q="R2026-0001") == {mine}
    assert listed(desk, RECEIPTS, q="2026-2") == {theirs}
    assert listed(desk, RECEIPTS, q="ちば") == {mine}
    assert listed(desk, RECEIPTS, q="miller") == {theirs}


def test_receipt_opens_as_page_and_file(desk, space, chie):
    receipt = make_receipt(make_payment(space, chie), addressee="株式会社ちば")

    page = Page(desk.get(receipt_page(receipt, "paper")))
    file = desk.get(receipt_page(receipt, "pdf"))

    assert "株式会社ちば" in page.text
    assert page.link("Back") == receipt_page(receipt)
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")


def test_receipt_is_issued_again_once_for_each_press(desk, space, chie):
    receipt = make_receipt(make_payment(space, chie))
    page = Page(desk.get(receipt_page(receipt)))
    [form] = [form for form in page.forms if "/copy/" in form.action]

    for _ in range(2):
        answer = page.submit(desk, form)

    copy = Receipt.objects.get(copy=1)
    assert answer.url == receipt_page(copy)
    assert Receipt.objects.count() == 2
    assert Page(desk.get(receipt_page(receipt))).link("The latest copy") == receipt_page(copy)
    assert "再発行" in Page(desk.get(receipt_page(copy, "paper"))).text
    assert desk.get(receipt_page(receipt, "copy")).status_code == 405


def test_receipt_of_a_payment_that_was_taken_back_is_not_copied(desk, space, chie):
    receipt = make_receipt(make_payment(space, chie))
    take_back(payment=receipt.payment, now=NOW)

    assert not [form for form in Page(desk.get(receipt_page(receipt))).forms if "/copy/" in form.action]
    assert desk.post(receipt_page(receipt, "copy")).status_code == 302
    assert Receipt.objects.count() == 1


# Who may


def test_desk_role_makes_out_receipts_and_takes_nothing_back(at_the_desk, space, chie):
    payment = make_payment(space, chie)
    page = Page(at_the_desk.get(payment_page(payment)))

    assert not [href for _words, href in page.links if "/back/" in href]
    assert at_the_desk.post(payment_page(payment, "take_back")).status_code == 403
    assert at_the_desk.get(refund_address(chie)).status_code == 403
    assert gives_back(at_the_desk, chie).status_code == 403
    assert at_the_desk.post(payment_page(payment, "receipt"), {"addressee": "千葉"}).status_code == 302
    assert at_the_desk.post(receipt_page(Receipt.objects.get(), "copy")).status_code == 302
    assert (Payment.objects.standing().count(), Receipt.objects.count()) == (1, 2)


def test_rows_of_another_space_are_not_found(desk, koharubiyori, chie):
    make_membership(chie, koharubiyori.space.plans.get(kind="free_pass"))
    payment = make_payment(koharubiyori.space, chie)
    receipt = make_receipt(payment)

    for where in (
        payment_page(payment, "take_back"),
        payment_page(payment, "receipt"),
        receipt_page(receipt, "copy"),
        receipt_page(receipt, "paper"),
        receipt_page(receipt, "pdf"),
        refund_address(chie, "koharubiyori"),
    ):
        assert desk.get(where).status_code == 404, where
        assert desk.post(where, {"addressee": "x"}).status_code == 404, where
    assert (Payment.objects.standing().count(), Receipt.objects.count()) == (1, 1)


@pytest.mark.parametrize("where", [PAYMENTS, RECEIPTS])
def test_lists_cost_the_same_queries_for_few_and_for_many(desk, space, where, django_assert_max_num_queries):
    make_receipt(make_payment(space, make_user("one@example.jp")))
    desk.get(where)
    with django_assert_max_num_queries(30) as few:
        desk.get(where)
    for number in range(12):
        person = make_user(f"more{number}@example.jp")
        make_receipt(make_payment(space, person, invoice=make_invoice(space, person)))
    with django_assert_max_num_queries(len(few)):
        desk.get(where)
