"""One's own invoices and receipts, as pages and as PDF."""

import io
from datetime import date
from urllib.parse import unquote

import pdfplumber
import pytest

from billing.closing import close_month
from billing.invoicing import reissue, void
from billing.paying import take_back
from tests.billing.acts import NOW, make_invoice, make_issuer, make_payment, make_receipt
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.money import asking_page, invoice_on, invoice_page, receipt_page
from tests.reading import Page


@pytest.fixture
def sun(koharubiyori):
    return koharubiyori.space


@pytest.fixture
def invoice(sun, ben):
    return make_invoice(sun, ben, 9700, addressee="Ben Miller", language="en")


@pytest.fixture
def receipt(sun, ben):
    return make_receipt(make_payment(sun, ben, 3000), "Miller Inc", "en")


def file_of(page):
    return f"{page.removesuffix('/')}.pdf"


def words_of(answer):
    with pdfplumber.open(io.BytesIO(answer.content)) as file:
        return " ".join(page.extract_text() for page in file.pages)


def test_payer_opens_an_invoice(english, ben, invoice):
    page = Page(english(ben).get(invoice_page(invoice)))

    assert (page.status, page.headings) == (200, ["Invoice"])
    assert "Ben Miller" in page.main
    assert "¥9,700" in page.main
    assert file_of(invoice_page(invoice)) == page.link("Download as PDF")
    assert page.link("Back to your payments") == "/money/"


def test_page_of_an_invoice_says_whether_it_is_paid(english, ben, sun):
    late = invoice_on(date(2026, 10, 1), sun, ben, 1000)
    browser = english(ben)

    said = [Page(browser.get(invoice_page(late))).main]
    make_payment(sun, ben, 1000)
    said.append(Page(browser.get(invoice_page(late))).main)
    part = make_invoice(sun, ben, 500)
    make_payment(sun, ben, 200)
    said.append(Page(browser.get(invoice_page(part))).main)

    for words, main in zip(("Overdue", "Paid Download", "¥300 open"), said, strict=True):
        assert words in main


def test_payer_opens_a_receipt(english, ben, receipt):
    page = Page(english(ben).get(receipt_page(receipt)))

    assert (page.status, page.headings) == (200, ["Receipt"])
    assert "Miller Inc" in page.main
    assert "¥3,000" in page.main
    assert page.link("Issue it again") == asking_page(receipt.payment)


def test_copy_is_a_page_of_its_own_that_says_so(english, ben, receipt):
    copy = make_receipt(receipt.payment)

    page = Page(english(ben).get(f"{receipt_page(copy)}copies/1/"))

    assert page.headings == ["Receipt Issued again"]
    assert "Issued again" not in Page(english(ben).get(receipt_page(receipt))).headings[0]
    answer = english(ben).get(page.link("Download as PDF"))
    assert (answer.status_code, "Issued again" in words_of(answer)) == (200, True)
    assert 'filename="receipt-koharubiyori-R2026-0001-1.pdf"' in answer.headers["Content-Disposition"]


def test_opening_a_receipt_issues_nothing(english, ben, receipt):
    for address in (receipt_page(receipt), file_of(receipt_page(receipt)), asking_page(receipt.payment)) * 2:
        assert english(ben).get(address).status_code == 200

    assert receipt.payment.receipts.count() == 1


def test_papers_come_as_pdf_under_a_name_that_says_what_they_are(english, ben, sun):
    make_issuer(sun, name='コワーキング/"小春日和"')
    invoice = make_invoice(sun, ben, 9700)
    receipt = make_receipt(make_payment(sun, ben, 3000))

    for address, name, plain in (
        (invoice_page(invoice), "請求書_2026-0001_コワーキング小春日和.pdf", "invoice-koharubiyori-2026-0001.pdf"),
        (receipt_page(receipt), "領収書_R2026-0001_コワーキング小春日和.pdf", "receipt-koharubiyori-R2026-0001.pdf"),
    ):
        answer = english(ben).get(file_of(address))
        said, _, star = answer.headers["Content-Disposition"].rpartition("; filename*=UTF-8''")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (said, unquote(star)) == (f'attachment; filename="{plain}"', name)
        assert star.isascii()
        assert answer.content.startswith(b"%PDF-")


def test_name_of_a_file_has_one_dot_where_the_issuer_ends_with_one(english, ben, sun):
    make_issuer(sun, name="Koharu Co., Ltd.")
    invoice = make_invoice(sun, ben, 9700)

    said = english(ben).get(file_of(invoice_page(invoice))).headers["Content-Disposition"]

    assert unquote(said).endswith("_Koharu_Co._Ltd.pdf")


def test_pdf_says_what_the_page_says(english, ben, invoice):
    words = words_of(english(ben).get(file_of(invoice_page(invoice))))

    assert "2026-0001" in words
    assert "¥9,700" in words
    assert "Ben Miller" in words


def test_papers_are_kept_by_nobody(english, ben, invoice, receipt):
    for address in (invoice_page(invoice), receipt_page(receipt)):
        for one in (address, file_of(address)):
            kept = english(ben).get(one).headers["Cache-Control"]
            assert "no-store" in kept
            assert "private" in kept


def test_others_papers_do_not_exist(english, chie, sam, invoice, receipt):
    for person in (chie, sam):
        for address in (invoice_page(invoice), receipt_page(receipt)):
            for one in (address, file_of(address)):
                assert english(person).get(one).status_code == 404


def test_visitor_is_asked_to_sign_in(visitor, invoice, receipt):
    for address in (invoice_page(invoice), receipt_page(receipt)):
        for one in (address, file_of(address)):
            assert visitor.get(one).headers["Location"] == f"/accounts/login/?next={one}"


def test_paper_is_at_its_own_space(english, ben, invoice, receipt):
    for address in (invoice_page(invoice), receipt_page(receipt)):
        assert english(ben).get(address.replace("koharubiyori", "dorinoki")).status_code == 404


@pytest.mark.parametrize(
    "code",
    ["2026-1", "2026-00001", "x", "R2026-0001", "2026-0001%00", "%00", "2026-0002", "9999-9999", "0001-0001",
     "2026-999999999", "2026-" + "9" * 40, "２０２６-0001", "2026-0001'", "..", "%F0%9F%98%80"],
)  # fmt: skip
def test_code_that_is_not_there_is_not_found(english, ben, invoice, code):
    for ending in ("/", ".pdf"):
        assert english(ben).get(f"/money/invoices/koharubiyori/{code}{ending}").status_code == 404
        wrong = code if code.startswith("R") and "2026" not in code else f"R{code}x"
        assert english(ben).get(f"/money/receipts/koharubiyori/{wrong}{ending}").status_code == 404


@pytest.mark.parametrize("copy", ["1", "99999", "9" * 30, "-1", "x", "%00"])
def test_copy_that_is_not_there_is_not_found(english, ben, receipt, copy):
    for ending in ("/", ".pdf"):
        assert english(ben).get(f"{receipt_page(receipt)}copies/{copy}{ending}").status_code == 404


def test_voided_invoice_says_so_and_what_took_its_place(english, ben, invoice):
    after = reissue(invoice=invoice, reason="", addressee="Miller Inc", now=NOW)

    page = Page(english(ben).get(invoice_page(invoice)))

    assert "VOID" in page.main
    assert f"{after.code} takes its place." in page.main
    assert "VOID" not in Page(english(ben).get(invoice_page(after))).main
    void(invoice=after, reason="", now=NOW)
    assert "VOID" in Page(english(ben).get(invoice_page(after))).main


def test_receipt_of_a_payment_that_was_taken_back_says_that_it_is_void(english, ben, receipt):
    take_back(payment=receipt.payment, now=NOW)

    assert "VOID" in Page(english(ben).get(receipt_page(receipt))).main


def test_papers_of_a_closed_month_stay_open_to_read(english, ben, sun):
    invoice = invoice_on(date(2026, 10, 5), sun, ben)
    close_month(space=sun, first_on=date(2026, 10, 1), by_id=None, now=NOW)

    assert english(ben).get(invoice_page(invoice)).status_code == 200


def test_paper_keeps_its_language_on_a_page_of_another(english, ben, sun):
    invoice = make_invoice(sun, ben, 9700, language="ja")

    page = Page(english(ben).get(invoice_page(invoice)))

    assert page.lang == "en"
    assert page.headings == ["請求書"]
    assert "Download as PDF" in page.main


def test_pages_of_papers_read_in_japanese(english, ben, invoice, receipt):
    for address in (invoice_page(invoice), receipt_page(receipt)):
        page = Page(english(ben).get(address, headers=JAPANESE))
        assert page.lang == "ja"
        assert "PDFをダウンロード" in page.main
        assert "お支払いの一覧へ戻る" in page.main


def test_paper_asks_the_same_with_one_line_and_with_many(english, ben, sun):
    few = queries(english(ben), invoice_page(make_invoice(sun, ben, 100)))

    assert queries(english(ben), invoice_page(make_invoice(sun, ben, [100] * 40))) == few


def test_papers_take_no_post(english, ben, invoice, receipt):
    for address in (invoice_page(invoice), receipt_page(receipt)):
        for one in (address, file_of(address)):
            assert english(ben).post(one).status_code == 405
