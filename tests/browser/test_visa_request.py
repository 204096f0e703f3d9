"""A member on a phone asks a host for an evening by VISA, in Japanese, and the host lets them in with one press."""

from datetime import date, time

import pytest
from playwright.sync_api import expect

from bookings.models import Booking, VisaRequest
from tests.browser.conftest import sign_in, with_password
from tests.factories import at
from visas.models import Terms

pytestmark = pytest.mark.django_db(transaction=True)


def test_member_asks_a_host_that_lets_them_in(phone, desktop, aiko, dai, dorinoki):
    with_password(aiko)
    with_password(dai)
    Terms.objects.create(space=dorinoki.space, opens=time(10), closes=time(18))
    wish = f"?resource={dorinoki.open_seats.pk}&starts=2026-11-25T18:00&ends=2026-11-25T20:00&seats=1"

    phone.goto("/accounts/login/")
    sign_in(phone, aiko)
    phone.goto(f"/spaces/dorinoki/booking/{wish}")
    phone.get_by_role("link", name="ドリノキにお願いする").click()
    phone.get_by_label("受け入れスペースへのメッセージ").fill("勉強会のあと、少し作業したいです。")
    phone.get_by_role("button", name="ドリノキにお願いする").click()
    expect(phone.get_by_text("返事待ち")).to_be_visible()

    desktop.goto("/accounts/login/?next=/admin/members/membership/todo/")
    sign_in(desktop, dai)
    desktop.get_by_role("link", name="Answer").click()
    expect(desktop.get_by_text("勉強会のあと、少し作業したいです。")).to_be_visible()
    desktop.get_by_role("button", name="Accept anyway").click()
    expect(desktop.get_by_text("Accepted. 伊藤 愛子 has been sent a confirmation.")).to_be_visible()

    booking = Booking.objects.get(user=aiko)
    assert (booking.basis, booking.price, booking.starts_at) == ("visa", 0, at("18:00", date(2026, 11, 25)))
    assert VisaRequest.objects.get().booking == booking
    phone.goto("/bookings/")
    expect(phone.get_by_text("返事待ち")).to_have_count(0)
    expect(phone.locator(f'a[href="/bookings/{booking.reference}/"]')).to_be_visible()
