"""Visits by ticket in the admin of bookings: shown as such, moved without losing the ticket, cancelled as the space."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from notices.models import Notice
from tests.admin.test_bookings_admin import CHANGE, LIST, typed
from tests.factories import TUESDAY, at, make_room
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.models import Participation

WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)


@pytest.fixture
def campaign(koharubiyori, dorinoki):
    return make_campaign(koharubiyori.space, dorinoki.space, name_en="Come and try")


@pytest.fixture
def booking(campaign, koharubiyori) -> Booking:
    return visit(make_ticket(campaign), koharubiyori.space, day=WEDNESDAY)


@pytest.fixture
def desk(sam, as_user):
    browser = as_user(sam)
    browser.cookies["django_language"] = "en"
    return browser


def moves(desk, booking, resource, day, starts="12:00", ends="20:00", **changes):
    form = {**typed(resource, None, at(starts, day), at(ends, day)), **changes}
    return desk.post(reverse(CHANGE, args=[booking.pk]), form)


def test_list_and_page_show_basis_campaign_and_ticket(desk, booking):
    assert "Shared trial ticket" in desk.get(reverse(LIST), {"basis__exact": "ticket"}).content.decode()

    page = desk.get(reverse(CHANGE, args=[booking.pk])).content.decode()

    for said in ("Shared trial ticket", "Come and try", booking.ticket.printed_code, "客野 一"):
        assert said in page


def test_operator_moves_a_visit_and_it_still_draws_on_the_ticket(desk, booking, koharubiyori):
    answer = moves(desk, booking, koharubiyori.open_seats, THURSDAY)

    assert answer.status_code == 302, answer.context["errors"]
    was, booking = booking, Booking.objects.get()
    assert (booking.basis, booking.price, booking.ticket, booking.user) == ("ticket", 0, was.ticket, None)
    assert (booking.starts_at, booking.ends_at) == (at("12:00", THURSDAY), at("20:00", THURSDAY))
    assert (booking.name, booking.person, booking.sequence) == (was.name, was.person, 1)
    assert Notice.objects.filter(kind="booking.changed", recipient="guest@example.jp").count() == 1


def test_operator_moves_also_a_late_visit_and_one_of_a_campaign_that_the_space_has_left(desk, campaign, koharubiyori):
    booking = visit(make_ticket(campaign), koharubiyori.space, day=TUESDAY)
    Participation.objects.filter(space=koharubiyori.space).update(left_at=at("09:00"))

    assert moves(desk, booking, koharubiyori.open_seats, THURSDAY).status_code == 302


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("two seats", "A visit by ticket is one seat, and free of charge."),
        ("room", "A visit by ticket takes a seat, not a room."),
        ("full", "No more tickets can be redeemed at Koharubiyori on that day."),
    ],
)
def test_what_a_ticket_does_not_give_is_refused_with_a_sentence(desk, booking, koharubiyori, what, sentence):
    resource, changes = koharubiyori.open_seats, {}
    if what == "two seats":
        changes["seats"] = 2
    if what == "room":
        resource = make_room(koharubiyori.space)
    if what == "full":
        Participation.objects.update(seats_a_day=1)
        visit(make_ticket(booking.ticket.campaign), koharubiyori.space, day=THURSDAY, email="other@example.jp")

    answer = moves(desk, booking, resource, THURSDAY, **changes)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert Booking.objects.get(pk=booking.pk).sequence == 0


def test_space_cancels_a_visit_and_the_ticket_is_good_for_a_month(desk, booking, dorinoki):
    chosen = {"action": "cancel_selected", "_selected_action": [booking.pk]}

    assert desk.post(reverse(LIST), chosen).status_code == 302

    booking.refresh_from_db()
    assert (booking.cancelled_by, booking.cancelled_late) == ("space", False)
    assert visit(booking.ticket, dorinoki.space, day=THURSDAY)


def test_file_of_bookings_says_of_which_campaign_a_visit_is(desk, booking):
    columns = dict.fromkeys(["reference", "basis", "ticket__campaign__name_ja"], "on")

    answer = desk.post(reverse("admin:bookings_booking_export"), {"format": "0", "resource": "", **columns})

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert ",ticket,おためし," in answer.content.decode()


def test_file_of_bookings_costs_the_same_queries_for_few_and_many_visits(desk, booking, koharubiyori):
    columns = dict.fromkeys(["reference", "basis", "ticket__campaign__name_ja"], "on")

    def queries():
        with CaptureQueriesContext(connection) as caught:
            answer = desk.post(reverse("admin:bookings_booking_export"), {"format": "0", "resource": "", **columns})
        assert answer.content.count("おためし".encode()) == Booking.objects.count()
        return len(caught)

    queries()
    few = queries()
    Participation.objects.update(seats_a_day=5)
    for number in range(5):
        ticket = make_ticket(booking.ticket.campaign)
        visit(ticket, koharubiyori.space, day=THURSDAY, email=f"{number}@example.jp")

    assert queries() == few
