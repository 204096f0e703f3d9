"""The first page: what this is, who is open, how many seats are free."""

from datetime import date

import pytest
import time_machine

from tests.factories import at, make_booking, make_space
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, make_more_spaces, queries
from tests.reading import Page


@pytest.fixture(autouse=True)
def _four_spaces(four_spaces):
    pass


def test_visitor_sees_the_four_spaces_with_a_link_to_each(visitor):
    page = Page(visitor.get("/"))

    names = {"/spaces/garage-labs/", "/spaces/dorinoki/", "/spaces/koharubiyori/", "/spaces/cafe-36/"}
    assert page.status == 200
    assert set(page.links_to("/spaces/")) - {"/spaces/"} == names
    assert len(page.headings) == 1


def test_first_page_says_who_is_open_and_when_the_others_open(visitor):
    page = Page(visitor.get("/"))

    assert "Open until 23:00" in page.main
    assert "Closed, opens today 11:00" in page.main
    assert "25 seats free now at one open space" in page.main


@time_machine.travel(at("14:00"), tick=False)
def test_free_seats_are_counted_as_they_are_taken(visitor, koharubiyori, garage):
    make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", seats=4)
    make_booking(garage.open_seats, starts="11:00", ends="14:00", seats=9)

    page = Page(visitor.get("/"))

    assert f"{16 + 25 + 11 + 20} seats free now at 4 open spaces" in page.main


@time_machine.travel(at("03:00"), tick=False)
def test_first_page_says_so_when_all_are_closed(visitor):
    page = Page(visitor.get("/"))

    assert "All spaces are closed at the moment." in page.main


def test_first_page_finds_a_seat(visitor):
    page = Page(visitor.get("/"))

    found = Page(page.submit(visitor, page.form("day", "start", "end", "seats")))

    assert found.address == "/find/"
    assert found.status == 200
    assert found.links_to("/spaces/cafe-36/booking/")


def test_first_page_reads_in_japanese(visitor):
    page = Page(visitor.get("/", headers=JAPANESE))

    assert page.lang == "ja"
    assert "小春日和" in page.main
    assert "Koharubiyori" not in page.main


def test_first_page_reads_in_english(visitor):
    page = Page(visitor.get("/"))

    assert page.lang == "en"
    assert "Koharubiyori" in page.main
    assert "小春日和" not in page.main


def test_space_that_has_left_is_not_shown(visitor, four_spaces):
    four_spaces["cafe-36"].left_on = date(2026, 11, 24)
    four_spaces["cafe-36"].save()

    assert "/spaces/cafe-36/" not in Page(visitor.get("/")).links_to("/spaces/")


def test_space_without_seats_does_no_harm(visitor):
    make_space("empty", name_en="Emptiness")

    assert "Emptiness" in Page(visitor.get("/")).main


def test_federation_without_spaces_says_so(visitor, four_spaces):
    for space in four_spaces.values():
        space.left_on = date(2026, 11, 24)
        space.save()

    page = Page(visitor.get("/"))

    assert page.status == 200
    assert "No space has joined yet." in page.main


@pytest.mark.parametrize(("spaces", "bookings"), [(4, 1), (4, 500), (12, 500)])
def test_first_page_asks_the_same_whatever_the_size(visitor, english, ben, koharubiyori, spaces, bookings):
    make_more_spaces(spaces - 4)
    fill(koharubiyori.open_seats, bookings)

    assert queries(visitor, "/") == 2
    assert queries(english(ben), "/") == 4


def test_first_page_takes_no_post(visitor):
    assert visitor.post("/").status_code == 405
