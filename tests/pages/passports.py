"""Passports for the tests: visits by visa, and what is read."""

from datetime import date
from typing import Any

from django.test import Client

from bookings.models import Booking
from spaces.models import Resource, Space
from tests.factories import TUESDAY, at, make_booking
from tests.reading import Page
from visas.models import Visa

PASSPORT = "/passport/"
JULY = date(2026, 7, 1)


def visit(seats: Resource, visa: Visa, day: date = TUESDAY, **fields: Any) -> Booking:
    """A free day by visa, of its holder."""
    fields = {"user": visa.membership.user, "basis": "visa", "price": 0, "visa": visa, **fields}
    return make_booking(seats, day=day, **fields)


def been(seats: Resource, visa: Visa, day: date, **fields: Any) -> Booking:
    """A visit to which the holder came."""
    return visit(seats, visa, day, checked_in_at=at("11:00", day), checked_out_at=at("12:00", day), **fields)


def code_page(visa: Visa) -> str:
    return f"{PASSPORT}{visa.pk}/code/"


def read(browser: Client) -> Page:
    return Page(browser.get(PASSPORT))


def leave_the_federation(space: Space, day: date) -> None:
    space.left_on = day
    space.save()
