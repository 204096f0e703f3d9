"""The statement: what is open at each space, and one's invoices and receipts."""

from datetime import date

import pytest

from billing.invoicing import void
from billing.paying import refund, take_back
from billing.statement import SHOWN
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_issuer, make_payment, make_receipt
from tests.factories import make_space
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.money import asking_page, fill_with_money, invoice_on, invoice_page, receipt_page
from tests.reading import Page

ADDRESS = "/money/"


@pytest.fixture
def sun(koharubiyori):
    return koharubiyori.space


def opened(browser, address=ADDRESS, **headers):
    page = Page(browser.get(address, headers=headers or None))
    assert page.status == 200
    return page


def papers(page):
    return [href for _words, href in page.links if href.startswith(("/money/inv", "/money/rec", "/money/pay"))]


def test_visitor_is_asked_to_sign_in(visitor):
    for address in (ADDRESS, "/money/charges/koharubiyori/"):
        assert visitor.get(address).headers["Location"] == f"/accounts/login/?next={address}"


def test_who_never_paid_anything_is_told_so(english, ben):
    page = opened(english(ben))

    assert page.headings == ["Payments"]
    assert "Nothing to pay, and nothing paid yet." in page.main
    assert "/spaces/" in page.links_to("/spaces/")


def test_payer_sees_what_is_open_and_until_when(english, ben, sun):
    invoice = make_invoice(sun, ben, 9700)
    make_payment(sun, ben, 3000)
    make_charge(sun, ben, 800, text="Drop-in", arises_on=date(2026, 11, 23))

    page = opened(english(ben))

    assert "Koharubiyori" in page.main
    assert "Open in all ¥7,500 Invoices to be paid ¥6,700 Not invoiced yet ¥800" in page.main
    assert "Invoice 2026-0001 To be paid by Tue 8 Dec ¥6,700" in page.main
    assert "Drop-in Mon 23 Nov ¥800" in page.main
    assert "¥6,700 open" in page.main
    assert invoice_page(invoice) in papers(page)
    assert "Overdue" not in page.main


def test_what_is_overdue_is_said_kindly(english, ben, sun):
    invoice_on(date(2026, 10, 1), sun, ben)

    page = opened(english(ben))

    assert "The day to pay has passed for an invoice. If you have paid it meanwhile, thank you" in page.main
    assert "Overdue: it was to be paid by Thu 15 Oct" in page.main


def test_payer_is_told_how_to_pay(english, ben, sun):
    make_invoice(sun, ben)
    without = opened(english(ben)).main
    make_issuer(sun, bank_account="北洋銀行 函館支店\n普通 1234567")

    page = opened(english(ben))

    assert "At the desk, when you are there next." in without
    assert "By bank transfer" not in without
    assert "By bank transfer, under your own name: 北洋銀行 函館支店 普通 1234567" in page.main


def test_credit_is_shown_and_what_it_pays(english, ben, sun):
    make_payment(sun, ben, 2000)
    make_charge(sun, ben, 800)

    page = opened(english(ben))

    assert "Credit ¥1,200 Not invoiced yet ¥800 Less your credit −¥2,000" in page.main
    assert "It pays what comes next by itself." in page.main
    assert "How to pay" not in page.main


def test_space_with_nothing_open_says_so(english, ben, sun):
    make_payment(sun, ben, invoice=make_invoice(sun, ben))

    page = opened(english(ben))

    assert "Koharubiyori Nothing open" in page.main
    assert "Open in all" not in page.main


def test_papers_are_those_that_there_are(english, ben, sun):
    voided = invoice_on(date(2026, 10, 1), sun, ben)
    void(invoice=voided, reason="", now=NOW)
    paid = make_payment(sun, ben, 1000, received_on=date(2026, 11, 1))
    receipt = make_receipt(make_payment(sun, ben, 500, received_on=date(2026, 11, 2)))
    refund(space=sun, payer_id=ben.pk, method="cash", yen=100, given_on=TODAY, taken_by_id=ben.pk)

    page = opened(english(ben))

    assert papers(page) == [receipt_page(receipt), asking_page(paid), invoice_page(voided)]
    assert "Invoice 2026-0001 2026.10.01 · Koharubiyori ¥1,000 Void" in page.main
    assert "Payment 2026.11.01 · Koharubiyori · Cash ¥1,000 Get the receipt" in page.main
    assert "Receipt R2026-0001 2026.11.02 · Koharubiyori · Cash ¥500 Received" in page.main
    assert "Money given back 2026.11.24 · Koharubiyori · Cash −¥100" in page.main


def test_payment_that_was_taken_back_shows_only_with_its_receipt(english, ben, sun):
    for has_receipt in (False, True):
        payment = make_payment(sun, ben)
        receipt = make_receipt(payment) if has_receipt else None
        take_back(payment=payment, now=NOW)

    page = opened(english(ben))

    assert papers(page) == [receipt_page(receipt)]
    assert "Void" in page.main


def test_nobody_sees_what_others_owe(english, ben, chie, sun):
    make_invoice(sun, ben, 7777)
    make_charge(sun, ben, 6666)
    make_receipt(make_payment(sun, ben, 5555))

    page = opened(english(chie))

    assert papers(page) == []
    for yen in ("7,777", "6,666", "5,555"):
        assert yen not in page.main
    assert "6,666" not in opened(english(chie), "/money/charges/koharubiyori/").main


def test_operator_sees_only_what_they_owe_themselves(english, ben, sam, sun):
    make_invoice(sun, ben)

    assert papers(opened(english(sam))) == []


def test_papers_come_in_pages(english, ben, sun):
    own = [make_payment(sun, ben, received_on=date(2026, 10, day)) for day in range(1, 26)]

    first, second = opened(english(ben)), opened(english(ben), f"{ADDRESS}?page=2")

    assert papers(first) + papers(second) == [asking_page(one) for one in reversed(own)]
    assert len(papers(first)) == 20


@pytest.mark.parametrize("page", ["0", "-1", "99", "last", "x", "\x00", "1e9", "9" * 40, "２"])
def test_page_that_is_not_there_shows_one_that_is(english, ben, sun, page):
    make_charge(sun, ben)
    make_payment(sun, ben)

    for address in (ADDRESS, "/money/charges/koharubiyori/"):
        assert english(ben).get(address, {"page": page}).status_code == 200


def test_many_charges_have_a_page_of_their_own(english, ben, sun):
    for number in range(60):
        make_charge(sun, ben, 100, text=f"No {number} of many")
    few, own = opened(english(ben)), "/money/charges/koharubiyori/"

    first, second = opened(english(ben), own), opened(english(ben), f"{own}?page=2")

    assert few.main.count("of many") == SHOWN
    assert few.link("All 60") == own
    assert "Koharubiyori · ¥6,000" in first.main
    assert [page.main.count("of many") for page in (first, second)] == [50, 10]


def test_page_of_charges_says_when_there_are_none_and_of_which_space(english, ben, sun):
    assert "Everything is invoiced." in opened(english(ben), "/money/charges/koharubiyori/").main
    assert english(ben).get("/money/charges/nowhere/").status_code == 404


def test_statement_asks_the_same_however_many_spaces_and_rows(english, ben, four_spaces):
    fill_with_money(four_spaces["koharubiyori"], ben, 1)
    make_receipt(make_payment(four_spaces["koharubiyori"], ben, 500))
    few = queries(english(ben), ADDRESS)

    for number, space in enumerate((*four_spaces.values(), make_space("fifth"), make_space("sixth"))):
        make_issuer(space)
        fill_with_money(space, ben, 3 + number)
        make_receipt(make_payment(space, ben, 500))

    assert queries(english(ben), ADDRESS) == few
    assert queries(english(ben), f"{ADDRESS}?page=2") == few


def test_statement_is_kept_by_nobody(english, ben, sun):
    make_charge(sun, ben)

    assert "no-store" in english(ben).get(ADDRESS).headers["Cache-Control"]
    assert "private" in english(ben).get(ADDRESS).headers["Cache-Control"]


@pytest.mark.parametrize("address", [ADDRESS, "/money/charges/koharubiyori/"])
def test_statement_takes_no_post(english, ben, address):
    assert english(ben).post(address).status_code == 405


def test_statement_reads_in_japanese(english, ben, sun):
    invoice_on(date(2026, 10, 1), sun, ben, 9700)
    make_charge(sun, ben, 800)
    make_receipt(make_payment(sun, ben, 500))

    page = opened(english(ben), **JAPANESE)

    assert (page.lang, page.headings) == ("ja", ["お支払い"])
    assert "お支払い残額 10,000円" in page.main
    assert "期限超過：10月15日（木）まででした" in page.main


def test_every_signed_in_page_leads_to_it_and_no_other_does(english, visitor, ben):
    assert ADDRESS in opened(english(ben), "/bookings/").links_to(ADDRESS)
    assert opened(visitor, "/spaces/").links_to(ADDRESS) == []
