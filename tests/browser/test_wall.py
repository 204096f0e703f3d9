"""Linked venues in real browsers, with the real process `live`: lines, what is hidden, and how many are there."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import LazySettings
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from events.links import rsvp_address
from events.models import Event, Rsvp, Venue
from tests.browser.conftest import DESKTOP, PHONE, sign_in, with_password
from tests.events.live.processes import Live, running
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at

AT_ONCE = 2.0  # seconds
# What a browser says of a stream that ends under it.
CUT_OFF = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET")


@dataclass
class Jelly:
    """One Jelly in three spaces."""

    event: Event
    koharubiyori: Venue
    dorinoki: Venue
    garage: Venue

    @property
    def page(self) -> str:
        return f"/events/{self.event.reference}/"


@pytest.fixture
def jelly(four_spaces, transactional_db) -> Jelly:
    event = make_event(four_spaces["koharubiyori"])
    return Jelly(event, *(make_venue(event, four_spaces[slug]) for slug in ("koharubiyori", "dorinoki", "garage-labs")))


@pytest.fixture
def live(live_server: LiveServer, settings: LazySettings, tmp_path: Path) -> Iterator[Live]:
    """The process, at the moment of the event, and pages that know of it."""
    with (
        time_machine.travel(at("13:05", FRIDAY), tick=True),
        running(tmp_path / "live.log", site_url=live_server.url, now=time.time()) as process,
    ):
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.LIVE_URL = process.url
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "connect-src": ["'self'", process.url]}}
        yield process


@pytest.fixture
def open_live(live: Live, open_browser) -> Callable[..., Page]:
    """Call it for a page that may go to the process as well, and nowhere else; the process outlives the pages."""

    def open_at(*forgiven: str, **device: object) -> Page:
        page, watched = open_browser(**device)
        watched.forgiven = forgiven
        watched.homes.add(urlsplit(live.url).netloc)
        return page

    return open_at


def come(page: Page, jelly: Jelly, user) -> None:
    """Open the page of the Jelly, signed in, and wait until it follows."""
    with page.expect_response(lambda answer: "text/event-stream" in answer.headers.get("content-type", "")):
        page.goto(f"/accounts/login/?next={jelly.page}")
        sign_in(page, user)
        page.wait_for_url(f"**{jelly.page}")


def write(page: Page, text: str) -> None:
    page.locator("#say input[name=text]").fill(text)
    page.locator("#say button").click()


def wall(page: Page) -> Locator:
    return page.locator("[data-wall]")


def here(page: Page, venue: Venue) -> Locator:
    return page.locator(f".now [data-here='{venue.pk}']")


def seconds_until(page: Page, text: str, since: float) -> float:
    expect(wall(page)).to_contain_text(text, timeout=AT_ONCE * 1000)
    return time.perf_counter() - since


def test_two_browsers_in_two_venues_see_each_others_line_within_two_seconds(open_live, jelly, aiko, ben, capsys):
    make_rsvp(jelly.koharubiyori, with_password(aiko))
    make_rsvp(jelly.dorinoki, ben)
    one, other = open_live(**PHONE), open_live(**DESKTOP)
    come(one, jelly, aiko)
    come(other, jelly, ben)

    since = time.perf_counter()
    write(one, "こちらは紅茶です")
    there = seconds_until(other, "こちらは紅茶です", since)
    since = time.perf_counter()
    write(other, "Coffee over here")
    back = seconds_until(one, "Coffee over here", since)

    with capsys.disabled():
        print(f"\nA line is at the other venue after {there:.2f} s, the answer back after {back:.2f} s.")  # noqa: T201 - a figure is asked for
    assert max(there, back) < AT_ONCE
    for page, names in ((one, ("伊藤 愛子", "Ben Miller")), (other, ("伊藤 愛子", "Ben Miller"))):
        expect(wall(page).locator("li")).to_have_count(2)
        for name in names:
            expect(wall(page)).to_contain_text(name)
        expect(page.locator("#say input[name=text]")).to_have_value("")


def test_what_somebody_types_stays_while_lines_come(open_live, jelly, aiko, ben):
    make_rsvp(jelly.koharubiyori, with_password(aiko))
    make_rsvp(jelly.dorinoki, ben)
    one, other = open_live(**PHONE), open_live(**DESKTOP)
    come(one, jelly, aiko)
    come(other, jelly, ben)

    one.locator("#say input[name=text]").fill("まだ書いて")
    write(other, "Coffee over here")
    expect(wall(one)).to_contain_text("Coffee over here")
    one.locator("#say input[name=text]").press_sequentially("います")
    expect(one.locator("#say input[name=text]")).to_have_value("まだ書いています")


def test_a_line_that_a_host_hides_goes_from_both_venues(open_live, jelly, aiko, ben, sam):
    make_rsvp(jelly.koharubiyori, with_password(aiko))
    make_rsvp(jelly.dorinoki, ben)
    one, other, hosts = open_live(**PHONE), open_live(**DESKTOP), open_live(**PHONE)
    come(one, jelly, aiko)
    come(other, jelly, ben)
    come(hosts, jelly, sam)
    write(other, "Not nice")
    for page in (one, hosts):
        expect(wall(page)).to_contain_text("Not nice")

    hosts.locator(".now__host a[href$='/wall/']").click()
    hosts.locator(".wall-line__act button").click()

    for page in (one, other):
        expect(wall(page).locator("li")).to_have_count(0, timeout=AT_ONCE * 1000)
    expect(hosts.locator("main")).not_to_contain_text("Not nice")


def test_a_check_in_on_a_phone_changes_the_count_on_the_other_venues_screen(open_live, jelly, aiko, ben, sam, capsys):
    rsvp = make_rsvp(jelly.koharubiyori, aiko, people=2)
    make_rsvp(jelly.dorinoki, ben)
    screen, phone = open_live(**DESKTOP), open_live(**PHONE)
    come(screen, jelly, ben)
    expect(here(screen, jelly.koharubiyori)).to_have_text("0")
    phone.goto(f"/accounts/login/?next={jelly.page}door/{rsvp.reference}/")
    sign_in(phone, sam)

    since = time.perf_counter()
    phone.locator(".at-door__main").click()
    expect(here(screen, jelly.koharubiyori)).to_have_text("2", timeout=AT_ONCE * 1000)
    took = time.perf_counter() - since
    phone.locator(".at-door button[formaction$='/undo/']").click()
    expect(here(screen, jelly.koharubiyori)).to_have_text("0", timeout=AT_ONCE * 1000)

    with capsys.disabled():
        print(f"\nA check-in is on the other venue's screen after {took:.2f} s.")  # noqa: T201 - a figure is asked for
    assert took < AT_ONCE
    assert Rsvp.objects.get(pk=rsvp.pk).attended_at is None


def test_without_the_process_pages_catch_up_by_reloading(open_live, live, jelly, aiko, ben):
    make_rsvp(jelly.koharubiyori, with_password(aiko))
    make_rsvp(jelly.dorinoki, ben)
    one, other = open_live(*CUT_OFF, **PHONE), open_live(*CUT_OFF, **DESKTOP)
    one.clock.install()
    come(one, jelly, aiko)
    come(other, jelly, ben)

    live.process.kill()
    live.process.wait()
    write(other, "Still here")

    expect(wall(other)).to_contain_text("Still here")  # who wrote it need not wait
    expect(wall(one).locator("li")).to_have_count(0)
    one.clock.fast_forward(25_000)
    expect(wall(one)).to_contain_text("Still here")


def test_a_line_without_javascript_leads_back_to_the_page(open_live, jelly, ben):
    make_rsvp(jelly.dorinoki, ben)
    page = open_live(**DESKTOP, java_script_enabled=False)
    page.goto(f"/accounts/login/?next={jelly.page}")
    sign_in(page, ben)

    write(page, "Plain")

    page.wait_for_url(f"**{jelly.page}#wall")
    expect(wall(page)).to_contain_text("Plain")


def test_a_visitor_without_an_account_takes_part_by_the_link_to_their_sign_up(open_live, jelly, ben):
    visitor = make_rsvp(jelly.garage, name="訪問者", person="visitor@example.jp")
    make_rsvp(jelly.dorinoki, ben)
    one, other = open_live(**PHONE), open_live(**DESKTOP)
    with one.expect_response(lambda answer: "text/event-stream" in answer.headers.get("content-type", "")):
        one.goto(rsvp_address(visitor))
    come(other, jelly, ben)

    write(other, "Who is at Garage labs?")
    expect(wall(one)).to_contain_text("Who is at Garage labs?", timeout=AT_ONCE * 1000)
    write(one, "わたしです")

    expect(wall(other)).to_contain_text("わたしです", timeout=AT_ONCE * 1000)
    expect(wall(other)).to_contain_text("訪問者")
