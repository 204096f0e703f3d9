"""No resource gives more seats than it has, whoever writes the rows and how (design rule 1)."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking
from spaces.models import Resource
from tests.factories import at, make_booking, make_resource, make_room, make_space, make_user
from tests.postgres import change, copy, refused, refused_copy
from tests.properties import examples, undone

FULL = "booking_within_capacity"


def refusal(write, *args, **kwargs):
    """The name of the constraint by which something written through Django is refused."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write(*args, **kwargs)
    return caught.value.__cause__.diag.constraint_name


@pytest.fixture
def seats(db):
    return make_resource(make_space(), capacity=5)


@pytest.fixture
def full(seats):
    """Four of five seats taken from 11:00 to 13:00, and the fifth from 12:00 to 14:00."""
    make_booking(seats, starts="11:00", ends="13:00", seats=4)
    return make_booking(seats, starts="12:00", ends="14:00", seats=1)


def unsaved(resource, starts, ends, **fields):
    return Booking(
        resource=resource, starts_at=at(starts), ends_at=at(ends), basis=Booking.Basis.DROP_IN, price=800, **fields
    )


def test_booking_within_capacity_by_raw_insert(full):
    assert refused_copy(full, reference="NEXT") == FULL
    assert refused_copy(full, reference="NEXT", starts_at=at("12:59"), ends_at=at("23:00")) == FULL
    copy(full, reference="NEXT", starts_at=at("13:00"))


def test_booking_within_capacity_by_raw_update(full):
    assert refused(full, seats=2) == FULL
    change(full, starts_at=at("13:00"), seats=5)
    assert refused(full, starts_at=at("12:59")) == FULL


def test_booking_within_capacity_by_bulk_create(full, seats):
    rows = [unsaved(seats, "14:00", "15:00", seats=3) for _ in range(2)]

    assert refusal(Booking.objects.bulk_create, rows) == FULL
    assert Booking.objects.count() == 2


def test_booking_within_capacity_by_bulk_create_that_ignores_conflicts(full, seats):
    rows = [unsaved(seats, "12:00", "13:00")]

    assert refusal(Booking.objects.bulk_create, rows, ignore_conflicts=True) == FULL


@pytest.mark.parametrize(
    ("apart", "changes"),
    [
        ({}, {"seats": 2}),
        ({"starts": "13:00", "ends": "14:00"}, {"starts_at": at("12:30")}),
        ({"starts": "09:00", "ends": "11:00"}, {"ends_at": at("12:30")}),
        ({"cancelled_at": at("09:00"), "cancelled_by": "person"}, {"cancelled_at": None, "cancelled_by": ""}),
        ({"missed_at": at("12:30")}, {"missed_at": None}),
    ],
    ids=["seats", "starts_at", "ends_at", "cancelled_at", "missed_at"],
)
def test_booking_within_capacity_by_queryset_update(seats, apart, changes):
    make_booking(seats, starts="11:00", ends="13:00", seats=4)
    beside = make_booking(seats, **{"starts": "12:00", "ends": "13:00", **apart})
    if "seats" not in changes:
        make_booking(seats, starts="12:00", ends="13:00")

    assert refusal(Booking.objects.filter(pk=beside.pk).update, **changes) == FULL


def test_booking_within_capacity_by_queryset_update_of_the_resource(full, seats):
    elsewhere = make_booking(make_resource(seats.space, capacity=5), starts="11:00", ends="13:00", seats=2)

    assert refusal(Booking.objects.filter(pk=elsewhere.pk).update, resource_id=seats.pk) == FULL


def test_booking_within_capacity_by_bulk_update(full, seats):
    late = make_booking(seats, starts="18:00", ends="19:00")
    late.starts_at = at("12:00")

    assert refusal(Booking.objects.bulk_update, [late], ["starts_at"]) == FULL


def test_booking_within_capacity_by_save(full):
    full.seats = 2

    assert refusal(full.save) == FULL
    assert refusal(full.save, update_fields=["seats"]) == FULL


def test_group_larger_than_the_space_is_refused(seats):
    assert refusal(make_booking, seats, seats=6) == FULL
    assert make_booking(seats, seats=5).pk


def test_seats_that_follow_each_other_are_one_seat(seats):
    Resource.objects.update(capacity=1)

    for starts, ends in (("12:00", "13:00"), ("11:00", "12:00"), ("13:00", "14:00")):
        make_booking(seats, starts=starts, ends=ends)

    assert Booking.objects.count() == 3


def test_statement_that_swaps_two_bookings_is_judged_by_its_outcome(seats):
    one, other = make_booking(seats, seats=5), make_booking(make_resource(seats.space, capacity=5), seats=5)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bookings_booking SET resource_id = CASE id WHEN %s THEN %s ELSE %s END WHERE id IN (%s, %s)",
            [one.pk, other.resource_id, one.resource_id, one.pk, other.pk],
        )

    assert Booking.objects.get(pk=one.pk).resource_id == other.resource_id
    assert Booking.objects.get(pk=other.pk).resource_id == one.resource_id


def test_bookings_that_stand_or_fall_do_not_count_twice(full):
    change(full, cancelled_at=at("10:00"), cancelled_by="person")
    again = make_booking(full.resource, starts="12:00", ends="14:00")

    assert refused(full, cancelled_at=None, cancelled_by="") == FULL
    change(again, missed_at=at("12:30"))
    change(full, cancelled_at=None, cancelled_by="")


def test_other_columns_are_not_asked_about(full):
    Resource.objects.filter(pk=full.resource_id).update(capacity=5)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE spaces_resource SET capacity = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")

    Booking.objects.filter(pk=full.pk).update(name="somebody", checked_in_at=at("12:00"))

    assert refusal(Booking.objects.filter(pk=full.pk).update, seats=2) == FULL


@given(
    bookings=st.lists(
        st.tuples(st.integers(0, 11), st.integers(1, 8), st.integers(1, 4), st.booleans()), min_size=1, max_size=8
    )
)
@examples(40)
def test_database_takes_a_booking_if_and_only_if_its_seats_are_free_all_the_time(seats, bookings):
    taken = dict.fromkeys(range(24), 0)

    with undone():
        for start, length, count, is_live in bookings:
            hours = range(start, start + length)
            fits = max(taken[hour] for hour in hours) + count <= 5
            fields = {} if is_live else {"cancelled_at": at("00:00"), "cancelled_by": "space"}
            row = unsaved(seats, "00:00", "00:00", seats=count, **fields)
            row.starts_at += timedelta(hours=start)
            row.ends_at = row.starts_at + timedelta(hours=length)
            if fits or not is_live:
                row.save()
                taken.update({hour: taken[hour] + count * is_live for hour in hours})
            else:
                assert refusal(row.save) == FULL


class TestCapacity:
    """Capacity that is lowered or raised. The trigger asks the database's own clock what is still to come."""

    pytestmark = pytest.mark.real_time

    @pytest.fixture
    def soon(self):
        return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=30)

    def book(self, resource, starts_at, hours=2, **fields):
        fields = {"basis": "drop_in", "price": 800, **fields}
        return Booking.objects.create(
            resource=resource, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), **fields
        )

    def test_resource_capacity_covers_bookings(self, seats, soon):
        self.book(seats, soon, seats=2)
        self.book(seats, soon + timedelta(hours=1), seats=1)
        self.book(seats, soon + timedelta(days=400), seats=2)

        assert refused(seats, capacity=2) == "resource_capacity_covers_bookings"
        assert refusal(Resource.objects.update, capacity=2) == "resource_capacity_covers_bookings"
        change(seats, capacity=3)

    def test_booking_under_way_counts(self, seats):
        self.book(seats, timezone.now() - timedelta(hours=1), seats=3)

        assert refused(seats, capacity=2) == "resource_capacity_covers_bookings"

    def test_what_is_past_keeps_the_capacity_that_it_had(self, seats):
        yesterday = self.book(seats, timezone.now() - timedelta(days=1), seats=5)

        change(seats, capacity=1)

        yesterday.refresh_from_db()
        assert (yesterday.is_live, yesterday.is_exclusive) == (True, False)

    def test_cancelled_and_missed_bookings_do_not_count(self, seats, soon):
        self.book(seats, soon, seats=5, cancelled_at=soon, cancelled_by="space")
        self.book(seats, soon, seats=5, missed_at=soon)

        change(seats, capacity=1)

    def test_capacity_that_is_raised_gives_more_seats(self, seats, soon):
        self.book(seats, soon, seats=5)
        change(seats, capacity=6)

        self.book(seats, soon, seats=1)

    def test_one_seat_is_exclusive_and_two_are_not(self, seats, soon):
        change(seats, capacity=1)
        booking = self.book(seats, soon)
        assert Booking.objects.get().is_exclusive is True
        assert refused_copy(booking, reference="AGAIN") == "booking_room_taken_once"

        change(seats, capacity=2)
        assert Booking.objects.get().is_exclusive is False
        copy(booking, reference="AGAIN")
        assert refused(seats, capacity=1) == "resource_capacity_covers_bookings"

        Booking.objects.filter(reference="AGAIN").delete()
        change(seats, capacity=1)
        assert Booking.objects.get().is_exclusive is True
        assert refused_copy(booking, reference="AGAIN") == "booking_room_taken_once"

    def test_seats_that_become_a_room_are_no_longer_seats(self, seats, soon):
        person = make_user()
        change(seats, capacity=1)
        self.book(seats, soon, user=person, person=person.email)
        beside = self.book(make_room(seats.space), soon, user=person, person=person.email)

        change(seats, kind="meeting_room")
        assert set(Booking.objects.values_list("holds_seat", flat=True)) == {False}

        change(seats, kind="open_seats")
        assert refused(beside.resource, kind="open_seats") == "booking_person_in_one_seat"


def test_guard_can_be_taken_away_and_put_back(full):
    guard = import_module("bookings.migrations.0003_capacity_guard")
    [operation] = guard.Migration.operations
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(operation.reverse_sql)
    unguarded = make_booking(full.resource, starts="12:00", ends="14:00", reference="UNGUARDED")
    unguarded.delete()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(operation.sql)

    assert refused_copy(full, reference="NEXT") == FULL
