"""A person's own bookings: what is next, and what was."""

from datetime import date

import pytest

from bookings.cancelling import cancel
from tests.factories import make_booking
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, queries
from tests.reading import Page


def references(page):
    return [link.strip("/").split("/")[-1] for link in page.links_to("/bookings/") if link != "/bookings/"]


def test_visitor_is_sent_to_sign_in(visitor, db):
    answer = visitor.get("/bookings/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/bookings/"


def test_person_sees_what_is_next_and_then_what_was(english, ben, koharubiyori, now):
    seats = koharubiyori.open_seats
    tomorrow = make_booking(seats, user=ben, day=date(2026, 11, 25))
    today = make_booking(seats, user=ben)
    yesterday = make_booking(seats, user=ben, day=date(2026, 11, 23))
    cancelled = make_booking(seats, user=ben, starts="15:00", ends="16:00")
    cancel(booking=cancelled, by="person", now=now)

    page = Page(english(ben).get("/bookings/"))

    assert page.status == 200
    assert references(page) == [one.reference for one in (today, tomorrow, cancelled, yesterday)]


def test_person_without_bookings_is_led_to_a_seat(english, ben):
    page = Page(english(ben).get("/bookings/"))

    assert references(page) == []
    assert "/find/" in page.links_to("/find/")


def test_nobody_sees_the_bookings_of_others(english, ben, chie, koharubiyori):
    make_booking(koharubiyori.open_seats, user=ben)
    make_booking(koharubiyori.open_seats)

    page = Page(english(chie).get("/bookings/"))

    assert references(page) == []


def test_times_are_those_of_each_space(english, ben, koharubiyori):
    koharubiyori.space.timezone = "Asia/Kathmandu"
    koharubiyori.space.save()
    make_booking(koharubiyori.open_seats, starts="12:00", ends="13:00", user=ben)

    assert "08:45–09:45" in Page(english(ben).get("/bookings/")).main


def test_past_comes_in_pages(english, ben, koharubiyori):
    own = [make_booking(koharubiyori.open_seats, user=ben, day=date(2026, 10, day)) for day in range(1, 26)]
    browser = english(ben)

    first, second = Page(browser.get("/bookings/")), Page(browser.get("/bookings/?page=2"))

    assert references(first) == [one.reference for one in reversed(own)][:20]
    assert references(second) == [one.reference for one in reversed(own)][20:]
    assert second.status == 200


@pytest.mark.parametrize("page", ["0", "-1", "99", "last", "x", "\x00", "1e9", "9" * 40, "２"])
def test_page_that_is_not_there_shows_one_that_is(english, ben, koharubiyori, page):
    make_booking(koharubiyori.open_seats, user=ben, day=date(2026, 11, 23))

    assert references(Page(english(ben).get("/bookings/", {"page": page})))


def test_bookings_read_in_japanese(english, ben, koharubiyori):
    make_booking(koharubiyori.open_seats, user=ben)

    page = Page(english(ben).get("/bookings/", headers=JAPANESE))

    assert (page.status, page.lang) == (200, "ja")
    assert "小春日和" in page.main


def test_list_asks_the_same_with_one_three_and_thirty_bookings(english, ben, koharubiyori, four_spaces):
    browser, counts = english(ben), set()
    past = iter(range(1, 31))
    for more in (1, 2, 27):
        for _ in range(more):
            make_booking(koharubiyori.open_seats, user=ben, day=date(2026, 10, next(past)))
        counts.add(queries(browser, "/bookings/"))
    fill(four_spaces["cafe-36"].resources.get(), 30, user=ben)
    counts.add(queries(browser, "/bookings/"))

    assert len(counts) == 1


def test_list_takes_no_post(english, ben):
    assert english(ben).post("/bookings/").status_code == 405
