"""static/events/live.js in a real Chromium: a page that follows, and one that has nobody to follow."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import BrowserContext, Page, expect

from events.live import channel
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.conftest import _nothing_collected as _nothing_collected
from tests.browser.conftest import chromium as chromium
from tests.browser.conftest import live_server as live_server
from tests.conftest import NOW
from tests.events.live.pages import Wall, line
from tests.events.live.processes import Live, cut_off, running

pytestmark = [pytest.mark.urls("tests.events.live.pages"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def wall() -> type[Wall]:
    Wall.lines, Wall.here, Wall.looked, Wall.is_seen = [1], 2, 0, True
    return Wall


@pytest.fixture
def live(tmp_path: Path, live_server, settings: LazySettings) -> Iterator[Live]:
    """The process, at the moment of the tests, and pages that may speak to it."""
    with running(tmp_path / "log", site_url=live_server.url, now=NOW.timestamp()) as started:
        settings.LIVE_URL = started.url
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        directives = policy | {"connect-src": ["'self'", started.url]}
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
        yield started


@pytest.fixture
def context(chromium, live_server) -> Iterator[BrowserContext]:
    with chromium.new_context(base_url=live_server.url, **DESKTOP) as opened:
        opened.set_default_timeout(10_000)
        yield opened


@pytest.fixture
def phone(chromium, live_server) -> Iterator[BrowserContext]:
    with chromium.new_context(base_url=live_server.url, **PHONE) as opened:
        yield opened


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.clock.install()
    page.goto("/page/")
    return page


def following(context: BrowserContext, live: Live) -> Page:
    """A page that is told what happens: it has heard a first count."""
    page = opened(context)
    until_told(page)
    return page


def until_told(page: Page, here: int = 9) -> None:
    until = time.monotonic() + 10
    while page.locator("[data-here='4']").inner_text() != str(here):
        assert time.monotonic() < until
        channel._send(channel.counts("SEPT", {4: here}))
        page.wait_for_timeout(20)


def test_a_new_line_comes_first_and_once(context: BrowserContext, live: Live):
    page = following(context, live)
    for _ in range(2):
        channel._send(channel.line("SEPT", 2, {"ja": line(2)}))
    channel._send(channel.line("SEPT", 3, {"ja": line(3)}))

    expect(page.locator("[data-wall] li")).to_have_text(["3", "2", "1"], timeout=2000)


def test_a_hidden_line_goes_and_counts_change(context: BrowserContext, live: Live):
    page = following(context, live)
    channel._send(channel.hidden("SEPT", 1))
    channel._send(channel.counts("SEPT", {3: 5, 99: 1}))

    expect(page.locator("[data-wall] li")).to_have_count(0, timeout=2000)
    expect(page.locator("[data-here='3']")).to_have_text("5", timeout=2000)
    expect(page.locator("[data-here='4']")).to_have_text("9")


def test_while_it_is_told_it_does_not_look_for_itself(context: BrowserContext, live: Live):
    page = following(context, live)
    page.clock.fast_forward(120_000)
    page.wait_for_timeout(300)

    assert Wall.looked == 0


def test_two_browsers_see_a_line_within_two_seconds(context: BrowserContext, phone: BrowserContext, live: Live):
    pages = [following(context, live), following(phone, live)]

    channel._send(channel.line("SEPT", 2, {"ja": line(2)}))

    for page in pages:
        expect(page.locator("#line-2")).to_be_visible(timeout=2000)


def test_without_the_process_it_looks_every_twenty_seconds(context: BrowserContext, settings: LazySettings):
    settings.LIVE_URL = ""
    page = opened(context)
    page.locator("input").fill("こんにちは、みな")
    Wall.lines, Wall.here = [1, 2], 7
    page.clock.fast_forward(24_000)

    expect(page.locator("[data-wall] li")).to_have_text(["2", "1"])
    expect(page.locator("[data-here='3']")).to_have_text("7")
    expect(page.locator("input")).to_have_value("こんにちは、みな")
    Wall.lines = [1, 2, 3]
    page.clock.fast_forward(24_000)
    expect(page.locator("[data-wall] li")).to_have_text(["3", "2", "1"])


def test_when_the_process_is_gone_it_looks_for_itself_and_follows_the_next_one(
    context: BrowserContext, live: Live, tmp_path: Path, live_server
):
    page = following(context, live)
    live.process.terminate()
    live.process.wait(10)
    Wall.lines = [1, 2]
    page.clock.fast_forward(24_000)

    expect(page.locator("[data-wall] li")).to_have_text(["2", "1"])
    port = int(live.url.rpartition(":")[2])
    with running(tmp_path / "again", site_url=live_server.url, now=NOW.timestamp(), port=port):
        page.clock.fast_forward(6_000)  # a browser comes back by itself, by its own clock
        until_told(page)


def test_a_refused_token_is_no_end(context: BrowserContext, live: Live):
    """The page goes on looking for itself."""
    page = context.new_page()
    page.clock.install()
    page.route("**/page/", lambda route: route.fulfill(body=route.fetch().text().replace("token=", "token=x")))
    page.goto("/page/")
    Wall.lines = [1, 2]
    page.clock.fast_forward(24_000)

    expect(page.locator("[data-wall] li")).to_have_text(["2", "1"])


def test_a_page_follows_on_by_the_right_that_it_has_when_its_address_lapses(
    context: BrowserContext, live: Live, monkeypatch: pytest.MonkeyPatch
):
    """The wall is not its reader's any more, and the counts are everybody's."""
    with monkeypatch.context() as short:
        short.setattr(channel, "GOOD_FOR", timedelta(seconds=4))
        page = following(context, live)
    Wall.is_seen = False

    until = time.monotonic() + 10
    while not Wall.looked:
        assert time.monotonic() < until
        page.wait_for_timeout(20)
    channel._send(channel.line("SEPT", 2, {"ja": line(2)}))
    until_told(page, here=12)

    assert page.locator("#line-2").count() == 0


def test_a_line_that_comes_while_the_part_is_fetched_is_not_lost(context: BrowserContext, live: Live):
    """The answer may have been made before the line was written."""
    page = following(context, live)
    held = []
    page.route("**/part/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    while not held:
        page.wait_for_timeout(20)
    channel._send(channel.line("SEPT", 2, {"ja": line(2)}))
    expect(page.locator("#line-2")).to_be_visible()
    held[0].fulfill(body="<b id='new'></b><ul data-wall><li id='line-1'>1</li></ul>")

    expect(page.locator("#new")).to_be_attached()
    expect(page.locator("[data-wall] li")).to_have_text(["2", "1"])


def test_a_page_behind_another_tab_neither_follows_nor_looks(context: BrowserContext, live: Live):
    page = following(context, live)
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { get: () => window.away, configurable: true });
          window.away = true;
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    Wall.lines, Wall.looked = [1, 2], 0
    page.clock.fast_forward(120_000)
    page.wait_for_timeout(300)
    looked = Wall.looked
    page.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")

    expect(page.locator("[data-wall] li")).to_have_text(["2", "1"])
    assert looked == 0
    until_told(page)


def test_it_looks_anew_when_it_is_asked_to(context: BrowserContext, live: Live):
    """As after Redis was away: what was told meanwhile is on the page of the server alone."""
    page = following(context, live)
    Wall.lines = [1, 2]
    cut_off()
    for _ in range(7):  # less than the time after which it would look by itself
        page.wait_for_timeout(300)
        page.clock.fast_forward(2_000)

    expect(page.locator("[data-wall] li")).to_have_text(["2", "1"])
