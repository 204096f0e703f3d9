"""Finding an event on a phone: without JavaScript, in a month that is a list of days there, and into one's calendar."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _events(four_spaces, ben):
    k, d = four_spaces["koharubiyori"], four_spaces["dorinoki"]
    friday = make_event(k, title_ja="函館と札幌をつなぐ、とても長い名前のついた金曜日のJelly")
    for space in (*four_spaces.values(), None):
        make_venue(friday, space, capacity=3 if space else None)
    make_rsvp(friday.venues.get(space=k), ben)
    talk = make_event(d, kind="talk", day=date(2026, 11, 30), title_ja="雪の話", title_en="Of snow")
    make_venue(talk, d)
    make_venue(make_event(k, day=date(2027, 1, 20), title_ja="Jelly Week"), k)
    make_venue(make_event(k, day=TUESDAY, cancelled_at="2026-11-24T00:00Z"), k)


def has_no_more_than_fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("_events")
def test_event_is_found_by_space_and_kind_without_javascript(open_browser):
    page, _watched = open_browser(**PHONE, java_script_enabled=False)
    page.goto("/events/")

    page.locator("select[name=space]").select_option("dorinoki")
    page.locator("select[name=kind]").select_option("talk")
    page.locator(".event-filter button").click()
    page.get_by_role("link", name="雪の話").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("雪の話")


@pytest.mark.usefixtures("_events")
def test_month_is_a_table_on_a_screen_and_a_list_of_days_on_a_phone(open_browser):
    phone, desktop = open_browser(**PHONE)[0], open_browser(**DESKTOP)[0]
    for page in (phone, desktop):
        page.goto("/events/month/")
        expect(page.locator(".month-event").first).to_be_visible()
        assert has_no_more_than_fits(page)

    # The days with events, by their names; on a screen all thirty.
    assert phone.locator(".month-day:visible").count() == 3
    expect(phone.locator("thead")).to_be_hidden()
    expect(phone.get_by_text("11月27日（金）")).to_be_visible()
    assert desktop.locator(".month-day:visible").count() == 42
    expect(desktop.get_by_role("columnheader")).to_have_count(7)


@pytest.mark.usefixtures("_events")
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_with_events_fit_and_break_nothing(open_browser, device):
    page, _watched = open_browser(**device)
    for address in ("/events/", "/events/?past=1", "/events/month/", "/events/jelly-week/"):
        page.goto(address)
        assert has_no_more_than_fits(page), address
        assert page.locator("h1").count() == 1


def test_address_of_ones_calendar_can_be_copied_and_is_not_shown_again(open_browser, live_server, ben):
    page, _watched = open_browser(**DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/calendar/")
    sign_in(page, ben)
    page.get_by_role("button", name="Make an address").click()

    shown = page.get_by_role("textbox", name="Address").input_value()
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_role("button", name="✓")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    path = re.sub(r"^https?://[^/]+", "", shown)
    assert page.request.get(live_server.url + path).text().startswith("BEGIN:VCALENDAR")

    page.goto("/calendar/")
    assert shown not in page.content()
    page.get_by_role("button", name="Take the address back").click()
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    assert page.request.get(live_server.url + path).status == 404
