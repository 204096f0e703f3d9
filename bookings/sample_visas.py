"""Sample visits by Coworking VISA, so that a newcomer's passport has stamps and the balance has figures. Invented."""

import random
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from bookings import attendance
from bookings.booking import book
from bookings.models import Booking
from members.models import User
from spaces.calendar import DAY, Span, days
from spaces.house import House, houses
from spaces.models import Space
from visas.models import Terms, Visa
from visas.offering import write_terms

DAYS_BACK = 45
OFTEN = 0.12
WITH_TERMS = "cafe-36"


def load_visas(member: User, *, now: datetime) -> int:
    """Make sample terms and visits of the sample member and of others who hold a visa, once; how many visits."""
    hosts = houses(Space.objects.in_federation(), today=now.date())
    if Terms.objects.exists() or Booking.objects.filter(visa__membership__user=member).exists():
        return 0
    for house in hosts:
        if house.space.slug == WITH_TERMS:
            write_terms(
                space=house.space,
                by=None,
                percent_off=20,
                once_a_week=True,
                perks_ja="（見本）コーヒー1杯",
                perks_en="(sample) a cup of coffee",
                now=now,
            )
    dice = random.Random(3)  # noqa: S311 - samples, the same each time
    visas = Visa.objects.select_related("membership__user").order_by("pk")
    return sum(_travels(visa, hosts, dice, now) for visa in visas)


def _travels(visa: Visa, hosts: list[House], dice: random.Random, now: datetime) -> int:
    """Somebody's days at the other spaces in the last weeks, and one to come."""
    made = 0
    for house in hosts:
        today = house.space.today(now)
        if house.space.pk == visa.membership.space_id or house.open_seats is None:
            continue
        coming = dice.randint(1, 10)
        for day in days(today - DAYS_BACK * DAY, today + 10 * DAY):
            spans = house.calendar.spans_on(day)
            if spans and (dice.random() < OFTEN if day < today else (day - today).days == coming):
                made += _visits(visa.membership.user, house, spans[0], now)
    return made


def _visits(person: User, house: House, span: Span, now: datetime) -> int:
    morning = min(now, span.starts_at - timedelta(hours=3))
    seats = house.open_seats
    try:
        with transaction.atomic():
            booking = book(user=person, space=house.space, resource_id=seats.pk if seats else 0, span=span, now=morning)
            if booking.visa is None:
                # They come for the sake of the passport only.
                transaction.set_rollback(True)
                return 0
    except ValidationError:
        return 0
    if span.ends_at < now:
        attendance.check_in(booking=booking, now=span.starts_at)
        attendance.check_out(booking=booking, now=span.ends_at)
    return 1
