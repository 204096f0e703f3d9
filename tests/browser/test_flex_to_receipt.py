"""From a flex membership at Dorinoki to its receipt: the member on a phone, the operator at the desk."""

import io

import pdfplumber
import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from billing.models import Charge, Invoice, Issuer, Payment, Receipt
from members.models import Membership
from tests.browser.conftest import DESKTOP, PHONE, sign_in, the_button, with_password
from tests.pages.plans import plan_of

FEE, WEEK = 30_000, 12_500 * 7 // 30


@pytest.fixture
def dai(dai):
    return with_password(dai)


@pytest.fixture
def issuer(dorinoki) -> Issuer:
    return Issuer.objects.create(
        space=dorinoki.space, name="どりの木運営会", address="北海道札幌市", registration_number="T7000012050002"
    )


def joins(page: Page, dorinoki) -> Membership:
    plan = plan_of(dorinoki, "monthly")
    page.goto(f"/spaces/dorinoki/join/{plan.pk}/")
    expect(page.locator("input[name=due]")).to_have_value(str(FEE + WEEK))
    the_button(page, "due").tap()
    page.wait_for_url("**/plans/")
    return Membership.objects.get()


def pays_at_the_desk(desk: Page, dai, member: Membership) -> None:
    desk.goto("/accounts/login/")
    sign_in(desk, dai)
    desk.goto(reverse("admin:members_person_at_space", args=[member.user_id, "dorinoki"]))
    desk.get_by_role("link", name="Take a payment").click()
    expect(desk.locator("input[name=yen]")).to_have_value(str(FEE + WEEK))
    desk.get_by_role("button", name="Note the payment").click()
    desk.wait_for_url("**/at/dorinoki/")


def asks_for_the_receipt(phone: Page, addressee: str) -> None:
    phone.goto("/plans/")
    phone.locator('a[href="/money/"]:visible').last.tap()
    phone.wait_for_url("**/money/")
    phone.locator('a[href$="/receipt/"]').tap()
    phone.locator("input[name=addressee]").fill(addressee)
    expect(phone.locator("#preview")).to_contain_text(f"{addressee} 御中")
    phone.get_by_role("button", name="この宛名で発行する").tap()
    phone.wait_for_url("**/money/receipts/**")


def downloaded(page: Page, link: Locator) -> str:
    with page.expect_download() as caught:
        link.tap()
    path = caught.value.path()
    return "".join(part.extract_text() for part in pdfplumber.open(io.BytesIO(path.read_bytes())).pages)


def test_flex_member_joins_pays_at_the_desk_and_takes_the_receipt_home(open_browser, dorinoki, issuer, ben, dai):
    type(ben).objects.filter(pk=ben.pk).update(language="ja")
    phone, _ = open_browser(**PHONE)
    phone.goto("/accounts/login/")
    sign_in(phone, ben)

    member = joins(phone, dorinoki)
    assert dict(Charge.objects.values_list("kind", "yen")) == {"sign_up": FEE, "plan": WEEK}

    desk, _ = open_browser(**DESKTOP)
    pays_at_the_desk(desk, dai, member)
    invoice, payment = Invoice.objects.get(), Payment.objects.get()
    assert (invoice.total, payment.yen, payment.invoice, payment.taken_by) == (FEE + WEEK, FEE + WEEK, invoice, dai)

    asks_for_the_receipt(phone, "合同会社ミラー")
    receipt = Receipt.objects.get()
    assert (receipt.yen, receipt.addressee, receipt.copy) == (FEE + WEEK, "合同会社ミラー", 0)
    main = phone.locator("main")
    for words in ("領収書", "合同会社ミラー", "御中", f"{FEE + WEEK:,}", "T7000012050002", "10%"):
        expect(main).to_contain_text(words)

    text = downloaded(phone, phone.locator('a[href$=".pdf"]'))
    tax = (FEE + WEEK) * 10 // 110
    for words in ("領収書", "合同会社ミラー", f"{FEE + WEEK:,}", f"{tax:,}", "T7000012050002", receipt.code):
        assert words in text, words
