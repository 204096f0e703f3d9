"""The list of spaces."""

import pytest

from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, make_more_spaces, queries
from tests.reading import Page


@pytest.fixture(autouse=True)
def _four_spaces(four_spaces):
    pass


def test_visitor_sees_each_space_with_its_motto_and_its_hours_today(visitor):
    page = Page(visitor.get("/spaces/"))

    assert page.status == 200
    assert [words for words in ("Garage labs", "Dorinoki", "Koharubiyori", "Cafe 36") if words not in page.main] == []
    assert "“Anyone is OK”" in page.main
    assert "Open until 23:00" in page.main


def test_list_reads_in_japanese(visitor):
    page = Page(visitor.get("/spaces/", headers=JAPANESE))

    assert page.lang == "ja"
    assert "小春日和" in page.main
    assert "誰でもOK" in page.main


@pytest.mark.parametrize(("spaces", "bookings"), [(4, 1), (4, 500), (12, 500)])
def test_list_asks_the_same_whatever_the_size(visitor, english, ben, koharubiyori, spaces, bookings):
    make_more_spaces(spaces - 4)
    fill(koharubiyori.open_seats, bookings)

    assert queries(visitor, "/spaces/") == 2
    assert queries(english(ben), "/spaces/") == 4


def test_list_takes_no_post(visitor):
    assert visitor.post("/spaces/").status_code == 405
