"""At the door, in a real browser."""

import pytest
import time_machine
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, sign_in
from tests.factories import at, make_booking


@pytest.mark.parametrize("language", ["ja", "en"])
def test_operator_checks_in_by_typing_the_reference(phone, desktop, sam, chie, koharubiyori, language):
    booking = make_booking(koharubiyori.open_seats, user=chie)
    page = phone if language == "ja" else desktop

    with time_machine.travel(at("11:02")):
        page.goto("/door/")
        sign_in(page, sam)
        page.locator("input[name=reference]").fill(booking.spaced_reference.lower())
        page.locator("form:has(input[name=reference])").get_by_role("button").click()
        page.wait_for_url(f"**/door/{booking.reference}/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("千葉 千絵")
        page.locator('button[formaction$="/check-in/"]').click()
        expect(page.locator('button[formaction$="/check-out/"]')).to_be_visible()

    booking.refresh_from_db()
    assert at("11:02") <= booking.checked_in_at < at("11:05")
    expect(page.locator("main")).to_contain_text("11:02")


def test_wrong_reference_is_said_and_can_be_typed_again(open_browser, sam):
    page, watched = open_browser(**DESKTOP)
    watched.forgiven = ("status of 400",)
    page.goto("/door/")
    sign_in(page, sam)
    page.locator("input[name=reference]").fill("ZZZZ-ZZZZ")

    page.locator("form:has(input[name=reference])").get_by_role("button").click()

    expect(page.locator("main")).to_contain_text("There is no booking with this reference at your space.")
    expect(page.locator("input[name=reference]")).to_have_value("ZZZZ-ZZZZ")
