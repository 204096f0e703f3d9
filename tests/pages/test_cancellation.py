"""Cancelling in the page: what it costs, and that it is done."""

from datetime import date

import pytest
import time_machine

from bookings.attendance import check_in, miss
from bookings.models import Booking
from notices.models import Notice
from tests.factories import at, make_booking
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.pages.wishes import sentence
from tests.reading import Page


@pytest.fixture
def booking(ben, koharubiyori):
    return make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", user=ben)


@pytest.fixture
def address(booking):
    return f"/bookings/{booking.reference}/cancellation/"


def test_in_time_it_costs_nothing_and_the_page_says_until_when(english, ben, address):
    page = Page(english(ben).get(address))

    assert page.status == 200
    assert "free of charge" in page.main
    assert "Tue 24 Nov, 11:00" in page.main
    assert "¥800" not in page.main


@time_machine.travel(at("11:01"), tick=False)
def test_late_it_costs_the_price_and_the_page_says_so_first(english, ben, address):
    page = Page(english(ben).get(address))

    assert "¥800" in page.main
    assert "Tue 24 Nov, 11:00" in page.main


def test_person_cancels_in_time_and_owes_nothing(english, ben, booking, address):
    browser = english(ben)
    page = Page(browser.get(address))

    answer = page.submit(browser, page.forms[-1])

    booking.refresh_from_db()
    assert answer.headers["Location"] == f"/bookings/{booking.reference}/"
    assert booking.cancelled_at
    assert (booking.cancelled_by, booking.cancellation_fee, booking.is_live) == ("person", 0, False)
    assert [notice.kind for notice in Notice.objects.all()] == ["booking.cancelled"]


@time_machine.travel(at("11:01"), tick=False)
def test_person_cancels_late_and_owes_the_price(english, ben, booking, address):
    english(ben).post(address)

    booking.refresh_from_db()
    assert booking.cancellation_fee == 800


@time_machine.travel(at("11:00"), tick=False)
def test_last_moment_is_in_time(english, ben, booking, address):
    english(ben).post(address)

    booking.refresh_from_db()
    assert (booking.cancelled_by, booking.cancellation_fee) == ("person", 0)


def test_seat_is_free_at_once(english, ben, chie, koharubiyori, booking, address):
    make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", seats=14)

    english(ben).post(address)

    assert make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", user=chie).is_live


def test_second_click_is_refused_and_changes_nothing(english, ben, booking, address):
    browser = english(ben)
    browser.post(address)
    first = Booking.objects.values().get()

    again = Page(browser.post(address))

    assert again.status == 409
    assert sentence("not_live") in again.alerts[0]
    assert Booking.objects.values().get() == first
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("clock", "acts", "code"),
    [
        ("13:00", [], "begun"),
        ("13:10", [check_in], "begun"),
        ("15:00", [], "ended"),
        ("13:10", [miss], "not_live"),
    ],
)
def test_what_has_begun_or_is_over_can_not_be_cancelled(english, ben, booking, address, clock, acts, code):
    for act in acts:
        act(booking=booking, now=at("13:05"))

    with time_machine.travel(at(clock), tick=False):
        before = Page(english(ben).get(address))
        after = Page(english(ben).post(address))

    booking.refresh_from_db()
    assert (before.status, after.status) == (200, 409)
    assert sentence(code) in before.alerts[0]
    assert sentence(code) in after.alerts[0]
    assert booking.cancelled_at is None


def test_early_check_in_ends_the_right_to_cancel(english, ben, booking, address):
    check_in(booking=booking, now=at("10:55"))

    page = Page(english(ben).post(address))

    assert (page.status, sentence("begun") in page.alerts[0]) == (409, True)


def test_visitor_is_sent_to_sign_in_and_nothing_happens(visitor, booking, address):
    assert visitor.get(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert visitor.post(address).headers["Location"] == f"/accounts/login/?next={address}"
    booking.refresh_from_db()
    assert booking.is_live


def test_stranger_and_operator_find_nothing_there(english, chie, sam, booking, address):
    for person in (chie, sam):
        assert english(person).get(address).status_code == 404
        assert english(person).post(address).status_code == 404
    booking.refresh_from_db()
    assert booking.is_live


def test_reading_the_page_cancels_nothing(english, ben, booking, address):
    english(ben).get(address)
    english(ben).head(address)

    booking.refresh_from_db()
    assert booking.is_live


def test_page_reads_in_japanese(english, ben, address):
    page = Page(english(ben).get(address, headers=JAPANESE))

    assert (page.status, page.lang) == (200, "ja")


def test_page_asks_the_same_with_many_bookings(english, ben, koharubiyori, address):
    browser = english(ben)
    first = queries(browser, address)
    for day in range(1, 20):
        make_booking(koharubiyori.open_seats, user=ben, day=date(2026, 10, day))

    assert queries(browser, address) == first == 3


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_page_takes_no_other_method(english, ben, address, method):
    assert getattr(english(ben), method)(address).status_code == 405
