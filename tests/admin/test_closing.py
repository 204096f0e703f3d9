"""Closures, hours and capacity in the admin: bookings that no longer fit are named, then cancelled if that is meant."""

from datetime import date, time

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from bookings.space_leaving import leave
from members.models import Operator, User
from notices.models import Notice
from spaces.locks import lock_space
from spaces.models import Closure, OpeningHours, Resource, Space
from tests.conftest import make_operator
from tests.factories import at, make_booking, make_closure, make_resource, make_space
from tests.races.connections import Doing, waits_for_a_lock

THURSDAY = date(2026, 11, 26)


@pytest.fixture
def desk(sam, as_user) -> Client:
    client = as_user(sam)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def booked(koharubiyori, chie) -> Booking:
    return make_booking(koharubiyori.open_seats, user=chie, day=THURSDAY, starts="15:00", ends="18:00")


@pytest.fixture
def home(transactional_db) -> Space:
    return make_resource(make_space()).space


@pytest.fixture
def owner(home) -> User:
    return make_operator("owner@example.jp", home, Operator.Role.OWNER)


def errors(answer) -> object:
    """What the admin's forms say, for the message of a failing assertion."""
    context = answer.context or {}
    return [context.get("errors"), [formset.formset.errors for formset in context.get("inline_admin_formsets", [])]]


def closing(space: Space, **typed: object) -> dict[str, object]:
    return {
        "space": space.pk,
        "starts_on": THURSDAY,
        "ends_on": THURSDAY,
        "opens": "",
        "closes": "",
        "reason_ja": "大雪",
        "reason_en": "Snow",
        **typed,
    }


def space_form(space: Space, hours: list[OpeningHours], **typed: object) -> dict[str, object]:
    """What the page of a space posts, with its amenities and questions left out."""
    plain = {
        field.name: getattr(space, field.name)
        for field in Space._meta.fields
        if field.name not in ("id", "samples")
        and getattr(space, field.name) is not None
        and getattr(space, field.name) is not False
    }
    data: dict[str, object] = {
        **plain,
        "hours-TOTAL_FORMS": len(hours),
        "hours-INITIAL_FORMS": len(hours),
        "amenities-TOTAL_FORMS": 0,
        "amenities-INITIAL_FORMS": 0,
        "questions-TOTAL_FORMS": 0,
        "questions-INITIAL_FORMS": 0,
        **typed,
    }
    for number, each in enumerate(hours):
        data |= {
            f"hours-{number}-id": each.pk,
            f"hours-{number}-space": space.pk,
            f"hours-{number}-weekday": each.weekday,
            f"hours-{number}-opens": each.opens,
            f"hours-{number}-closes": each.closes,
            **({f"hours-{number}-is_sample": "on"} if each.is_sample else {}),
        }
    return data


def test_closure_over_a_booking_is_refused_and_names_it(koharubiyori, desk, booked):
    answer = desk.post(reverse("admin:spaces_closure_add"), closing(koharubiyori.space))

    assert answer.status_code == 200
    assert booked.spaced_reference in answer.content.decode()
    assert not Closure.objects.exists()


def test_ticked_closure_cancels_as_the_space_and_tells(koharubiyori, desk, booked):
    answer = desk.post(reverse("admin:spaces_closure_add"), closing(koharubiyori.space, cancel_misfits="on"))

    assert answer.status_code == 302, errors(answer)
    booked.refresh_from_db()
    assert (booked.cancelled_by, booked.cancellation_fee) == ("space", 0)
    assert Notice.objects.get().kind == "booking.cancelled"


def test_snow_from_four_leaves_earlier_bookings_alone(koharubiyori, desk, booked, ben):
    early = make_booking(koharubiyori.open_seats, user=ben, day=THURSDAY, starts="11:00", ends="16:00")
    snow = closing(koharubiyori.space, opens="11:00", closes="16:00", cancel_misfits="on")

    desk.post(reverse("admin:spaces_closure_add"), snow)

    early.refresh_from_db()
    booked.refresh_from_db()
    assert early.is_live
    assert not booked.is_live


def test_special_hours_that_are_booked_stay(koharubiyori, desk, chie):
    sunday = date(2026, 11, 29)
    special = make_closure(koharubiyori.space, sunday, opens=time(11), closes=time(15))
    make_booking(koharubiyori.open_seats, user=chie, day=sunday, starts="11:00", ends="13:00")

    desk.post(reverse("admin:spaces_closure_delete", args=[special.pk]), {"post": "yes"})

    assert Closure.objects.filter(pk=special.pk).exists()


def test_two_closures_on_one_day_are_refused_with_a_sentence(koharubiyori, desk):
    make_closure(koharubiyori.space, THURSDAY)

    answer = desk.post(reverse("admin:spaces_closure_add"), closing(koharubiyori.space))

    assert answer.status_code == 200
    assert "There is a closure on one of these days already." in answer.content.decode()


def test_reversed_closure_is_refused_with_a_sentence(koharubiyori, desk):
    answer = desk.post(reverse("admin:spaces_closure_add"), closing(koharubiyori.space, ends_on=date(2026, 11, 25)))

    assert answer.status_code == 200
    assert "The last day is before the first." in answer.content.decode()


def test_shorter_hours_name_what_no_longer_fits(koharubiyori, desk, booked):
    hours = list(koharubiyori.space.hours.all())
    for each in hours:
        each.closes = time(16)

    answer = desk.post(
        reverse("admin:spaces_space_change", args=[koharubiyori.space.pk]), space_form(koharubiyori.space, hours)
    )

    assert answer.status_code == 200
    assert booked.spaced_reference in answer.content.decode()
    assert koharubiyori.space.hours.get(weekday=3).closes == time(21)


def test_shorter_hours_cancel_when_ticked(koharubiyori, desk, booked):
    hours = list(koharubiyori.space.hours.all())
    for each in hours:
        each.closes = time(16)

    answer = desk.post(
        reverse("admin:spaces_space_change", args=[koharubiyori.space.pk]),
        space_form(koharubiyori.space, hours, cancel_misfits="on"),
    )

    assert answer.status_code == 302, errors(answer)
    booked.refresh_from_db()
    assert not booked.is_live


@pytest.mark.django_db(transaction=True)
def test_space_that_leaves_while_its_hours_are_saved_is_no_deadlock(home, owner):
    client = Client()
    client.force_login(owner)
    shown = space_form(home, list(home.hours.all()), cancel_misfits="on")

    with transaction.atomic():
        # As leaving begins.
        lock_space(home)
        saving = Doing(lambda: client.post(reverse("admin:spaces_space_change", args=[home.pk]), shown))
        waits_for_a_lock()
        leave(space=Space.objects.get(), left_on=date(2026, 12, 10), by=owner, now=at("09:00"))

    assert saving.result().status_code == 302, errors(saving.result())
    assert Space.objects.get().left_on == date(2026, 12, 10)


def test_overwriting_a_sample_makes_it_a_fact(four_spaces, as_user):
    dorinoki = four_spaces["dorinoki"]
    client = as_user(make_operator("dai@example.jp", dorinoki))
    hours = list(dorinoki.hours.all())
    hours[0].closes = time(22)

    client.post(
        reverse("admin:spaces_space_change", args=[dorinoki.pk]),
        space_form(dorinoki, hours, joining_ja="窓口でどうぞ"),
    )

    dorinoki.refresh_from_db()
    assert dorinoki.samples == ["closed_on_holidays"]
    assert [each.is_sample for each in dorinoki.hours.order_by("weekday")][:2] == [False, True]


def test_capacity_below_what_is_booked_is_refused(koharubiyori, desk, booked):
    seats = koharubiyori.open_seats
    make_booking(seats, day=THURSDAY, starts="15:00", ends="16:00", seats=5)
    form = {
        "name_ja": "オープン席",
        "name_en": "Open seats",
        "capacity": 5,
        "persons": 15,
        "step_minutes": 30,
        "position": 0,
    }

    answer = desk.post(reverse("admin:spaces_resource_change", args=[seats.pk]), form)

    assert answer.status_code == 200
    assert "6 are booked already" in answer.content.decode()
    assert (
        desk.post(reverse("admin:spaces_resource_change", args=[seats.pk]), {**form, "capacity": 6}).status_code == 302
    )
    assert Resource.objects.get(pk=seats.pk).capacity == 6


def test_booked_resource_does_not_retire(koharubiyori, desk, booked):
    seats = koharubiyori.open_seats
    form = {
        "name_ja": "オープン席",
        "name_en": "Open seats",
        "capacity": 15,
        "persons": 15,
        "step_minutes": 30,
        "position": 0,
        "retired_on": THURSDAY,
    }

    answer = desk.post(reverse("admin:spaces_resource_change", args=[seats.pk]), form)

    assert answer.status_code == 200
    assert booked.spaced_reference in answer.content.decode()
