"""Taking money at the desk in a real browser: two clicks, an amount that follows what is ticked, and pages that fit."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from billing.models import Payment
from tests.billing.acts import make_charge, make_invoice, make_payment, make_receipt
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.browser.test_every_page import SIDEWAYS
from tests.factories import at, make_booking


@pytest.fixture
def space(koharubiyori):
    return koharubiyori.space


@pytest.fixture
def at_desk(open_browser, sam):
    """Call it with a device for a browser in which Sam has signed in, and what is watched of it."""

    def open_at(**device):
        page, watched = open_browser(**device)
        page.goto("/accounts/login/")
        sign_in(page, sam)
        return page, watched

    return open_at


def test_payment_takes_two_clicks_and_leads_to_its_receipt(at_desk, space, ben):
    make_invoice(space, ben, 3000)
    make_charge(space, ben, 1500)
    page, watched = at_desk(**DESKTOP)
    page.goto(reverse("admin:members_person_at_space", args=[ben.pk, "koharubiyori"]))

    page.get_by_role("link", name="Take a payment").click()
    page.get_by_role("button", name="Note the payment").click()

    page.wait_for_url("**/at/koharubiyori/")
    expect(page.get_by_text("¥4,500 from Ben Miller is noted.")).to_be_visible()
    assert Payment.objects.get().yen == 4500
    page.get_by_role("link", name="Issue a receipt").click()
    page.get_by_role("button", name="Issue the receipt").click()
    expect(page.get_by_role("link", name="Open the paper").first).to_be_visible()
    watched.check(page)


def test_amount_follows_what_is_ticked_until_another_is_typed(at_desk, space, ben):
    make_payment(space, ben, 200)
    make_charge(space, ben, 1500, text="Room")
    make_charge(space, ben, 700, text="Drop-in")
    page, watched = at_desk(**PHONE)
    page.goto(reverse("admin:billing_payment_take", args=[ben.pk, "koharubiyori"]))
    amount = page.locator("input[name=yen]")

    expect(amount).to_have_value("2000")
    page.get_by_label("Drop-in").uncheck()
    expect(amount).to_have_value("1300")
    page.get_by_label("Room").uncheck()
    expect(amount).to_have_value("")
    page.get_by_label("Drop-in").check()
    expect(amount).to_have_value("500")
    amount.fill("400")
    page.get_by_label("Room").check()
    expect(amount).to_have_value("400")
    watched.check(page)


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_of_money_fit_whatever_is_written_on_them(at_desk, koharubiyori, space, ben, device):
    make_invoice(space, ben, 12_345_678, addressee="株式会社" + "長い名前の" * 20, now=at("09:00", date(2026, 9, 1)))
    charge = make_charge(space, ben, text="W" * 120)
    invoice = make_invoice(space, ben, [])
    payment = make_payment(space, ben, 9_876_543, note="W" * 120)
    receipt = make_receipt(payment, "W" * 120)
    later = make_charge(space, ben, text="長い内容の" * 20)
    booking = make_booking(koharubiyori.open_seats, user=ben)
    page, watched = at_desk(**device)

    for name, *args in (
        ("members_person_at_space", ben.pk, "koharubiyori"),
        ("bookings_booking_change", booking.pk),
        ("billing_payment_take", ben.pk, "koharubiyori"),
        ("billing_invoice_now", ben.pk, "koharubiyori"),
        ("billing_month_invoices_at", "koharubiyori"),
        ("billing_invoice_changelist",),
        ("billing_invoice_change", invoice.pk),
        ("billing_invoice_void", invoice.pk),
        ("billing_invoice_reissue", invoice.pk),
        ("billing_invoice_paper", invoice.pk),
        ("billing_payment_changelist",),
        ("billing_payment_change", payment.pk),
        ("billing_payment_take_back", payment.pk),
        ("billing_receipt_changelist",),
        ("billing_receipt_change", receipt.pk),
        ("billing_receipt_paper", receipt.pk),
        ("billing_charge_changelist",),
        ("billing_charge_change", charge.pk),
        ("billing_charge_undo", later.pk),
        ("billing_charge_add",),
    ):
        assert page.goto(reverse(f"admin:{name}", args=args)).status == 200, name
        for width in (390, 320) if device is PHONE else (1280,):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(SIDEWAYS) <= 0, f"{name} at {width}"
    watched.check(page)
