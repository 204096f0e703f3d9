"""The ticket of one booking."""

import re

import pytest
import segno
import time_machine

from bookings.attendance import check_in, check_out, miss
from bookings.cancelling import cancel
from tests.factories import at, make_booking
from tests.pages.conftest import JAPANESE
from tests.pages.crowd import queries
from tests.reading import Page


@pytest.fixture
def booking(ben, koharubiyori):
    return make_booking(koharubiyori.open_seats, starts="13:00", ends="15:00", user=ben, seats=2)


def drawn(svg):
    """The dark modules that an SVG of segno draws: its path goes row by row, in strokes one module high."""
    dark, column, row = set(), 0, 0.0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", re.search(r' d="([^"]+)"', svg)[1]):
        if step == "h":
            dark |= {(int(row), column + offset) for offset in range(int(first))}
            column += int(first)
        else:
            column, row = (int(first), float(second)) if step == "M" else (column + int(first), row + float(second))
    return dark


def test_person_sees_everything_that_the_desk_asks_for(english, ben, booking):
    page = Page(english(ben).get(f"/bookings/{booking.reference}/"))

    said = ("Koharubiyori", "Open seats", "13:00", "15:00", "Ben Miller", "¥800", *booking.spaced_reference.split("-"))
    assert page.status == 200
    assert [words for words in said if words not in page.main] == []
    assert len(page.headings) == 1


def test_code_leads_an_operator_to_the_door(english, ben, booking, settings):
    answer = english(ben).get(f"/bookings/{booking.reference}/")

    svg = answer.context["qr_svg"]
    address = f"{settings.SITE_URL}/door/{booking.reference}/"
    matrix = segno.make(address, error="m").matrix
    wanted = {(y, x) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark}
    assert svg in answer.content.decode()
    assert drawn(svg) == wanted


def test_new_booking_says_where_its_confirmation_goes(english, ben, booking):
    page = Page(english(ben).get(f"/bookings/{booking.reference}/?new=1"))

    assert "ben@example.com" in page.main


def test_person_can_move_and_cancel_and_take_it_to_the_calendar(english, ben, booking):
    own = f"/bookings/{booking.reference}/"

    page = Page(english(ben).get(own))

    assert {f"{own}move/", f"{own}cancellation/", f"{own}calendar.ics"} <= set(page.links_to(own))


@time_machine.travel(at("12:00"), tick=False)
def test_late_it_can_be_cancelled_but_not_moved(english, ben, booking):
    own = f"/bookings/{booking.reference}/"

    page = Page(english(ben).get(own))

    assert page.links_to(f"{own}move/") == []
    assert page.links_to(f"{own}cancellation/")


@time_machine.travel(at("13:30"), tick=False)
def test_once_begun_it_can_neither_be_moved_nor_cancelled(english, ben, booking):
    own = f"/bookings/{booking.reference}/"

    page = Page(english(ben).get(own))

    assert page.links_to(f"{own}move/") == page.links_to(f"{own}cancellation/") == []


def test_cancelled_ticket_says_so_and_leads_to_a_new_one(english, ben, booking, now):
    cancel(booking=booking, by="person", now=now)

    page = Page(english(ben).get(f"/bookings/{booking.reference}/"))

    assert page.status == 200
    assert "ancelled" in page.main
    assert "/spaces/koharubiyori/" in page.links_to("/spaces/koharubiyori/")
    assert page.links_to(f"/bookings/{booking.reference}/calendar.ics") == []


def test_late_cancellation_shows_its_fee(english, ben, booking):
    cancel(booking=booking, by="person", now=at("12:00"))

    assert "Cancellation fee ¥800" in Page(english(ben).get(f"/bookings/{booking.reference}/")).main


@pytest.mark.parametrize("acts", [[check_in], [check_in, check_out], [miss]])
def test_ticket_can_be_read_at_every_stage(english, ben, booking, acts):
    for act in acts:
        act(booking=booking, now=at("13:30"))

    with time_machine.travel(at("14:00"), tick=False):
        page = Page(english(ben).get(f"/bookings/{booking.reference}/"))

    assert page.status == 200
    assert booking.reference[:4] in page.main


def test_times_are_those_of_the_space(english, ben, booking, koharubiyori):
    koharubiyori.space.timezone = "Europe/Lisbon"
    koharubiyori.space.save()

    page = Page(english(ben).get(f"/bookings/{booking.reference}/"))

    assert "04:00" in page.main
    assert "13:00" not in page.main


def test_visitor_is_sent_to_sign_in_and_back(visitor, booking):
    answer = visitor.get(f"/bookings/{booking.reference}/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/accounts/login/?next=/bookings/{booking.reference}/"


def test_stranger_and_operator_find_nothing_there(english, chie, sam, booking):
    assert english(chie).get(f"/bookings/{booking.reference}/").status_code == 404
    assert english(sam).get(f"/bookings/{booking.reference}/").status_code == 404


def test_booking_without_an_account_is_nobodys_page(english, ben, koharubiyori):
    walk_in = make_booking(koharubiyori.open_seats, name="Dropped in")

    assert english(ben).get(f"/bookings/{walk_in.reference}/").status_code == 404


def test_ticket_reads_in_japanese(english, ben, booking):
    page = Page(english(ben).get(f"/bookings/{booking.reference}/", headers=JAPANESE))

    assert (page.status, page.lang) == (200, "ja")
    assert "小春日和" in page.main


def test_name_is_shown_as_text(english, ben, booking):
    booking.name = "<script>alert(1)</script>"
    booking.save()

    answer = english(ben).get(f"/bookings/{booking.reference}/")

    assert "<script>alert" not in answer.content.decode()
    assert "<script>alert(1)</script>" in Page(answer).main


def test_ticket_asks_three_times(english, ben, booking):
    assert queries(english(ben), f"/bookings/{booking.reference}/") == 3


def test_ticket_takes_no_post(english, ben, booking):
    assert english(ben).post(f"/bookings/{booking.reference}/").status_code == 405
