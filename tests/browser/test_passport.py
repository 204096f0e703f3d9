"""A passport in a real browser: its code is renewed, it is read without a network, and nothing stays behind."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, sign_in, with_password
from tests.browser.test_every_page import look_at
from tests.factories import TUESDAY
from tests.pages.passports import been
from visas.models import Visa

FRAME = "[data-code] [role=img] svg path"
# What is kept, by path; of a page that never was kept, nothing.
KEPT = """async () => {
  const caught = await Promise.all((await caches.keys()).map(async (key) => (await caches.open(key)).keys()));
  return caught.flat().map((request) => new URL(request.url).pathname).sort();
}"""
CODES_KEPT = """async () => {
  const html = await (await caches.match("/passport/")).text();
  return new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-code] svg").length;
}"""


def is_kept(page, wanted):
    """Wait until the passport is kept, or nothing is; whether it came to that."""
    return page.evaluate(
        """async (wanted) => {
          for (let tries = 0; tries < 100; tries += 1) {
            const kept = wanted ? await caches.match("/passport/") : (await caches.keys()).length;
            if (Boolean(kept) === wanted) return true;
            await new Promise((go) => { setTimeout(go, 50); });
          }
          return false;
        }""",
        wanted,
    )


@pytest.fixture
def aiko(aiko):
    return with_password(aiko)


@pytest.fixture
def number(aiko):
    return Visa.objects.get().printed_number


@pytest.fixture
def opened(open_browser, aiko):
    """Aiko's phone with her passport open, and kept; what fails without a network is not held against it."""
    page, watched = open_browser(**PHONE)
    watched.forgiven = ("ERR_INTERNET_DISCONNECTED",)
    page.goto("/accounts/login/?next=/passport/")
    sign_in(page, aiko)
    expect(page.locator(FRAME).first).to_be_attached()
    assert is_kept(page, True)
    return page


def test_code_is_renewed_each_minute_and_only_while_it_is_looked_at(open_browser, aiko):
    page, _watched = open_browser(**PHONE)
    page.clock.install()
    page.goto("/accounts/login/?next=/passport/")
    sign_in(page, aiko)
    code = page.locator(FRAME).first
    first = code.get_attribute("d")

    page.clock.run_for(61_000)

    expect(code).not_to_have_attribute("d", first or "")
    second = code.get_attribute("d") or ""
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.run_for(61_000)
    page.wait_for_load_state("networkidle")
    assert code.get_attribute("d") == second
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(code).not_to_have_attribute("d", second)


def test_new_code_comes_at_a_tap_in_place(opened):
    code = opened.locator(FRAME).first
    first = code.get_attribute("d") or ""
    opened.evaluate("window.mark = true")

    opened.locator('[data-code] a[href$="/code/"]').tap()

    expect(code).not_to_have_attribute("d", first)
    assert opened.evaluate("window.mark === true")


def test_code_goes_without_javascript(open_browser, aiko, number):
    page, _watched = open_browser(**DESKTOP, java_script_enabled=False)
    page.goto("/accounts/login/?next=/passport/")
    sign_in(page, aiko)
    page.get_by_role("link", name="Show the code").click()
    first = page.locator(FRAME).get_attribute("d") or ""

    page.get_by_role("link", name="New code").click()

    expect(page.locator(FRAME)).not_to_have_attribute("d", first)
    expect(page.locator("main")).to_contain_text(number)


def test_passport_is_read_without_a_network_and_the_number_stands_for_the_code(opened, number, aiko):
    opened.context.set_offline(True)

    opened.reload()

    expect(opened.locator("main")).to_contain_text(number)
    expect(opened.locator("main")).to_contain_text("伊藤 愛子")
    expect(opened.get_by_text("オフライン：11月24日（火） 09:0")).to_be_visible()
    expect(opened.get_by_text("通信できません。受付で番号をお伝えください。")).to_be_visible()
    expect(opened.locator("[data-code]")).to_be_hidden()
    # It is drawn as it was: the style and the script are kept, too.
    assert (
        opened.evaluate("getComputedStyle(document.querySelector('.passport__spread .passport__desk')).display")
        == "grid"
    )
    assert opened.evaluate("typeof window.htmx") == "object"


def test_passport_is_found_without_a_network_after_another_page_and_comes_back_with_it(opened, number):
    opened.goto("/bookings/")
    opened.context.set_offline(True)
    opened.goto("/passport/")
    expect(opened.locator("main")).to_contain_text(number)

    opened.context.set_offline(False)

    expect(opened.locator(FRAME).first).to_be_visible()
    expect(opened.get_by_text("オフライン：")).to_be_hidden()


def test_page_that_loses_the_network_shows_the_number_instead_of_the_code(opened):
    expect(opened.locator("[data-code]")).to_be_visible()

    opened.context.set_offline(True)
    expect(opened.locator("[data-code]")).to_be_hidden()
    expect(opened.get_by_text("通信できません。受付で番号をお伝えください。")).to_be_visible()

    opened.context.set_offline(False)
    expect(opened.locator("[data-code]")).to_be_visible()


def test_only_the_passport_and_what_draws_it_is_kept(opened):
    opened.locator('[data-code] a[href$="/code/"]').tap()
    opened.wait_for_load_state("networkidle")
    opened.reload()
    opened.goto("/bookings/")

    kept = opened.evaluate(KEPT)

    assert "/passport/" in kept
    assert all(path == "/passport/" or path.startswith("/static/") for path in kept)
    assert "/static/visas/passport.css" in kept
    assert opened.evaluate(CODES_KEPT) == 0


def test_nothing_is_left_after_signing_out(opened):
    opened.goto("/accounts/logout/")
    opened.locator("main form button").tap()
    opened.wait_for_url(lambda address: "/accounts/" not in address)
    assert is_kept(opened, False)
    opened.context.set_offline(True)

    with pytest.raises(Exception, match="ERR_"):
        opened.goto("/passport/")

    # What is looked at in the end is a page of ours, not the browser's own.
    opened.context.set_offline(False)
    opened.goto("/visa/")


def test_nothing_is_left_once_the_session_has_ended(opened):
    opened.context.clear_cookies(name="sessionid")

    opened.goto("/passport/")

    opened.wait_for_url("**/accounts/login/**")
    assert is_kept(opened, False)


def test_who_signs_in_next_sees_their_own(opened, ben, number):
    opened.context.clear_cookies(name="sessionid")
    opened.goto("/accounts/login/?next=/passport/")
    sign_in(opened, ben)
    expect(opened.locator("main")).to_contain_text("パスポートはまだありません。")
    opened.context.set_offline(True)

    opened.reload()

    expect(opened.locator("main")).not_to_contain_text(number)
    expect(opened.locator("main")).not_to_contain_text("伊藤")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_passport_holds_at_every_width(open_browser, aiko, koharubiyori, device):
    for number in range(8):
        been(koharubiyori.open_seats, Visa.objects.get(), TUESDAY - timedelta(days=11 * (number + 1)))
    page, watched = open_browser(**device)
    page.goto("/accounts/login/")
    sign_in(page, aiko)

    look_at(page, ("/passport/", f"/passport/{Visa.objects.get().pk}/code/"))
    watched.check(page)


def test_passport_prints_without_its_code(opened, number):
    opened.emulate_media(media="print")

    expect(opened.locator("[data-code]")).to_be_hidden()
    expect(opened.locator(".passport__data")).to_contain_text(number)
    expect(opened.locator(".passport__data")).to_be_visible()
