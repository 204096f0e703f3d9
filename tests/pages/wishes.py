"""What a person asks of the page on which a time is chosen."""

from datetime import date
from typing import Any

from django.test import Client
from django.utils import translation

from bookings.refusals import SENTENCES
from spaces.house import House
from spaces.models import Resource
from tests.factories import TUESDAY
from tests.reading import Form, Page


def wish(
    house: House, starts: str = "11:00", ends: str = "13:00", *, day: date = TUESDAY, **asked: Any
) -> dict[str, Any]:
    """The fields of a wish for open seats, unless another resource is asked for."""
    resource: Resource = asked.pop("resource", house.open_seats)
    return {"resource": resource.pk, "starts": f"{day}T{starts}", "ends": f"{day}T{ends}", "seats": 1, **asked}


def address(house: House) -> str:
    return f"/spaces/{house.space.slug}/booking/"


def quote(client: Client, house: House, *times: str, **asked: Any) -> Page:
    """The page that says what a wish costs."""
    return Page(client.get(address(house), wish(house, *times, **asked)))


def confirmation(page: Page) -> Form:
    """The form that books, or moves, for the price that the page has said."""
    return page.form("resource", "starts", "ends", "seats", "price")


def is_bookable(page: Page) -> bool:
    return any("price" in form.fields for form in page.forms)


def sentence(code: str, **params: Any) -> str:
    """A refusal in English."""
    with translation.override("en"):
        return str(SENTENCES[code]) % params
