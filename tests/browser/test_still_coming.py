"""From the reminder on a phone to a freed seat that somebody else can book, and to a kept place at an event."""

from datetime import date

import pytest
import time_machine
from django.core import mail
from playwright.sync_api import Page, expect

from bookings.booking import book
from bookings.coming_links import coming_token
from bookings.models import Booking
from events.links import coming_token as event_token
from events.models import Rsvp
from events.signing_up import sign_up
from notices.delivery import deliver_due
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page import look_at
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import at, make_booking, make_visited, span

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def booking(koharubiyori, chie, settings, live_server, letters_apart):
    """All seats of the house, for a Japanese reader who is reminded this evening."""
    settings.SITE_URL = live_server.url
    seats = koharubiyori.open_seats
    return book(
        user=make_visited(chie, koharubiyori.space),
        space=koharubiyori.space,
        resource_id=seats.pk,
        span=span("11:00", "13:00", WEDNESDAY),
        seats=seats.capacity,
        now=NOW,
    )


def opened_mail(page: Page, clock: str, day: date = TUESDAY) -> None:
    """Open the mail that goes out at a time, as it would be seen on a phone."""
    mail.outbox.clear()
    with time_machine.travel(at(clock, day)):
        deliver_due(until=at("23:59", day))
    # Away from a page of ours: its policy would keep the mail from its colours.
    page.goto("about:blank")
    page.set_content(mail.outbox[-1].alternatives[0][0])


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def thumb_fits(page: Page, words: str) -> None:
    """What is to be pressed is at least 44 px high and wide, and inside the page."""
    box = page.get_by_text(words, exact=True).bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["width"] >= 96
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_seat_that_is_freed_by_the_reminder_can_be_booked_again(phone, koharubiyori, booking):
    seats = booking.seats
    wish = f"?resource={booking.resource_id}&starts=2026-11-25T11:00&ends=2026-11-25T13:00&seats={seats}"
    phone.goto(f"/spaces/koharubiyori/booking/{wish}")
    expect(phone.locator("input[name=price]")).to_have_count(0)

    opened_mail(phone, "17:00")
    for words in ("行きます", "席を空ける"):
        thumb_fits(phone, words)
    phone.get_by_text("席を空ける", exact=True).tap()
    heading(phone, "席を空けますか？")
    expect(phone.locator("main")).to_contain_text("11:00–13:00")
    assert Booking.objects.get().is_live
    phone.get_by_role("button", name="席すべてを空ける").tap()
    heading(phone, "席を空けました")

    assert Booking.objects.get().cancelled_by == "person"
    phone.goto(f"/spaces/koharubiyori/booking/{wish}")
    expect(phone.locator("input[name=price]")).to_have_count(1)


def test_seat_is_kept_by_one_press_without_javascript(open_browser, booking):
    page, _watched = open_browser(**PHONE, java_script_enabled=False)
    opened_mail(page, "17:00")
    page.get_by_text("行きます", exact=True).tap()
    heading(page, "ご予定どおりお越しになりますか？")
    page.get_by_role("button", name="行きます").tap()

    heading(page, "ありがとうございます。当日お待ちしています。")
    assert Booking.objects.get().coming_at


def test_place_at_an_event_goes_to_who_waits(phone, koharubiyori, ben, chie, settings, live_server, letters_apart):
    settings.SITE_URL = live_server.url
    venue = make_venue(make_event(koharubiyori.space, day=WEDNESDAY), koharubiyori.space, capacity=1)
    sign_up(venue=venue, user=chie, now=NOW)
    waits = make_rsvp(venue, ben, going_at=None, queued_at=NOW)

    opened_mail(phone, "17:00")
    for words in ("参加します", "席をゆずる"):
        thumb_fits(phone, words)
    phone.get_by_text("席をゆずる", exact=True).tap()
    heading(phone, "席をゆずりますか？")
    phone.get_by_role("button", name="席をゆずる").tap()

    heading(phone, "席をゆずりました")
    assert Rsvp.objects.get(pk=waits.pk).is_going


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_of_an_answer_holds(open_browser, koharubiyori, ben, chie, device):
    page, watched = open_browser(**device)
    asked = make_booking(koharubiyori.open_seats, day=WEDNESDAY, user=ben)
    settled = make_booking(koharubiyori.open_seats, day=WEDNESDAY, user=chie, cancelled_at=NOW, cancelled_by="person")
    event = make_event(koharubiyori.space, title_ja="長い題名の" * 19, title_en="Averylongtitle" * 7)
    venue = make_venue(event, koharubiyori.space)
    going, left = make_rsvp(venue, ben, people=3), make_rsvp(venue, chie, left_at=NOW, left_by="person")

    pages = [f"/{act}/{coming_token(one)}/" for one in (asked, settled) for act in ("coming", "not-coming")]
    pages += [f"/events/{act}/{event_token(one)}/" for one in (going, left) for act in ("coming", "not-coming")]
    look_at(page, pages)
    watched.check(page)
    watched.forgiven = ("status of 404",)
    look_at(page, ["/coming/x/", "/events/not-coming/x/"])
