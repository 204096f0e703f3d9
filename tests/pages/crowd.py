"""Much of everything, to see that a page's price does not grow with it."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking
from members.models import User
from spaces.models import Resource
from tests.factories import TUESDAY, at, make_plan, make_resource, make_space

SLOTS = 14
HALF_AN_HOUR = timedelta(minutes=30)


def fill(resource: Resource, count: int, user: User | None = None) -> list[Booking]:
    """So many bookings of half an hour, side by side from eleven o'clock on, day after day."""
    who = {"user": user, "person": user.email, "name": user.display_name} if user else {}
    rows = []
    for number in range(count):
        day, slot = divmod(number, SLOTS)
        starts_at = at("11:00", TUESDAY + timedelta(days=day)) + slot * HALF_AN_HOUR
        rows.append(
            Booking(
                resource=resource,
                starts_at=starts_at,
                ends_at=starts_at + HALF_AN_HOUR,
                basis=Booking.Basis.DROP_IN,
                price=500,
                **who,
            )
        )
    return Booking.objects.bulk_create(rows)


def make_more_spaces(count: int) -> None:
    """So many spaces besides the four, each with seats that are sold by the day."""
    for number in range(count):
        space = make_space(f"house-{number}", name_en=f"House {number}", name_ja=f"{number}号館")
        make_plan(space, make_resource(space))


def queries(client: Client, address: str, **headers: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, headers=headers or None).status_code < 400
    return len(asked)
