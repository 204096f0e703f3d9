"""The whole load: people, bookings by COPY past the guard, and one look at the whole table."""

import random
from datetime import datetime

from django.db import transaction

from bench.filling import invariants
from bench.filling.copying import COLUMNS, Lines
from bench.filling.diary import Diary
from bench.filling.founding import RACE
from bench.filling.people import make_people
from bench.filling.suspended import suspended
from bookings.models import Booking
from members.models import User
from spaces.house import houses
from spaces.models import Space

BOOKINGS_OF_A_PERSON = 20


def load(count: int, now: datetime, seed: int = 2012) -> list[User]:
    """Put `count` bookings into the spaces that are there; returns the people who booked.

    Raises InvariantBroken, and leaves nothing behind, if together they break what the guard keeps.
    """
    draw = random.Random(seed)
    spaces = Space.objects.exclude(slug=RACE).order_by("pk")
    with transaction.atomic():
        diary = Diary(houses(spaces, today=now.date()), count, now.date(), draw)
        enough = max(2 * diary.fullest_day, count // BOOKINGS_OF_A_PERSON, 1)
        people = make_people("person", enough, draw)
        with suspended(Booking._meta.db_table) as cursor:
            lines = Lines(diary, people, now, draw)
            cursor.copy_expert(f"COPY {Booking._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN", lines)
        invariants.check()
    return people
