"""A notice in the operators' admin: the mail is seen as it was sent, in a frame that runs nothing and leads nowhere."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from bookings.notices import booked
from notices.delivery import deliver_due
from notices.models import Notice, SentCopy
from notices.outbox import tell
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.factories import at, make_booking

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = "<script>document.title = 'run'</script><img src='/x' onerror='document.title = 1'>"


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_operator_sees_the_mail_as_it_was_sent(open_browser, sam, chie, koharubiyori, device):
    tell(booked(make_booking(koharubiyori.open_seats, starts="15:00", ends="17:00", user=chie), now=timezone.now()))
    deliver_due(until=at("23:59"))
    copy = SentCopy.objects.get()
    SentCopy.objects.update(html=copy.html.replace("</body>", HOSTILE + "</body>"))
    page, watched = open_browser(**device)
    page.goto("/bookings/")
    sign_in(page, sam)
    watched.forgiven = ("Refused", "Blocked script execution", "violates the following", "Unsafe attempt", "unload")

    page.goto(reverse("admin:notices_notice_change", args=[Notice.objects.get(kind="booking.confirmed").pk]))

    frame = page.frame_locator("iframe.op-mail-page")
    expect(frame.get_by_role("heading", level=1)).to_have_text("ご予約を承りました")
    frame.get_by_role("link", name="予約を開く").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("ご予約を承りました")
    assert "/admin/notices/notice/" in page.url
    assert page.frames[1].title() == copy.subject
    page.evaluate("window.blocked = undefined")
