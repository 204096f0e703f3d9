"""Choosing what one is told on a phone: from the mail with one thumb, and in the account."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from notices.choosing import turned_off
from notices.links import choice_address
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def off_by_its_kind(page, kind):
    return page.locator(f".switches__one:has(input[value='{kind}'])")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_who_follows_the_link_of_a_mail_stops_it_and_wants_it_again(phone):
    phone.goto(urlsplit(choice_address("chie@example.jp", ["booking.reminder"])).path)
    assert turned_off("chie@example.jp") == set()
    assert fits(phone)

    phone.get_by_role("button", name="受け取らない").tap()
    expect(phone.get_by_role("status")).to_contain_text("もう届きません")
    assert turned_off("chie@example.jp") == {"booking.reminder"}

    phone.get_by_role("button", name="もう一度受け取る").tap()
    expect(phone.get_by_role("button", name="受け取らない")).to_be_visible()
    assert turned_off("chie@example.jp") == set()


def test_switches_are_turned_with_a_thumb_or_a_key_and_saved(phone, ben):
    phone.goto("/bookings/")
    sign_in(phone, ben)
    phone.goto("/accounts/mails/")
    assert fits(phone)
    row = off_by_its_kind(phone, "booking.reminder")
    assert row.bounding_box()["height"] >= 44

    row.tap()
    other = phone.get_by_role("switch").nth(-1)
    other.focus()
    phone.keyboard.press("Space")
    phone.get_by_role("button", name="設定を保存する").tap()

    expect(off_by_its_kind(phone, "booking.reminder").get_by_role("switch")).not_to_be_checked()
    assert "booking.reminder" in turned_off(ben.email)
    assert len(turned_off(ben.email)) == 2
