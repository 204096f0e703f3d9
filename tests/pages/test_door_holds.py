"""At the door: what is held for an event says so, and nobody checks in with it."""

import pytest

from bookings.holding import hold, release
from tests.factories import span
from tests.pages.conftest import JAPANESE
from tests.reading import Page


@pytest.fixture
def jelly(koharubiyori, now):
    return hold(resource=koharubiyori.open_seats, span=span("13:00", "17:00"), seats=6, name="冬のJelly", now=now)


def test_operator_finds_it_by_its_reference(english, sam, jelly):
    browser = english(sam)

    answer = browser.post("/door/", {"reference": jelly.spaced_reference}, follow=True)

    page = Page(answer)
    assert page.status == 200
    assert "冬のJelly" in page.headings
    for words in ("Held", "13:00–17:00", "Seats 6", "This is held for an event. Change the event."):
        assert words in page.main
    assert [
        words for words in ("Expected", "Check in", "Did not come", "Price", "People", "Pay") if words in page.main
    ] == []
    assert [form for form in page.forms if form.action.startswith("/door/")] == []


def test_it_is_said_in_japanese(sam, english, jelly):
    page = Page(english(sam).get(f"/door/{jelly.reference}/", headers=JAPANESE))

    assert "確保中" in page.main
    assert "イベントのために確保されています" in page.main


def test_a_room_has_no_number_of_seats(english, sam, koharubiyori, now):
    held = hold(resource=koharubiyori.rooms[0], span=span("13:00", "17:00"), seats=None, name="Talk", now=now)

    assert "Seats" not in Page(english(sam).get(f"/door/{held.reference}/")).main


@pytest.mark.parametrize("act", ["check-in", "early-check-in", "check-out", "absence", "undo"])
def test_nothing_is_noted_of_it(english, sam, jelly, act):
    answer = english(sam).post(f"/door/{jelly.reference}/{act}/")

    assert answer.status_code == 409
    assert Page(answer).alerts == ["This is held for an event. Change the event."]
    jelly.refresh_from_db()
    assert (jelly.checked_in_at, jelly.checked_out_at, jelly.missed_at) == (None, None, None)


def test_one_that_was_given_back_is_cancelled(english, sam, jelly, now):
    release(booking=jelly, now=now)

    page = Page(english(sam).get(f"/door/{jelly.reference}/"))

    assert "Cancelled" in page.main
    assert "Change the event" not in page.main
    assert "Held" not in page.main


def test_its_page_is_nobodys_own(english, chie, ben, jelly):
    assert english(chie).get(f"/bookings/{jelly.reference}/").status_code == 404
    assert english(ben).get("/bookings/").status_code == 200
