"""Bookings in the admin: what is held for an event is seen there, and changed with the event alone."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from bookings.admin.booking_export import BookingExport
from bookings.holding import hold
from bookings.leaving_foreseen import foresee
from events.holds import bring_in_line
from tests.admin.test_bookings_admin import CHANGE, LIST, typed
from tests.admin.test_events import changed, page
from tests.events.making import FRIDAY, make_event, make_venue
from tests.factories import at, make_booking, span
from tests.reading import Page, english

HELD = "This is held for an event. Change the event."


@pytest.fixture
def jelly(koharubiyori, now):
    return hold(resource=koharubiyori.open_seats, span=span("13:00", "17:00"), seats=6, name="冬のJelly", now=now)


@pytest.fixture
def desk(sam, as_user) -> Client:
    client = as_user(sam)
    client.cookies["django_language"] = "en"
    return client


def test_list_says_what_it_is_held_for(desk, jelly):
    read = Page(desk.get(reverse(LIST)))

    assert "冬のJelly" in read.text
    assert "Held" in read.text


def test_its_page_can_only_be_looked_at(desk, jelly):
    read = Page(desk.get(reverse(CHANGE, args=[jelly.pk])))

    assert read.status == 200
    assert HELD in read.text
    assert "冬のJelly" in read.text
    assert [words for words in ("Take a payment", "Minutes from the plan", "Save") if words in read.text] == []
    assert read.link("View on site") == f"/door/{jelly.reference}/"
    assert [name for form in read.forms for name in form.fields if name in ("seats", "starts_at_0", "resource")] == []


def test_posting_another_time_all_the_same_changes_nothing(desk, jelly, koharubiyori, chie):
    desk.post(reverse(CHANGE, args=[jelly.pk]), typed(koharubiyori.open_seats, chie, at("15:00"), at("18:00"), seats=1))

    jelly.refresh_from_db()
    assert (jelly.starts_at, jelly.seats, jelly.user, jelly.sequence) == (at("13:00"), 6, None, 0)


@pytest.mark.parametrize("act", ["cancel", "check_in", "check_out", "miss", "undo"])
def test_every_action_skips_it_and_says_why(desk, jelly, koharubiyori, chie, act):
    asked = {"action": f"{act}_selected", "_selected_action": [jelly.pk]}

    read = Page(desk.post(reverse(LIST), asked, follow=True))

    assert f"{jelly.spaced_reference}: {HELD}" in read.text
    assert "Done for 0 bookings." in read.text
    jelly.refresh_from_db()
    assert jelly.is_live
    assert jelly.checked_in_at is None


def test_people_are_cancelled_beside_it(desk, jelly, koharubiyori, chie):
    hers = make_booking(koharubiyori.open_seats, user=chie, starts="13:00", ends="15:00")

    desk.post(reverse(LIST), {"action": "cancel_selected", "_selected_action": [jelly.pk, hers.pk]})

    hers.refresh_from_db()
    jelly.refresh_from_db()
    assert (hers.is_live, jelly.is_live) == (False, True)


def test_file_has_it_as_a_hold_of_nobody(desk, jelly):
    fields = {f"bookingexport_{name}": "on" for name in BookingExport().fields}

    answer = desk.post(reverse("admin:bookings_booking_export"), {"format": "0", **fields})

    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["name"], row["person"], row["basis"], row["seats"]) == ("冬のJelly", "", "hold", "6")


def test_it_is_nobody_among_those_whom_a_leaving_hurts(koharubiyori, jelly, chie, now):
    make_booking(koharubiyori.open_seats, user=chie, starts="13:00", ends="15:00")
    make_booking(koharubiyori.rooms[0], user=chie, starts="13:00", ends="15:00")
    hold(resource=koharubiyori.rooms[0], span=span("17:00", "18:00"), seats=None, name="Talk", now=now)

    found = foresee(koharubiyori.space, now.date(), now=now)

    assert sorted((one.name, one.bookings, one.people) for one in found.by_basis) == [
        ("ドロップイン", 1, 1),
        ("確保", 2, 0),
        ("部屋", 1, 1),
    ]


def test_who_is_in_an_events_way_is_named_at_the_own_space_alone(sam, as_user, koharubiyori, dorinoki, chie):
    """Chie has booked at both spaces; Sam runs the one that holds the event, and not the other."""
    event = make_event(koharubiyori.space, starts="13:00", ends="15:00")
    organiser = english(as_user(sam))
    read = {}
    for here in (koharubiyori, dorinoki):
        booking = make_booking(here.open_seats, user=chie, day=FRIDAY, starts="15:00", ends="16:00")
        venue = make_venue(event, here.space, resource=here.open_seats)
        bring_in_line(venue, now=at("09:00"))

        answer = organiser.post(page("change", event), changed(event, ends="17:00"))
        [read[here.space.slug]] = [said for said in Page(answer).text.split(". ") if booking.spaced_reference in said]
        booking.delete()

    assert "千葉 千絵" in read["koharubiyori"]
    assert "千葉" not in read["dorinoki"]
    assert "Dorinoki" in read["dorinoki"]
    event.refresh_from_db()
    assert event.ends_at == at("15:00", FRIDAY)
