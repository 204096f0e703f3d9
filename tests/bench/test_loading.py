"""The loader: any number of bookings past the guard, and the look at the whole table that makes up for it."""

import random
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction

from bench.filling import invariants
from bench.filling.copying import reference
from bench.filling.founding import RACE, found_spaces
from bench.filling.loading import load
from bench.filling.people import make_regulars
from bench.filling.targets import free_places, race_windows
from bench.filling.trial import free_visits
from bookings.booking import book
from bookings.forms import WallTimeField
from bookings.models import Booking
from spaces.calendar import Span
from spaces.house import houses
from spaces.models import Resource, Space
from tests.factories import make_booking, make_user
from tests.visas.acts import visit
from visas.models import Ticket

COUNT = 1500
GUARDS = """
SELECT conname FROM pg_constraint WHERE conrelid = 'bookings_booking'::regclass
UNION ALL SELECT indexname FROM pg_indexes WHERE tablename = 'bookings_booking'
UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = 'bookings_booking'::regclass
    AND NOT tgisinternal AND tgenabled = 'O'
ORDER BY 1
"""


@pytest.fixture
def founded(db: None) -> None:
    found_spaces(6, race_seats=5)


def guards() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        return [name for (name,) in cursor.fetchall()]


def overfill(resource: Resource) -> None:
    """One booking too many, past the guard."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE bookings_booking DISABLE TRIGGER USER")
        for number in range(resource.capacity + 1):
            make_booking(resource, starts="11:00", ends="13:00", user=make_user(f"extra{number}@example.jp"))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE bookings_booking ENABLE TRIGGER USER")


def test_all_bookings_are_loaded_and_break_no_rule(founded: None, now: datetime):
    people = load(COUNT, now)

    assert Booking.objects.count() == COUNT
    assert Booking.objects.filter(ends_at__lt=now).exists()
    assert Booking.objects.filter(starts_at__gt=now).exists()
    assert Booking.objects.filter(resource__capacity=1).exists()
    assert Booking.objects.values("person").distinct().count() == len(people)
    invariants.check()


def test_every_booking_lies_in_its_opening_hours_and_on_the_step(founded: None, now: datetime):
    load(COUNT, now)
    calendars = {house.space.pk: house.calendar for house in houses(Space.objects.all(), today=now.date())}

    for booking in Booking.objects.select_related("resource")[:200]:
        calendar = calendars[booking.resource.space_id]
        assert calendar.holds(booking.starts_at, booking.ends_at)
        assert booking.starts_at.minute % 30 == booking.ends_at.minute % 30 == 0
        assert 1 <= (booking.ends_at - booking.starts_at).total_seconds() / 3600 <= 10


def test_the_guard_is_back_afterwards(founded: None, now: datetime):
    before = guards()

    load(COUNT, now)

    assert guards() == before


def test_more_bookings_than_a_year_can_hold_reach_further_back(founded: None, now: datetime):
    Resource.objects.exclude(space__slug=RACE).filter(kind=Resource.Kind.OPEN_SEATS).update(capacity=1)
    Resource.objects.exclude(kind=Resource.Kind.OPEN_SEATS).update(price_per_hour=None)

    load(6 * COUNT, now)

    assert Booking.objects.earliest("starts_at").starts_at < now - timedelta(days=366)


def test_a_table_with_one_booking_too_many_is_found_out(founded: None, now: datetime):
    overfill(Resource.objects.get(space__slug=RACE, kind=Resource.Kind.OPEN_SEATS))

    with pytest.raises(invariants.InvariantBroken, match="more seats taken than there are"):
        invariants.check()


def test_a_load_onto_a_broken_table_fails_and_leaves_nothing(founded: None, now: datetime):
    overfill(Resource.objects.get(space__slug=RACE, kind=Resource.Kind.OPEN_SEATS))
    before = Booking.objects.count()

    with pytest.raises(invariants.InvariantBroken), transaction.atomic():
        load(COUNT, now)

    assert Booking.objects.count() == before


def test_a_person_in_two_seats_is_found_out(founded: None):
    first, second = Resource.objects.filter(kind=Resource.Kind.OPEN_SEATS)[:2]
    ben = make_user("ben@example.com")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE bookings_booking DROP CONSTRAINT booking_person_in_one_seat")
    make_booking(first, starts="11:00", ends="13:00", user=ben)
    make_booking(second, starts="12:00", ends="14:00", user=ben)

    with pytest.raises(invariants.InvariantBroken, match="a person in two seats at once"):
        invariants.check()


def test_free_places_can_all_be_booked(founded: None, now: datetime):
    load(COUNT, now)
    bookers = [make_user(f"booker{number}@example.jp") for number in range(4)]
    make_regulars(bookers, now)
    places = free_places(now.date(), len(bookers), random.Random(1))

    assert len(places) > 100
    for place in places[:40]:
        space = Space.objects.get(slug=place.space)
        clock = WallTimeField()
        clock.zone = space.zone
        span = Span(clock.clean(place.starts), clock.clean(place.ends))
        booked = book(user=bookers[place.person], space=space, resource_id=place.resource, span=span, now=now)
        assert booked.price, "A free first visit would make one post unlike the next."


def test_free_visits_can_all_be_redeemed(founded: None, now: datetime):
    load(COUNT, now)
    visits = free_visits(now.date(), now, random.Random(1))

    assert len({visit.code for visit in visits}) == len(visits) > 1000
    for number, free in enumerate(visits[:40]):
        ticket = Ticket.objects.get(code=free.code)
        space, day = Space.objects.get(slug=free.space), date.fromisoformat(free.day)
        assert visit(ticket, space, day=day, email=f"{number}@example.jp", now=now)
    invariants.check()


def test_the_race_has_a_day_for_each_run(founded: None, now: datetime):
    windows = race_windows(now.date(), 10)

    assert len({window.starts for window in windows}) == 10
    assert {window.space for window in windows} == {RACE}
    assert Resource.objects.get(pk=windows[0].resource).capacity == 5


def test_no_reference_comes_twice():
    assert len({reference(number) for number in range(50_000)}) == 50_000
