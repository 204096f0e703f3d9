"""Wishes of the tests: looked at, taken, or refused."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from bookings.booking import book
from bookings.models import Booking
from bookings.pricelist import price_list
from bookings.quote import Quote
from bookings.rules import Wish, priced
from members.models import User
from spaces.house import houses
from spaces.models import Resource, Space
from spaces.refusing import codes
from tests.factories import TUESDAY, at, span


def take(
    user: User, resource: Resource, starts: str = "11:00", ends: str = "13:00", *, day: date = TUESDAY, **asked: Any
) -> Booking:
    """Book a resource by wall clock, at nine in the morning of TUESDAY unless another `now` is given."""
    asked = {"now": at("09:00"), **asked}
    return book(user=user, space=resource.space, resource_id=resource.pk, span=span(starts, ends, day), **asked)


def refused(user: User, resource: Resource, *times: str, **asked: Any) -> set[str]:
    """The codes of the refusal of a wish; nothing is written."""
    before = Booking.objects.count()
    with pytest.raises(ValidationError) as caught:
        take(user, resource, *times, **asked)
    assert Booking.objects.count() == before
    return codes(caught.value)


def quoted(
    user: User | None,
    resource: Resource,
    starts: str = "11:00",
    ends: str = "13:00",
    *,
    day: date = TUESDAY,
    **asked: Any,
) -> Quote:
    """What a wish would cost, with the tips; raises ValidationError where it is refused."""
    now = asked.get("now", at("09:00"))
    [house] = houses(Space.objects.filter(pk=resource.space_id), today=TUESDAY)
    prices = price_list([house.space.pk], user, today=TUESDAY).reckoned(user, [house.space], now=now)
    wish = Wish(house.resource(resource.pk) or resource, span(starts, ends, day), asked.get("seats", 1))
    return priced(house, prices, wish, now=now)
