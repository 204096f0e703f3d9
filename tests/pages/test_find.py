"""Finding by time over all spaces."""

import pytest

from tests.factories import make_booking
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import fill, make_more_spaces, queries
from tests.reading import Page

TUESDAY_AFTERNOON = {"day": "2026-11-24", "start": "14:00", "end": "17:00", "seats": "2"}


@pytest.fixture(autouse=True)
def _four_spaces(four_spaces):
    pass


def test_visitor_starts_with_the_next_hours_of_today(visitor):
    page = Page(visitor.get("/find/"))

    form = page.form("day", "start", "end", "seats")
    assert page.status == 200
    assert form.fields == {"day": "2026-11-24", "start": "10:00", "end": "12:00", "seats": "1"}


def test_all_spaces_answer_with_price_seats_and_a_link_or_with_a_reason(visitor):
    page = Page(visitor.get("/find/", TUESDAY_AFTERNOON))

    said = (
        "Koharubiyori",
        "Open seats",
        "Drop-in: one day. For 2 persons.",
        "15 free",
        "¥1,600",
        "Meeting room: 3 h at 500 yen an hour.",
        "¥1,500",
        "Garage labs sells no drop-in",
        "Meeting room is for members of Garage labs.",
    )
    assert page.status == 200
    assert [words for words in said if words not in page.main] == []


def test_each_link_leads_to_a_quote_at_the_price_that_was_said(visitor):
    page = Page(visitor.get("/find/", TUESDAY_AFTERNOON))

    links = [link for link in page.links_to("/spaces/") if "/booking/" in link]
    assert len(links) == 7  # seats of two houses, a room of one, three rooms and a hall of another
    for link in links:
        assert "That can't be booked." not in Page(visitor.get(link)).main, link


def test_full_house_says_so(visitor, koharubiyori):
    make_booking(koharubiyori.open_seats, starts="15:00", ends="16:00", seats=14)

    page = Page(visitor.get("/find/", TUESDAY_AFTERNOON))

    assert "No seat is left for that time." in page.main
    assert not [link for link in page.links_to("/spaces/koharubiyori/booking/") if "seats=2" in link]


def test_member_finds_what_their_plan_covers(english, aiko):
    page = Page(english(aiko).get("/find/", {**TUESDAY_AFTERNOON, "seats": "1"}))

    assert "Covered by your plan: Registered member." in page.main


def test_more_people_than_any_space_holds_is_said(visitor):
    page = Page(visitor.get("/find/", {**TUESDAY_AFTERNOON, "seats": "300"}))

    assert page.status == 200
    assert "No space has a place for so many people." in page.main


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-02-30"},
        {"day": ""},
        {"day": "9999-12-31"},
        {"start": "25:00"},
        {"end": "soon"},
        {"seats": "0"},
        {"seats": "-1"},
        {"seats": "1.5"},
        {"seats": "9" * 31},
    ],
)
def test_what_can_not_be_read_is_said_at_its_field_and_kept(visitor, wrong):
    [(name, value)] = wrong.items()

    response = visitor.get("/find/", {**TUESDAY_AFTERNOON, **wrong})
    page = Page(response)

    assert page.status == 400
    assert response.context["form"].errors[name][0] in page.main
    assert page.form("day", "start").fields[name] == value
    assert not [link for link in page.links_to("/spaces/") if "/booking/" in link]


def test_one_field_alone_asks_for_the_others(visitor):
    assert Page(visitor.get("/find/", {"day": "2026-11-24"})).status == 400


def test_what_is_asked_for_by_htmx_is_the_answers_alone(visitor):
    part = visitor.get("/find/", TUESDAY_AFTERNOON, headers={"hx-request": "true"})

    assert "<html" not in part.content.decode()
    assert Page(part).links_to("/spaces/koharubiyori/booking/")
    assert "HX-Request" in part.headers["Vary"]


def test_what_is_wrong_is_opened_as_a_page_since_htmx_shows_no_error(visitor):
    answer = visitor.get("/find/", {**TUESDAY_AFTERNOON, "seats": "0"}, headers={"hx-request": "true"})

    assert answer.status_code == 400
    assert answer.headers["HX-Redirect"] == "/find/?day=2026-11-24&start=14%3A00&end=17%3A00&seats=0"
    assert "Ensure this value is greater than or equal to 1." in Page(visitor.get(answer.headers["HX-Redirect"])).main


def test_finding_reads_in_japanese(visitor):
    page = Page(visitor.get("/find/", TUESDAY_AFTERNOON, headers=JAPANESE))

    assert (page.status, page.lang) == (200, "ja")
    assert "小春日和" in page.main


@pytest.mark.parametrize(("spaces", "bookings"), [(4, 1), (4, 500), (12, 500)])
def test_finding_asks_the_same_whatever_the_size(visitor, english, ben, koharubiyori, spaces, bookings):
    make_more_spaces(spaces - 4)
    fill(koharubiyori.open_seats, bookings)
    address = "/find/?day=2026-11-25&start=14:00&end=17:00&seats=1"

    assert queries(visitor, address) == 3
    assert queries(english(ben), address) == 7
    assert queries(visitor, "/find/") == 0


def test_finding_takes_no_post(visitor):
    assert visitor.post("/find/").status_code == 405
