"""A trial ticket in a real browser: redeemed on a phone in Japanese, moved to another space, cancelled."""

from datetime import date

import pytest
from playwright.sync_api import expect

from bookings.models import Booking
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import look_at
from tests.factories import at
from tests.pages.tickets import campaign_of_all, held_ticket, visits_page
from tests.visas.acts import make_ticket
from visas.codes import new_code, printed


def test_visitor_redeems_at_koharubiyori_moves_to_cafe_36_and_cancels_on_a_phone_in_japanese(phone, four_spaces):
    ticket = make_ticket(campaign_of_all())
    phone.goto("/")
    phone.locator('main a[href="/ticket/"]').tap()
    phone.locator("input[name=code]").fill(printed(ticket.code).lower())
    phone.locator("main form button").tap()
    phone.wait_for_url(f"**/ticket/{ticket.code}/")
    expect(phone.locator("html")).to_have_attribute("lang", "ja")

    phone.locator('a[href="?space=koharubiyori"]').tap()
    phone.locator("input[name=name]").fill("客野 一")
    phone.locator('a[href="?space=koharubiyori&day=2026-11-25"]').tap()
    expect(phone.locator("input[name=day]")).to_have_value("2026-11-25")
    expect(phone.locator("input[name=name]")).to_have_value("客野 一")
    phone.locator("input[name=email]").fill("guest@example.jp")
    phone.locator("input[name=agrees]").check()
    phone.locator("form:has(input[name=email]) button").tap()
    phone.wait_for_url("**/visit/*/?new=1")
    booking = Booking.objects.get()
    assert booking.starts_at == at("11:00", date(2026, 11, 25))
    assert booking.resource.space == four_spaces["koharubiyori"]
    expect(phone.locator("main")).to_contain_text("小春日和")
    expect(phone.locator("main")).to_contain_text(booking.reference[:4])

    phone.locator(f'a[href$="/{booking.reference}/move/"]').tap()
    phone.locator('a[href="?space=cafe-36"]').tap()
    phone.locator('a[href="?space=cafe-36&day=2026-11-27"]').tap()
    expect(phone.locator("input[name=day]")).to_have_value("2026-11-27")
    phone.locator("form:has(input[name=day]) button").tap()
    phone.wait_for_url("**/visit/*.*/")
    expect(phone.locator("main")).to_contain_text("10:00")
    booking.refresh_from_db()
    assert booking.resource.space == four_spaces["cafe-36"]

    phone.locator(f'a[href$="/{booking.reference}/cancellation/"]').tap()
    phone.locator("main form button").tap()
    expect(phone.locator("main")).to_contain_text("あと2回")
    booking.refresh_from_db()
    assert (booking.cancelled_by, booking.cancelled_late) == ("person", False)


def test_ticket_goes_without_javascript(open_browser, four_spaces):
    page, _watched = open_browser(**DESKTOP, java_script_enabled=False)
    ticket = make_ticket(campaign_of_all())
    page.goto(f"/ticket/{ticket.code}/")
    page.locator('a[href="?space=cafe-36"]').click()
    page.locator('a[href="?space=cafe-36&day=2026-11-26"]').click()
    page.locator("input[name=name]").fill("Guest")
    page.locator("input[name=email]").fill("guest@example.jp")
    page.locator("input[name=agrees]").check()
    page.locator("form:has(input[name=email]) button").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your seat is kept.")
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_of_tickets_holds(open_browser, koharubiyori, device):
    page, watched = open_browser(**device)
    held, booking = held_ticket(koharubiyori.space)
    fresh, visits = make_ticket(held.campaign), visits_page(held)

    look_at(
        page,
        (
            "/ticket/",
            f"/ticket/{fresh.code}/",
            f"/ticket/{fresh.code}/?space=koharubiyori&day=2026-11-25",
            f"/ticket/{held.code}/",
            f"{visits}?new=1",
            f"{visits}next/?space=dorinoki",
            f"{visits}{booking.reference}/move/?space=cafe-36",
            f"{visits}{booking.reference}/cancellation/",
        ),
    )
    watched.check(page)
    watched.forgiven = ("status of 404", "status of 400")
    look_at(page, (f"/ticket/{new_code()}/", "/ticket/K7M/", "/visit/x/"))
