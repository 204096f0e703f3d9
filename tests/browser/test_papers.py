"""Invoices and receipts in a real browser: on the screen, on a phone, and as they come out of the printer."""

import io
import unicodedata
from collections.abc import Callable
from datetime import date

import pdfplumber
import pytest
from playwright.sync_api import Page, expect

from billing.charging import charge
from billing.invoicing import issue, void
from billing.models import Invoice, Issuer
from billing.paying import pay
from billing.receipts import issue_receipt
from members.models import User
from tests.browser.conftest import DESKTOP, PHONE, sign_in, with_password
from tests.browser.test_every_page import FACTS, SIDEWAYS

DAY = date(2026, 11, 24)
A4 = (595, 842)


@pytest.fixture
def invoiced(four_spaces, ben, now) -> Callable[[int], str]:
    """Issue an invoice with as many lines, and say where it is."""
    space = four_spaces["dorinoki"]
    Issuer.objects.create(
        space=space,
        name="札幌大通まちづくり株式会社",
        address="札幌市中央区南1条西4丁目13",
        registration_number="T7000012050002",
        bank_account="北海道銀行 大通支店\n普通 1234567",
    )

    def issued(count: int) -> str:
        for number in range(count):
            charge(
                space=space, payer_id=ben.pk, kind="other", text=f"会議室（11月{number + 1}回目）", yen=1_100,
                arises_on=DAY, source_key=f"test:{count}:{number}",
            )  # fmt: skip
        invoice = issue(space=space, payer_id=ben.pk, addressee="伊藤 愛子", language="ja", now=now)
        return f"/money/invoices/dorinoki/{invoice.code}/"

    return issued


@pytest.fixture
def received(four_spaces, ben, sam, now) -> str:
    payment = pay(
        space=four_spaces["dorinoki"], payer_id=ben.pk, method="cash", yen=88_000, received_on=DAY, taken_by_id=sam.pk
    )
    receipt = issue_receipt(payment=payment, addressee="Ben Miller", language="en", now=now)
    return f"/money/receipts/dorinoki/{receipt.code}/"


@pytest.fixture
def desktop(desktop, ben) -> Page:
    """Ben's desktop."""
    return as_ben(desktop, ben)


def as_ben(page: Page, ben: User) -> Page:
    page.goto("/accounts/login/")
    sign_in(page, ben)
    return page


def printed(page: Page) -> list[str]:
    """What is on each sheet, without blanks; every sheet is A4, whatever the printer's own paper is.

    Chromium's PDF calls some kanji by the code points of radicals that look the same; NFKC calls them as we do.
    """
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))) as file:
        assert {(round(sheet.width), round(sheet.height)) for sheet in file.pages} == {A4}
        return ["".join(unicodedata.normalize("NFKC", sheet.extract_text()).split()) for sheet in file.pages]


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_paper_is_a_page_like_every_other(open_browser, invoiced, received, ben, now, device):
    page, watched = open_browser(**device)
    as_ben(page, ben)
    stands, voided = invoiced(4), invoiced(1)
    void(invoice=Invoice.objects.latest("pk"), reason="", now=now)

    for address in (stands, voided, received):
        page.goto(address)
        facts = page.evaluate(FACTS)
        assert facts["headings"] == 1
        assert facts["unnamed"] == []
        for width in (390, 320) if device is PHONE else (1280,):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(SIDEWAYS) <= 0
        watched.check(page)


def test_an_invoice_prints_on_one_sheet_without_the_house_around_it(desktop, invoiced):
    desktop.goto(invoiced(4))

    [sheet] = printed(desktop)
    assert "ご請求金額(税込)" in sheet
    assert "4,400円" in sheet
    assert "登録番号T7000012050002" in sheet
    assert "10%対象4,400円400円" in sheet
    assert sheet.endswith("1/1")
    for furniture in ("PDF", "Print", "Back", "Spaces", "Sign", "English", "日本語"):
        assert furniture not in sheet


def test_a_long_invoice_prints_with_its_head_on_each_sheet(desktop, invoiced):
    desktop.goto(invoiced(70))

    sheets = printed(desktop)
    assert len(sheets) >= 3
    for number, sheet in enumerate(sheets, start=1):
        assert sheet.count("日付内容税率金額") == ("回目" in sheet)
        assert sheet.endswith(f"{number}/{len(sheets)}")
    for number in range(70):
        assert "".join(sheets).count(f"(11月{number + 1}回目)") == 1


def test_a_receipt_prints_with_the_box_for_its_stamp(desktop, received):
    desktop.goto(received)

    [sheet] = printed(desktop)
    assert "¥88,000" in sheet
    assert "BenMiller" in sheet
    assert "Revenuestamp" in sheet
    assert "¥200" in sheet


def test_void_is_written_over_every_sheet(desktop, invoiced, now):
    address = invoiced(70)
    void(invoice=Invoice.objects.get(), reason="", now=now)
    desktop.goto(address)

    for sheet in printed(desktop):
        assert {"無", "効"} <= set(sheet)


def test_what_is_printed_is_dark_on_white_in_the_dark_too(open_browser, invoiced, ben):
    page, _watched = open_browser(**DESKTOP, color_scheme="dark")
    as_ben(page, ben)
    page.goto(invoiced(1))

    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))) as file:
        [title] = [char for char in file.pages[0].chars if char["text"] == "請"][:1]
        covers = [rect for rect in file.pages[0].rects if rect["width"] > 500 and rect["height"] > 700]
    assert sum(title["non_stroking_color"]) < 1
    assert all(min(cover["non_stroking_color"]) > 0.99 for cover in covers)


def test_buttons_of_a_paper_print_it_and_download_it(desktop, invoiced):
    desktop.goto(invoiced(1))
    desktop.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")

    desktop.get_by_role("button", name="Print").click()
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="Download as PDF").click()

    assert desktop.evaluate("() => window.printed") == 1
    assert download.value.suggested_filename == "請求書_2026-0001_札幌大通まちづくり株式会社.pdf"


def test_payer_watches_the_addressee_as_it_is_typed_and_issues_the_receipt(open_browser, chie, four_spaces, sam):
    with_password(chie)
    payment = pay(
        space=four_spaces["dorinoki"], payer_id=chie.pk, method="cash", yen=900, received_on=DAY, taken_by_id=sam.pk
    )
    page, watched = open_browser(**PHONE)
    page.goto("/accounts/login/")
    sign_in(page, chie)

    page.goto("/money/")
    page.get_by_role("link", name="領収書を発行").click()
    expect(page.locator(".addressed__to")).to_have_text("千葉 千絵 様")
    page.get_by_label("宛名").fill("株式会社千葉")
    expect(page.locator(".addressed__to")).to_have_text("株式会社千葉 御中")
    page.get_by_label("宛名").fill("김")
    expect(page.locator(".addressed")).to_contain_text("「김」は印刷できません")
    page.get_by_label("宛名").fill("合同会社千葉")
    expect(page.locator(".addressed__to")).to_have_text("合同会社千葉 御中")
    page.get_by_role("button", name="この宛名で発行する").click()

    expect(page.locator(".paper__addressee")).to_have_text("合同会社千葉 御中")
    assert payment.receipts.get().addressee == "合同会社千葉"
    watched.check(page)
