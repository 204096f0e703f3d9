"""Changing bookings in the admin obeys the same rules as the pages."""

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from notices.models import Notice
from tests.factories import at, make_booking, make_user

ADD = "admin:bookings_booking_add"
CHANGE = "admin:bookings_booking_change"
LIST = "admin:bookings_booking_changelist"


def typed(resource, user, starts: datetime, ends: datetime, seats: int = 1) -> dict[str, object]:
    return {
        "resource": resource.pk,
        "user": user.pk if user else "",
        "starts_at_0": f"{starts:%Y-%m-%d}",
        "starts_at_1": f"{starts:%H:%M}",
        "ends_at_0": f"{ends:%Y-%m-%d}",
        "ends_at_1": f"{ends:%H:%M}",
        "seats": seats,
    }


@pytest.fixture
def desk(sam, as_user) -> Client:
    return as_user(sam)


@pytest.fixture
def guest(koharubiyori, chie):
    """Chie has been here before, so that Sam may choose her."""
    day = date(2026, 11, 20)
    there = {"checked_in_at": at("11:00", day), "checked_out_at": at("13:00", day)}
    make_booking(koharubiyori.open_seats, day=day, user=chie, **there)
    return chie


def said(answer) -> str:
    return answer.content.decode()


def test_operator_books_for_a_person_they_know(koharubiyori, desk, guest):
    answer = desk.post(reverse(ADD), typed(koharubiyori.open_seats, guest, at("13:00"), at("15:00")))

    assert answer.status_code == 302, answer.context["errors"]
    booking = Booking.objects.get(starts_at=at("13:00"))
    assert (booking.user, booking.price, booking.basis) == (guest, 500, "drop_in")
    assert Notice.objects.filter(subject_key=f"booking:{booking.pk}").exists()


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        ("08:00", "10:00", "past"),
        ("20:00", "22:00", "not open"),
        ("11:10", "12:00", "every 30 minutes"),
        ("13:00", "12:00", "after the start"),
    ],
)
def test_rule_of_the_page_is_the_rule_of_the_admin(koharubiyori, desk, guest, settings, starts, ends, sentence):
    desk.cookies["django_language"] = "en"

    answer = desk.post(reverse(ADD), typed(koharubiyori.open_seats, guest, at(starts), at(ends)))

    assert answer.status_code == 200
    assert sentence in said(answer)
    assert not Booking.objects.filter(starts_at=at(starts)).exists()


def test_full_house_is_refused_with_a_sentence(koharubiyori, desk, guest):
    make_booking(koharubiyori.open_seats, starts="13:00", ends="14:00", seats=15)
    desk.cookies["django_language"] = "en"

    answer = desk.post(reverse(ADD), typed(koharubiyori.open_seats, guest, at("13:00"), at("15:00")))

    assert answer.status_code == 200
    assert "No seat is left" in said(answer)
    assert not Booking.objects.filter(user=guest, starts_at=at("13:00")).exists()


def test_nobody_comes_is_refused(koharubiyori, desk):
    answer = desk.post(reverse(ADD), typed(koharubiyori.open_seats, None, at("13:00"), at("15:00")))

    assert answer.status_code == 200
    assert not Booking.objects.exists()


def test_moving_in_the_admin_tells_the_person(koharubiyori, desk, guest):
    booking = make_booking(koharubiyori.open_seats, user=guest, starts="13:00", ends="15:00")

    answer = desk.post(
        reverse(CHANGE, args=[booking.pk]),
        typed(koharubiyori.open_seats, guest, at("11:00", date(2026, 11, 26)), at("21:00", date(2026, 11, 26))),
    )

    assert answer.status_code == 302, answer.context["errors"]
    booking.refresh_from_db()
    assert (booking.starts_at, booking.price, booking.sequence) == (at("11:00", date(2026, 11, 26)), 800, 1)
    assert Notice.objects.filter(kind="booking.changed").count() == 1


def test_saving_without_a_change_tells_nobody(koharubiyori, desk, guest):
    booking = make_booking(koharubiyori.open_seats, user=guest, starts="13:00", ends="15:00")

    desk.post(reverse(CHANGE, args=[booking.pk]), typed(koharubiyori.open_seats, guest, at("13:00"), at("15:00")))

    booking.refresh_from_db()
    assert booking.sequence == 0
    assert not Notice.objects.exists()


def test_begun_booking_is_not_moved(koharubiyori, desk, guest):
    booking = make_booking(koharubiyori.open_seats, user=guest, day=date(2026, 11, 20), starts="13:00", ends="15:00")

    answer = desk.post(
        reverse(CHANGE, args=[booking.pk]), typed(koharubiyori.open_seats, guest, at("16:00"), at("17:00"))
    )

    assert answer.status_code == 200
    booking.refresh_from_db()
    assert booking.starts_at == at("13:00", date(2026, 11, 20))


def test_action_cancels_and_says_what_was_skipped(koharubiyori, desk, chie):
    standing = make_booking(koharubiyori.open_seats, user=chie, starts="13:00", ends="15:00")
    over = make_booking(koharubiyori.open_seats, user=chie, day=date(2026, 11, 20))
    desk.cookies["django_language"] = "en"

    answer = desk.post(
        reverse(LIST),
        {"action": "cancel_selected", "_selected_action": [standing.pk, over.pk]},
        follow=True,
    )

    standing.refresh_from_db()
    over.refresh_from_db()
    assert (standing.cancelled_by, standing.cancellation_fee) == ("space", 0)
    assert over.cancelled_at is None
    assert f"{over.spaced_reference}: This booking is over." in said(answer)
    assert "Done for 1 booking." in said(answer)


def test_door_actions_note_and_take_back(koharubiyori, desk, chie):
    booking = make_booking(koharubiyori.open_seats, user=chie, starts="11:00", ends="15:00")

    def act(name: str) -> Booking:
        desk.post(reverse(LIST), {"action": name, "_selected_action": [booking.pk]})
        booking.refresh_from_db()
        return booking

    assert act("check_in_selected").checked_in_at
    assert act("check_out_selected").checked_out_at
    assert act("undo_selected").checked_out_at is None
    assert act("undo_selected").checked_in_at is None
    assert act("miss_selected").missed_at is None, "it has not begun yet"


def test_list_costs_the_same_for_any_number_of_bookings(koharubiyori, desk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_booking(koharubiyori.open_seats, user=make_user("first@example.jp"))
    with CaptureQueriesContext(connection) as one:
        desk.get(reverse(LIST))
    for number in range(10):
        make_booking(koharubiyori.open_seats, user=make_user(f"more{number}@example.jp"))

    with CaptureQueriesContext(connection) as many:
        desk.get(reverse(LIST))

    assert len(many) == len(one) <= 10


def test_bookings_are_never_deleted(koharubiyori, desk, chie):
    booking = make_booking(koharubiyori.open_seats, user=chie)

    assert desk.post(reverse("admin:bookings_booking_delete", args=[booking.pk]), {"post": "yes"}).status_code == 403
    assert Booking.objects.filter(pk=booking.pk).exists()
