"""Parts of pages that change in place."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, sign_in, the_button
from tests.factories import make_booking

QUOTE = "/spaces/koharubiyori/booking/?resource={0}&starts=2026-11-24T15:00&ends=2026-11-24T17:00&seats=1"


@pytest.fixture
def quote(koharubiyori):
    return QUOTE.format(koharubiyori.open_seats.pk)


def mark(page):
    """Leave a mark that a reload would wipe out."""
    page.evaluate("window.mark = true")


def is_marked(page):
    return page.evaluate("window.mark === true")


def test_change_of_the_time_changes_the_quote_in_place(desktop, quote):
    desktop.goto(quote)
    mark(desktop)
    expect(desktop.locator("input[name=price]")).to_have_value("500")

    desktop.locator("select[name=ends]").select_option("2026-11-24T20:00")

    expect(desktop.locator("input[name=price]")).to_have_value("800")
    expect(desktop).to_have_url(re.compile(r"ends=2026-11-24T20(:|%3A)00"))
    assert is_marked(desktop)


def test_change_of_the_day_changes_the_quote_in_place_and_back_goes_back(desktop, quote):
    desktop.goto(quote)
    mark(desktop)

    desktop.locator('a[href*="starts=2026-11-26T15"]').click()
    expect(desktop.locator("input[type=hidden][name=starts]")).to_have_value("2026-11-26T15:00")
    assert is_marked(desktop)

    desktop.go_back()
    expect(desktop.locator("input[type=hidden][name=starts]")).to_have_value("2026-11-24T15:00")
    expect(desktop.get_by_role("heading", level=1)).to_have_count(1)


def test_time_that_is_full_shows_why_and_what_is_free(desktop, quote, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="18:00", ends="21:00", seats=14)
    desktop.goto(quote)

    desktop.locator("input[name=seats]:not([type=hidden])").fill("15")
    desktop.locator("input[name=seats]:not([type=hidden])").blur()
    expect(desktop.locator("input[name=price]")).to_have_value(str(15 * 500))
    desktop.goto(QUOTE.format(koharubiyori.open_seats.pk).replace("17:00&seats=1", "19:00&seats=2"))

    expect(desktop.get_by_role("alert")).to_contain_text("No seat is left for that time.")
    expect(desktop.locator("input[name=price]")).to_have_count(0)
    desktop.get_by_role("alert").get_by_role("link").first.click()
    expect(the_button(desktop, "price")).to_be_visible()


def test_number_that_can_not_be_read_leaves_no_old_price_to_be_booked(open_browser, quote):
    page, watched = open_browser(**DESKTOP)
    watched.forgiven = ("400",)
    page.goto(quote)
    seats = page.locator("input[name=seats]:not([type=hidden])")

    seats.fill("")
    seats.blur()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("input[name=price]")).to_have_count(0)


def test_week_turns_in_place(desktop):
    desktop.goto("/spaces/koharubiyori/")
    mark(desktop)

    desktop.locator("a[rel=next]").click()

    expect(desktop.locator('a[href*="starts=2026-12-01T11"]').first).to_be_visible()
    assert is_marked(desktop)
    expect(desktop.locator("html")).to_have_count(1)
    expect(desktop.get_by_role("heading", level=1)).to_have_count(1)


def test_other_offer_shows_its_own_week_in_place(desktop):
    desktop.goto("/spaces/koharubiyori/")
    mark(desktop)

    desktop.locator('main a[href*="offer="]').filter(has_text="Mini drop-in").click()

    expect(desktop.locator('a[href*="starts=2026-11-24T15:00"][href*="ends=2026-11-24T17:00"]').first).to_be_visible()
    assert is_marked(desktop)


def test_finding_answers_in_place(desktop):
    desktop.goto("/find/")
    mark(desktop)
    form = desktop.locator("main form:has(input[name=day])")
    form.locator("input[name=start]").fill("14:00")
    form.locator("input[name=end]").fill("16:00")

    form.get_by_role("button").click()

    expect(desktop.locator('a[href^="/spaces/koharubiyori/booking/"]').first).to_be_visible()
    expect(desktop).to_have_url(re.compile(r"start=14"))
    assert is_marked(desktop)


def test_what_is_wrong_with_a_search_is_said_in_place(open_browser):
    page, watched = open_browser(**DESKTOP)
    watched.forgiven = ("400",)
    page.goto("/find/")
    form = page.locator("main form:has(input[name=day])")
    form.evaluate("form => { form.noValidate = true }")
    form.locator("input[name=day]").fill("2035-01-01")

    form.get_by_role("button").click()

    expect(page.locator("main")).to_contain_text("That day is too far away.")
    expect(page.locator("input[name=day]")).to_have_value("2035-01-01")


def test_who_was_signed_out_meanwhile_is_led_to_sign_in(desktop, ben, koharubiyori):
    booking = make_booking(koharubiyori.open_seats, starts="15:00", ends="17:00", user=ben)
    desktop.goto(f"/accounts/login/?next=/bookings/{booking.reference}/move/")
    sign_in(desktop, ben)
    desktop.context.clear_cookies(name="sessionid")

    desktop.locator("select[name=ends]").select_option("2026-11-24T18:00")
    desktop.wait_for_url("**/accounts/login/**")
    sign_in(desktop, ben)

    expect(desktop.locator("input[type=hidden][name=ends]")).to_have_value("2026-11-24T18:00")
