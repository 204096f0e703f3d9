"""A campaign of trial tickets at the first houses, with seats set aside for who redeems them."""

import random
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F

from spaces.calendar import DAY, days
from spaces.house import houses
from spaces.models import Resource, Space
from visas.issuing import MOST_AT_ONCE, issue_tickets
from visas.models import Campaign, Participation

HOUSES = 4
SEATS_A_DAY = 80  # beside those of the house, whose own bookings fill whole days


class Visit(NamedTuple):
    """A ticket that is nobody's yet, and where and when it can be used: one seat is there for each."""

    code: str
    space: str
    day: str


def free_visits(today: date, now: datetime, draw: random.Random) -> list[Visit]:
    """Set the seats aside, and issue a ticket for each of them on each open day, in no order."""
    spaces = list(Space.objects.order_by("pk")[:HOUSES])
    Resource.objects.filter(space__in=spaces, kind=Resource.Kind.OPEN_SEATS).update(
        capacity=F("capacity") + SEATS_A_DAY
    )
    last = today + min(space.horizon_days for space in spaces) * DAY
    campaign = Campaign.objects.create(
        organiser=spaces[0], name_ja="おためし", name_en="Try us", starts_on=today, ends_on=last
    )
    Participation.objects.bulk_create(
        Participation(campaign=campaign, space=space, seats_a_day=SEATS_A_DAY, agreed_at=now) for space in spaces
    )
    places = [
        (house.space.slug, day.isoformat())
        for house in houses(Space.objects.filter(pk__in=[space.pk for space in spaces]), today=today)
        for day in days(today + 2 * DAY, last - 2 * DAY)
        if house.open_seats and list(house.calendar.spans_on(day))
        for _seat in range(SEATS_A_DAY)
    ]
    draw.shuffle(places)
    codes: list[str] = []
    while len(codes) < len(places):
        count = min(MOST_AT_ONCE, len(places) - len(codes))
        codes += [ticket.code for ticket in issue_tickets(campaign=campaign, count=count, now=now)]
    return [Visit(code, *place) for code, place in zip(codes, places, strict=True)]
