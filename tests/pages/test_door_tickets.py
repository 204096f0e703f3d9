"""At the door: a visit by ticket shows as one, and is noted as every other."""

import pytest
import time_machine

from tests.factories import TUESDAY, at, make_booking
from tests.pages.crowd import queries
from tests.pages.tickets import held_ticket
from tests.reading import Page
from tests.visas.acts import make_campaign, make_ticket, visit


@pytest.fixture
def booking_of_ben(ben, koharubiyori):
    return make_booking(koharubiyori.open_seats, user=ben)


def test_door_says_that_a_visit_is_by_ticket_and_of_which_campaign(english, sam, koharubiyori):
    ticket, booking = held_ticket(koharubiyori.space)

    page = Page(english(sam).get(f"/door/{booking.reference}/"))

    for said in ("客野 一", "Ticket", "Come and try", ticket.printed_code, "free of charge"):
        assert said in page.main


def test_other_visits_say_nothing_of_tickets(english, sam, booking_of_ben):
    assert "ticket" not in Page(english(sam).get(f"/door/{booking_of_ben.reference}/")).main.lower()


def test_visitor_is_checked_in_and_out_and_missed_and_that_is_taken_back(english, sam, koharubiyori):
    booking = visit(make_ticket(make_campaign(koharubiyori.space)), koharubiyori.space, day=TUESDAY)
    browser, door = english(sam), f"/door/{booking.reference}/"

    with time_machine.travel(at("12:00"), tick=False):
        for act, noted in (("absence", "missed_at"), ("undo", None), ("check-in", "checked_in_at")):
            assert browser.post(f"{door}{act}/").status_code == 302
            booking.refresh_from_db()
            assert [name for name in ("missed_at", "checked_in_at") if getattr(booking, name)] == [noted] * bool(noted)


def test_seat_that_is_gone_is_said_when_an_absence_is_taken_back(english, sam, koharubiyori):
    campaign = make_campaign(koharubiyori.space, seats_a_day=1)
    booking = visit(make_ticket(campaign), koharubiyori.space, day=TUESDAY)
    browser, door = english(sam), f"/door/{booking.reference}/"
    with time_machine.travel(at("12:00"), tick=False):
        browser.post(f"{door}absence/")
        visit(make_ticket(campaign), koharubiyori.space, email="other@example.jp", now=at("12:00"))

        page = Page(browser.post(f"{door}undo/"))

    assert page.status == 409
    assert page.alerts == ["No more tickets can be redeemed at Koharubiyori on that day. Choose another day or space."]


def test_door_costs_no_more_for_a_visit_by_ticket(english, sam, koharubiyori, booking_of_ben):
    _ticket, by_ticket = held_ticket(koharubiyori.space)
    browser = english(sam)

    of_ben, of_ticket = (queries(browser, f"/door/{one.reference}/") for one in (booking_of_ben, by_ticket))

    assert of_ticket == of_ben - 1, "what is to be paid is asked of an account only"
