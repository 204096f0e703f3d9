"""The door of an event on a host's phone, in a real browser."""

import re

import pytest
import time_machine
from playwright.sync_api import Page, expect

from events.models import Rsvp
from tests.browser.conftest import PHONE, sign_in
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import at

WORDS = {
    "ja": {"opens": "申込のない方", "full": "満員", "more": "席を足して入ってもらう", "came": "来場"},
    "en": {"opens": "Somebody who has not signed up", "full": "is full", "more": "Add a place", "came": "Came at"},
}


@pytest.fixture
def venue(four_spaces, transactional_db):
    event = make_event(four_spaces["koharubiyori"])
    make_venue(event, four_spaces["dorinoki"])
    return make_venue(event, four_spaces["koharubiyori"], capacity=2)


def search(page: Page, words: str) -> None:
    page.locator("form[role=search] input[name=q]").fill(words)
    page.locator("form[role=search] button").click()


def under_the_thumb(page: Page, selector: str) -> bool:
    """Whether a button is in sight without scrolling, above the bar of tabs, and wide enough not to be missed."""
    box = page.locator(selector).first.bounding_box()
    bar = page.locator(".site-nav").bounding_box()
    return box["y"] + box["height"] <= bar["y"] and box["width"] > 280 and box["height"] >= 60


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_host_lets_people_in_on_a_phone(open_browser, venue, aiko, sam, language):
    words = WORDS[language]
    rsvp = make_rsvp(venue, aiko)
    page, watched = open_browser(**{**PHONE, "locale": language})
    watched.forgiven = ("status of 409",)
    with time_machine.travel(at("13:05", FRIDAY), tick=True):
        page.goto(f"/accounts/login/?next=/events/{venue.event.reference}/door/")
        sign_in(page, sam)
        expect(page.locator("main")).not_to_contain_text("愛子")

        search(page, "伊藤")
        expect(page.locator(".at-door__who")).to_have_text("伊藤 愛子")
        assert under_the_thumb(page, ".at-door__main")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator(".at-door__main").click()
        page.wait_for_url(re.compile(f"/door/{rsvp.reference}/"))
        expect(page.locator(".at-door__state")).to_contain_text(words["came"])
        expect(page.locator(f"[data-here='{venue.pk}']")).to_have_text("1")

        page.locator("button[formaction$='/undo/']").click()
        expect(page.locator(".at-door__main")).to_be_visible()
        assert under_the_thumb(page, ".at-door__main")
        expect(page.locator(f"[data-here='{venue.pk}']")).to_have_text("0")

        page.get_by_text(words["opens"]).click()
        form = page.locator(".at-door-walk-in form")
        form.locator("input[name=name]").fill("飛入 太郎")
        form.locator("input[name=people]").fill("2")
        form.get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text(words["full"])
        expect(form.locator("input[name=name]")).to_have_value("飛入 太郎")
        form.get_by_role("button", name=words["more"]).click()
        expect(page.locator(".at-door__who")).to_have_text("飛入 太郎")
        expect(page.locator(f"[data-here='{venue.pk}']")).to_have_text("2")

    venue.refresh_from_db()
    assert venue.capacity == 3
    assert Rsvp.objects.get(is_walk_in=True).people == 2


def test_the_code_of_a_sign_up_opens_it_at_the_door(open_browser, venue, aiko, sam):
    rsvp = make_rsvp(venue, aiko)
    page, _watched = open_browser(**PHONE)
    with time_machine.travel(at("13:05", FRIDAY), tick=True):
        page.goto(f"/events/{venue.event.reference}/door/{rsvp.reference}/")
        sign_in(page, sam)

        expect(page.locator(".at-door__who")).to_have_text("伊藤 愛子")
        assert under_the_thumb(page, ".at-door__main")
