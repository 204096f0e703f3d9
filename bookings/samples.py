"""Sample bookings for the days around today, so that a newcomer sees a house with people in it."""

import random
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from bookings import attendance
from bookings.booking import book
from bookings.models import Booking
from bookings.pricelist import PriceList, price_list
from members.models import User
from spaces.calendar import DAY, Span, days, steps
from spaces.house import House, houses
from spaces.models import Resource, Space

DAYS_BACK, DAYS_AHEAD = 3, 10


def load_bookings(people: list[User], *, now: datetime) -> int:
    """Make sample bookings where drop-ins are sold, unless there are bookings already; how many."""
    if Booking.objects.exists():
        return 0
    dice = random.Random(36)  # noqa: S311 - samples, the same each time
    made = 0
    for house in houses(Space.objects.in_federation(), today=now.date()):
        today = house.space.today(now)
        for day in days(today - DAYS_BACK * DAY, today + DAYS_AHEAD * DAY):
            for span in house.calendar.spans_on(day):
                made += _fill(house, span, people, dice, now)
    return made


def _fill(house: House, span: Span, people: list[User], dice: random.Random, now: datetime) -> int:
    """A believable day: two thirds of the people come at most, each for some hours or until closing."""
    made = 0
    prices = price_list([house.space.pk], None, today=house.space.today(now))
    for person in dice.sample(people, dice.randint(len(people) // 4, 2 * len(people) // 3)):
        resource = dice.choice(house.rooms) if house.rooms and dice.random() < 0.15 else house.open_seats
        if resource and _is_sold(prices, house, resource):
            made += _one(house, resource, span, person, dice, now)
    return made


def _is_sold(prices: PriceList, house: House, resource: Resource) -> bool:
    if resource.is_seats:
        return bool(prices.visits_at(house.space.pk, resource.pk))
    return not resource.members_only


def _one(house: House, resource: Resource, span: Span, person: User, dice: random.Random, now: datetime) -> int:
    starts = list(steps(span, resource.step_minutes))[:-2]
    if not starts:
        return 0
    start = dice.choice(starts)
    long = not resource.is_seats or dice.random() < 0.4
    end = min(start + timedelta(hours=2), span.ends_at) if long else span.ends_at
    try:
        with transaction.atomic():
            # A past day is booked as it would have been on its morning.
            booking = book(
                user=person,
                space=house.space,
                resource_id=resource.pk,
                span=Span(start, end),
                now=min(now, span.starts_at - timedelta(hours=3)),
            )
    except ValidationError:
        return 0
    if start < now and dice.random() < 0.9:
        attendance.check_in(booking=booking, now=start)
        if end < now:
            attendance.check_out(booking=booking, now=end)
    return 1
