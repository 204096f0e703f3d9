"""Booking in a real browser: on a phone in Japanese, on a desktop in English, and without JavaScript."""

import re

from django.core import mail
from playwright.sync_api import expect

from bookings.models import Booking
from members.models import User
from tests.browser.conftest import DESKTOP, PHONE, code_from_mail, sign_in, the_button
from tests.factories import at

TICKET = re.compile(r"/bookings/\w{8}/")
AT_THREE = 'a[href*="/booking/?"][href*="starts=2026-11-24T15:00"]'


def sign_up(page):
    """From the sign-in page to a new account, with the code from the mail."""
    page.locator('main a[href^="/accounts/signup/"]').click()
    page.locator("input[name=email]").fill("hanako@example.jp")
    page.locator("input[name=family_name]").fill("佐藤")
    page.locator("input[name=given_name]").fill("花子")
    the_button(page, "family_name").click()
    page.wait_for_url("**/accounts/confirm-email/**")
    page.locator("input[name=code]").fill(code_from_mail())
    the_button(page, "code").click()
    page.wait_for_url("**/booking/?**")


def test_newcomer_books_a_drop_in_on_a_phone_in_japanese(phone):
    phone.goto("/")
    expect(phone.locator("html")).to_have_attribute("lang", "ja")
    phone.locator('main a[href="/spaces/koharubiyori/"]').first.tap()
    phone.locator(AT_THREE).first.tap()
    expect(phone.get_by_text("800円").or_(phone.get_by_text("¥800")).first).to_be_visible()
    the_button(phone, "price").tap()
    sign_up(phone)
    the_button(phone, "price").tap()
    phone.wait_for_url("**/bookings/*/?new=1")

    booking = Booking.objects.get()
    assert (booking.starts_at, booking.ends_at, booking.price) == (at("15:00"), at("21:00"), 800)
    assert (booking.person, booking.user.language) == ("hanako@example.jp", "ja")
    expect(phone.locator("main")).to_contain_text("小春日和")
    expect(phone.locator("main")).to_contain_text("佐藤 花子")
    expect(phone.locator("main")).to_contain_text(booking.reference[:4])
    assert phone.locator("main").get_by_role("link").filter(has_text=re.compile(".")).count() > 2


def test_coworker_books_moves_and_cancels_on_a_desktop_in_english(desktop, ben):
    desktop.goto("/")
    expect(desktop.locator("html")).to_have_attribute("lang", "en")
    desktop.get_by_role("link", name="Sign in").first.click()
    sign_in(desktop, ben)
    desktop.goto("/spaces/koharubiyori/")
    desktop.locator(AT_THREE).first.click()
    the_button(desktop, "price").click()
    desktop.wait_for_url("**/bookings/*/?new=1")
    booking = Booking.objects.get()
    expect(desktop.locator("main")).to_contain_text("Koharubiyori")

    desktop.locator(f'a[href="/bookings/{booking.reference}/move/"]').click()
    desktop.locator("select[name=starts]").select_option("2026-11-24T17:00")
    expect(desktop.locator("input[type=hidden][name=starts]")).to_have_value("2026-11-24T17:00")
    the_button(desktop, "price").click()
    desktop.wait_for_url(TICKET)
    expect(desktop.locator("main")).to_contain_text("17:00")
    booking.refresh_from_db()
    assert (booking.starts_at, booking.sequence) == (at("17:00"), 1)

    desktop.locator(f'a[href="/bookings/{booking.reference}/cancellation/"]').click()
    desktop.locator("main form[method=post]").get_by_role("button").click()
    desktop.wait_for_url(TICKET)
    booking.refresh_from_db()
    assert (booking.cancelled_by, booking.cancellation_fee) == ("person", 0)
    expect(desktop.locator("main")).to_contain_text(re.compile("cancelled", re.IGNORECASE))


def test_whole_way_goes_without_javascript(open_browser):
    page, _ = open_browser(**PHONE, java_script_enabled=False)
    page.goto("/")
    page.locator('main a[href="/spaces/koharubiyori/"]').first.click()
    page.locator(AT_THREE).first.click()
    times = page.locator("form[method=get]:has(select[name=ends])")
    times.locator("select[name=ends]").select_option("2026-11-24T17:00")
    times.get_by_role("button").click()
    expect(page.locator("input[name=price]")).to_have_value("500")
    the_button(page, "price").click()
    sign_up(page)
    # Now the house knows that they have never been there.
    expect(page.locator("input[name=price]")).to_have_value("0")
    the_button(page, "price").click()
    page.wait_for_url("**/bookings/*/?new=1")
    booking = Booking.objects.get()
    assert (booking.starts_at, booking.ends_at, booking.price) == (at("15:00"), at("17:00"), 0)
    assert booking.basis == "first_visit"

    page.locator(f'a[href="/bookings/{booking.reference}/cancellation/"]').click()
    page.locator("main form[method=post]").get_by_role("button").click()
    page.wait_for_url(TICKET)
    booking.refresh_from_db()
    assert booking.cancelled_by == "person"


def test_finding_by_time_goes_without_javascript(open_browser):
    page, _ = open_browser(**DESKTOP, java_script_enabled=False)
    page.goto("/")
    form = page.locator("main form:has(input[name=day])").first
    form.locator("input[name=start]").fill("14:00")
    form.locator("input[name=end]").fill("16:00")
    form.get_by_role("button").click()
    page.wait_for_url("**/find/?**")

    page.locator('main a[href^="/spaces/koharubiyori/booking/"]').first.click()

    expect(page.locator("input[name=price]")).to_have_value("500")


def test_second_tap_while_the_first_is_under_way_sends_nothing(phone, ben):
    phone.goto("/accounts/login/")
    sign_in(phone, ben)
    phone.goto("/spaces/koharubiyori/")
    phone.locator(AT_THREE).first.tap()
    posts = []
    phone.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)

    the_button(phone, "price").dblclick()
    phone.wait_for_url("**/bookings/*/?new=1")

    assert len(posts) == 1
    assert Booking.objects.count() == 1
    assert mail.outbox == []
    assert User.objects.count() == 1
