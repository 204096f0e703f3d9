"""A member of one space is checked in at another by Coworking VISA, with two phones: theirs and the desk's."""

from urllib.parse import urlsplit

import pytest
import time_machine
from playwright.sync_api import Page, expect

from bookings.models import Booking, VisaRequest
from members.models import User
from tests.browser.conftest import DESKTOP, PHONE, sign_in, with_password
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_membership
from tests.qr_reader import read_qr
from visas.models import Visa


@pytest.fixture
def member(chie, dorinoki) -> User:
    """Chie is a member of Dorinoki."""
    make_membership(chie, dorinoki.space.plans.filter(grants_visa=True).first())
    return with_password(chie)


@pytest.fixture
def host(garage) -> User:
    """Who stands at the desk of Garage labs."""
    return with_password(make_operator("gara@example.jp", garage.space))


def code_on(phone: Page) -> str:
    """What the camera of another phone reads on the screen: the path of the address in the QR code."""
    drawn = phone.locator("[data-code] [role=img] svg").first
    expect(drawn).to_be_visible()
    return urlsplit(read_qr(drawn.evaluate("svg => svg.outerHTML"))).path


@pytest.fixture
def passport(open_browser, member) -> Page:
    page, _watched = open_browser(**PHONE)
    page.goto("/accounts/login/?next=/passport/")
    sign_in(page, member)
    return page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_dorinoki_member_is_checked_in_at_garage_labs_by_visa(open_browser, passport, member, host, language):
    desk, _watched = open_browser(**{**PHONE, "locale": "ja-JP" if language == "ja" else "en-GB"})

    with time_machine.travel(at("13:10")):
        # The camera opens the address in the browser, which is not signed in yet.
        passport.reload()
        desk.goto(code_on(passport))
        sign_in(desk, host)
        expect(desk.get_by_role("heading", level=1)).to_have_text("千葉 千絵")
        expect(desk.locator("main")).to_contain_text("ドリノキ" if language == "ja" else "Dorinoki")
        expect(desk.locator("main")).not_to_contain_text(member.email)
        desk.get_by_role("button", name="チェックイン" if language == "ja" else "Check in").click()

        # The door page of the booking that was made.
        expect(desk.locator('button[formaction$="/check-out/"]')).to_be_visible()
        expect(desk.get_by_role("heading", level=1)).to_contain_text("千葉 千絵")

    booking = Booking.objects.get()
    assert (booking.user, booking.visa, booking.price) == (member, Visa.objects.get(), 0)
    assert booking.resource.space.slug == "garage-labs"
    assert booking.checked_in_at


def test_code_that_was_scanned_shows_nothing_the_second_time_and_the_number_does(open_browser, passport, host):
    desk, watched = open_browser(**DESKTOP)
    watched.forgiven = ("status of 409",)
    with time_machine.travel(at("13:10")):
        passport.reload()
        code = code_on(passport)
        desk.goto("/accounts/login/?next=/door/visa/")
        sign_in(desk, host)
        desk.goto(code)
        expect(desk.get_by_role("heading", level=1)).to_have_text("千葉 千絵")

        desk.goto(code)
        expect(desk.get_by_role("alert")).to_contain_text("This code was scanned before.")
        desk.locator("input[name=number]").fill(Visa.objects.get().printed_number)
        desk.get_by_role("button", name="Look at the VISA").click()
        expect(desk.get_by_role("heading", level=1)).to_have_text("千葉 千絵")


def test_visitor_is_turned_away_with_a_reason(open_browser, member, host, garage):
    make_booking(garage.open_seats, starts="11:00", ends="21:00", seats=garage.open_seats.capacity)
    desk, _watched = open_browser(**PHONE)
    with time_machine.travel(at("13:10")):
        desk.goto("/accounts/login/?next=/door/visa/")
        sign_in(desk, host)
        desk.locator("input[name=number]").fill(Visa.objects.get().number)
        desk.get_by_role("button", name="VISAを確かめる").click()
        desk.locator("summary").click()
        desk.get_by_text("席が空いていませんでした。").click()
        desk.locator("form[action$='/turn-away/']").get_by_role("button").click()
        expect(desk.locator("main")).to_contain_text("にお断りしました")

    assert VisaRequest.objects.get().reason == "席が空いていませんでした。"
