"""Bookings go on while Redis is away (design rule 13)."""

import socket
from time import perf_counter

import pytest
from django.core.cache import cache

from bookings.models import Booking
from coworking.cache import FailingOpenCache
from notices.models import Notice
from tests.events.making import make_event, make_venue
from tests.pages.wishes import address, confirmation, quote
from tests.reading import Page


@pytest.fixture(params=["closed", "silent"], autouse=True)
def _without_redis(request, settings):
    """Nothing listens at REDIS_URL, or what listens there never answers."""
    FailingOpenCache.asks_again_at = 0.0
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if request.param == "closed":
            listener.close()
        url = f"redis://127.0.0.1:{port}/0"
        settings.REDIS_URL = settings.CELERY_BROKER_URL = url
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
        yield
        cache.close()
    FailingOpenCache.asks_again_at = 0.0


def test_pages_are_there_at_once(visitor, english, ben, koharubiyori):
    began = perf_counter()
    browser = english(ben)

    for page in ("/", "/spaces/", "/spaces/koharubiyori/", "/find/", "/healthz", "/accounts/login/"):
        assert visitor.get(page).status_code == 200, page
        assert browser.get(page).status_code in (200, 302), page
    assert perf_counter() - began < 2


def test_coworker_books_moves_and_cancels(english, ben, koharubiyori):
    browser, began = english(ben), perf_counter()
    page = quote(browser, koharubiyori, "15:00", "17:00")
    ticket = page.submit(browser, confirmation(page)).headers["Location"].split("?")[0]

    moved = browser.post(f"{ticket}move/", {**confirmation(page).fields, "price": "", "ends": "2026-11-24T18:00"})
    cancelled = browser.post(f"{ticket}cancellation/")

    assert perf_counter() - began < 2
    assert (moved.status_code, cancelled.status_code) == (302, 302)
    assert Booking.objects.get().cancelled_at
    assert set(Notice.objects.values_list("kind", flat=True)) == {
        "booking.confirmed",
        "booking.changed",
        "booking.cancelled",
    }


def test_operator_checks_in(english, sam, ben, koharubiyori):
    english(ben).post(address(koharubiyori), confirmation(quote(english(ben), koharubiyori, "11:00", "13:00")).fields)
    booking, browser, began = Booking.objects.get(), english(sam), perf_counter()

    answer = browser.post("/door/", {"reference": booking.reference})
    browser.post(f"{answer.headers['Location']}check-in/")

    assert perf_counter() - began < 2
    assert Page(browser.get(answer.headers["Location"])).status == 200


def test_visitor_signs_up_for_an_event_with_and_without_an_account(visitor, english, ben, koharubiyori):
    venue, began = make_venue(make_event(koharubiyori.space), koharubiyori.space), perf_counter()
    sign_up = f"/events/{venue.event.reference}/venues/{venue.pk}/sign-up/"

    answers = [
        english(ben).post(sign_up, {"people": 1}),
        visitor.post(sign_up, {"people": 1, "name": "Guest", "email": "guest@example.jp"}),
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert set(Notice.objects.values_list("kind", flat=True)) >= {"event.going", "event.confirm"}
    assert perf_counter() - began < 3
