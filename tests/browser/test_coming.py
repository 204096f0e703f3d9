"""Coming to an event in a real browser: a visitor on a phone by the link in the mail, and one click with an account."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.links import rsvp_address
from events.models import Event, Rsvp
from notices.delivery import deliver_due
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.browser.test_every_page import look_at
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue


@pytest.fixture
def jelly(four_spaces) -> Event:
    return make_event(
        four_spaces["koharubiyori"],
        question_ja="アレルギーはありますか？",
        question_en="Any allergies?",
        text_ja="お茶を飲みながら仕事をします。",
        text_en="Work in company, with tea.",
        stream_url="https://stream.example.jp/live",
    )


@pytest.fixture
def here(jelly, four_spaces):
    return make_venue(jelly, four_spaces["koharubiyori"], capacity=1)


@pytest.fixture
def there(jelly, four_spaces):
    return make_venue(jelly, four_spaces["dorinoki"], capacity=8)


def link_from_mail() -> str:
    """The first link to a sign-up in the mail that goes out now, from the root of the house."""
    deliver_due(until=timezone.now() + timedelta(seconds=10))
    return re.findall(rf"{re.escape(settings.SITE_URL)}(/sign-ups/\S+)", mail.outbox[-1].body)[0]


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_visitor_signs_up_on_a_phone_confirms_by_the_mail_and_sees_the_place(phone, jelly, here, there):
    phone.goto(jelly.get_absolute_url())
    phone.locator(f'a[href$="/venues/{there.pk}/sign-up/"]').tap()
    phone.locator("input[name=name]").fill("客野 一")
    phone.locator("input[name=email]").fill("guest@example.jp")
    phone.locator("select[name=people]").select_option("2")
    phone.locator("textarea[name=answer]").fill("そば")
    phone.locator("main form .actions button").tap()
    phone.wait_for_url("**/sign-up/?sent=1")
    heading(phone, "メールをご確認ください")
    expect(phone.locator("main")).to_contain_text("guest@example.jp")

    phone.goto(link_from_mail())
    assert not Rsvp.objects.get().is_going
    phone.locator("main form button").tap()
    phone.wait_for_url("**/sign-ups/*/?new=1")
    heading(phone, "参加申込が完了しました")
    rsvp = Rsvp.objects.get()
    assert (rsvp.is_going, rsvp.people, rsvp.answer, rsvp.venue) == (True, 2, "そば", there)
    expect(phone.locator("main")).to_contain_text(rsvp.reference[:4])
    expect(phone.locator(".ticket__qr svg")).to_be_visible()

    phone.goto(link_from_mail())
    phone.locator("summary").tap()
    phone.locator("form[action$='/leaving/'] button").tap()
    heading(phone, "申込を取り消しました")
    rsvp.refresh_from_db()
    assert not rsvp.is_live


def test_visitor_waits_where_it_has_filled_up_and_is_let_in_when_a_place_comes_free(phone, jelly, here, there):
    taken = make_rsvp(here, person="first@example.jp")
    phone.goto(f"/events/{jelly.reference}/venues/{here.pk}/sign-up/")
    phone.locator("input[name=name]").fill("客野 一")
    phone.locator("input[name=email]").fill("guest@example.jp")
    phone.locator("main form .actions button").tap()
    phone.wait_for_url("**/sign-up/?sent=1")
    phone.goto(link_from_mail())
    phone.get_by_role("button", name="キャンセル待ちに申し込む（1番目）").tap()
    phone.wait_for_url("**/sign-ups/*/?new=1")
    heading(phone, "キャンセル待ち1番目です")
    address = phone.url

    phone.goto(rsvp_address(taken))
    phone.locator("summary").tap()
    phone.locator("form[action$='/leaving/'] button").tap()
    heading(phone, "申込を取り消しました")
    phone.goto(address)
    heading(phone, "席が空き、参加できるようになりました")
    phone.get_by_role("link", name="参加します").tap()
    expect(phone.locator("main")).to_contain_text("当日お待ちしています")


def test_who_has_an_account_comes_in_one_click_and_goes_to_another_venue(desktop, ben, jelly, here, there):
    desktop.goto(f"/accounts/login/?next={jelly.get_absolute_url()}")
    sign_in(desktop, ben)
    desktop.locator(f'form[action$="/venues/{here.pk}/sign-up/"] button').click()
    desktop.wait_for_url("**/sign-ups/*/?new=1")
    heading(desktop, "Your place is kept.")

    desktop.get_by_role("button", name="Go to Dorinoki").click()
    heading(desktop, "You have a place.")
    expect(desktop.locator(".ticket__space")).to_have_text("Dorinoki")
    desktop.goto("/my/events/")
    expect(desktop.locator(".booking-row")).to_contain_text("Friday Jelly · Dorinoki")


def test_place_that_was_taken_meanwhile_leaves_what_was_typed_and_another_venue_one_press_away(
    open_browser, ben, jelly, here, there
):
    page, watched = open_browser(**PHONE)
    watched.forgiven = ("status of 409",)
    page.goto(f"/accounts/login/?next={jelly.get_absolute_url()}")
    sign_in(page, ben)
    form = page.locator(f'form[action$="/venues/{here.pk}/sign-up/"]')
    form.locator("textarea").fill("そば")
    make_rsvp(here, person="quicker@example.jp")
    form.get_by_role("button").tap()

    expect(page.get_by_role("alert")).to_contain_text("満員です")
    expect(page.locator("textarea[name=answer]")).to_have_value("そば")
    page.get_by_role("button", name="ドリノキ").tap()
    page.wait_for_url("**/sign-ups/*/?new=1")
    rsvp = Rsvp.objects.get(user=ben)
    assert (rsvp.venue, rsvp.answer, rsvp.is_going) == (there, "そば", True)


def test_signing_up_goes_without_javascript(open_browser, jelly, here, there):
    page, _watched = open_browser(**DESKTOP, java_script_enabled=False)
    page.goto(jelly.get_absolute_url())
    page.locator(f'a[href$="/venues/{here.pk}/sign-up/"]').click()
    page.locator("input[name=name]").fill("Guest")
    page.locator("input[name=email]").fill("guest@example.jp")
    page.locator("main form .actions button").click()
    heading(page, "Look into your mail")

    page.goto(link_from_mail())
    page.get_by_role("button", name="Yes, I come").click()

    heading(page, "Your place is kept.")
    assert Rsvp.objects.get().is_going


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_of_coming_holds(open_browser, ben, jelly, here, there, device):
    page, watched = open_browser(**device)
    Event.objects.update(title_ja="長い題名の" * 19, title_en="Averylongtitle" * 7, supporter_ja="銀" * 100)
    online = make_venue(jelly, None, capacity=2000, online_url=f"https://meet.example.jp/{'x' * 250}")
    going = make_rsvp(online, ben, name="W" * 60)
    make_rsvp(here, person="a@example.jp")
    waits = make_rsvp(here, going_at=None, queued_at=NOW, person="b@example.jp")
    asked = make_rsvp(here, going_at=None, confirmed_at=None, person="c@example.jp")
    sign_up = f"/events/{jelly.reference}/venues/{here.pk}/sign-up/"
    pages = [jelly.get_absolute_url(), sign_up, f"{sign_up}?sent=1", f"{rsvp_address(asked)}confirmation/"]
    look_at(page, [*pages, rsvp_address(waits), f"{rsvp_address(going)}?new=1"])
    page.goto(f"/accounts/login/?next={jelly.get_absolute_url()}")
    sign_in(page, ben)
    look_at(page, [jelly.get_absolute_url(), sign_up, "/my/events/", "/bookings/"])
    watched.check(page)
    watched.forgiven = ("status of 404",)
    look_at(page, ["/sign-ups/x/"])
