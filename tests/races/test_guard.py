"""The guard in the database, met by raw connections that know no rule (design rule 1)."""

import threading
from datetime import timedelta

import psycopg2
import pytest
from django.utils import timezone

from bookings.models import Booking
from spaces.models import Resource
from tests.factories import at, make_booking, make_resource, make_room, make_space
from tests.races.connections import Doing, deadlocks, raw, run, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time]

# The triggers ask the database's own clock what is past.
SOON = at("12:00", timezone.now().date() + timedelta(days=30))
INSERT = """
INSERT INTO bookings_booking (reference, resource_id, starts_at, ends_at, seats, name, basis, price, booked_at,
    check_out_estimated, cancelled_by, cancellation_fee, sequence, person, holds_seat, is_exclusive)
VALUES (%s, %s, %s, %s, %s, '', 'drop_in', 800, now(), false, '', 0, 0, %s, true, false)
"""
LOWER = "UPDATE spaces_resource SET capacity = %s WHERE id = %s"


def insert(conn, reference, resource, *, seats=1, person=None):
    run(conn, INSERT, reference, resource.pk, SOON, SOON + timedelta(hours=2), seats, person)


def references():
    """Who got something in the race."""
    return set(Booking.objects.filter(name="").values_list("reference", flat=True))


@pytest.fixture
def last_seat():
    """Open seats of which one is left."""
    seats = make_resource(make_space(), capacity=5)
    make_booking(seats, day=SOON.date(), starts="10:00", ends="18:00", seats=4, name="before")
    return seats


def test_second_taker_of_the_last_seat_waits_and_is_refused_by_the_guard(last_seat):
    with raw(2) as [first, second]:
        insert(first, "FIRST", last_seat)
        later = Doing(lambda: insert(second, "SECOND", last_seat))
        waits_for_a_lock(second)
        first.commit()
        error = later.settle()

    assert error.diag.constraint_name == "booking_within_capacity"
    assert error.diag.message_primary == f"Resource {last_seat.pk} has 5 seats, and they are taken."
    assert references() == {"FIRST"}


def test_second_taker_gets_the_last_seat_if_the_first_gives_up(last_seat):
    with raw(2) as [first, second]:
        insert(first, "FIRST", last_seat)
        later = Doing(lambda: insert(second, "SECOND", last_seat))
        waits_for_a_lock(second)
        first.rollback()
        later.result()
        second.commit()

    assert references() == {"SECOND"}


@pytest.mark.parametrize(
    ("before", "apart", "change"),
    [
        (2, {}, "seats = seats + 1"),
        (4, {"missed_at": SOON}, "missed_at = NULL"),
        (4, {"starts": "18:00", "ends": "19:00"}, "starts_at = starts_at - interval '1 hour'"),
        (4, {"starts": "08:00", "ends": "10:00"}, "ends_at = ends_at + interval '1 hour'"),
    ],
)
def test_two_bookings_that_change_to_take_the_last_seat_wait_for_each_other(before, apart, change):
    seats = make_resource(make_space(), capacity=5)
    make_booking(seats, day=SOON.date(), starts="10:00", ends="18:00", seats=before)
    fields = {"day": SOON.date(), "starts": "10:00", "ends": "18:00", **apart}
    one, other = make_booking(seats, **fields), make_booking(seats, **fields)
    update = f"UPDATE bookings_booking SET {change} WHERE id = %s"  # noqa: S608 - one of those above

    with raw(2) as [first, second]:
        run(first, update, one.pk)
        later = Doing(lambda: run(second, update, other.pk))
        waits_for_a_lock(second)
        first.commit()
        error = later.settle()

    assert error.diag.constraint_name == "booking_within_capacity"


def test_second_taker_of_a_room_waits_and_is_refused_by_the_exclusion_constraint():
    room = make_room(make_space())

    with raw(2) as [first, second]:
        insert(first, "FIRST", room)
        later = Doing(lambda: insert(second, "SECOND", room))
        waits_for_a_lock(second)
        first.commit()
        error = later.settle()

    assert error.diag.constraint_name == "booking_room_taken_once"
    assert references() == {"FIRST"}


def test_room_is_kept_by_the_exclusion_constraint_even_without_the_triggers():
    room = make_room(make_space())

    with raw(2) as [first, second]:
        for conn in (first, second):
            run(conn, "SET session_replication_role = replica")
        exclusive = INSERT.replace("%s, true, false)", "%s, false, true)")
        values = [room.pk, SOON, SOON + timedelta(hours=2), 1, None]
        run(first, exclusive, "FIRST", *values)
        later = Doing(lambda: run(second, exclusive, "SECOND", *values))
        waits_for_a_lock(second)
        first.commit()
        error = later.settle()

    assert error.diag.constraint_name == "booking_room_taken_once"
    assert references() == {"FIRST"}


def test_person_who_takes_a_second_seat_elsewhere_waits_before_writing_and_is_refused(last_seat):
    there = make_resource(make_space("elsewhere"))

    with raw(2) as [first, second]:
        insert(first, "FIRST", last_seat, person="someone@example.jp")
        later = Doing(lambda: insert(second, "SECOND", there, person="someone@example.jp"))
        # In the exclusion constraint itself, two who came at the same moment could wait for each other.
        waits_for_a_lock(second, kind="advisory")
        first.commit()
        error = later.settle()

    assert error.diag.constraint_name == "booking_person_in_one_seat"
    assert references() == {"FIRST"}


def test_one_person_at_two_resources_hundreds_of_times_never_deadlocks(last_seat):
    here, there = (make_resource(make_space(slug), capacity=500) for slug in ("here", "there"))
    before, barrier = deadlocks(), threading.Barrier(2)

    def takes(conn, resource):
        refusals = 0
        for turn in range(400):
            barrier.wait()
            try:
                insert(conn, f"{resource.pk}-{turn}", resource, person=f"{turn}@example.jp")
                conn.commit()
            except psycopg2.errors.ExclusionViolation:
                conn.rollback()
                refusals += 1
        return refusals

    with raw(2) as [first, second]:
        doing = [Doing(lambda: takes(first, here)), Doing(lambda: takes(second, there))]
        assert sum(one.result() for one in doing) == 400

    assert len(references()) == 400
    assert deadlocks() == before


def test_takers_of_two_resources_do_not_wait_for_each_other(last_seat):
    other = make_resource(make_space("elsewhere"), capacity=1)

    with raw(2) as [first, second]:
        insert(first, "FIRST", last_seat)
        Doing(lambda: insert(second, "SECOND", other)).result()
        second.commit()
        first.commit()

    assert references() == {"FIRST", "SECOND"}


def test_foreign_key_of_a_first_insert_does_not_deadlock_with_a_second(last_seat):
    before = deadlocks()
    Resource.objects.update(capacity=500)

    with raw(2) as [first, second]:
        for turn in range(20):
            insert(first, f"F{turn}", last_seat)
            later = Doing(lambda turn=turn: insert(second, f"S{turn}", last_seat))
            waits_for_a_lock(second)
            insert(first, f"G{turn}", last_seat)
            first.commit()
            later.result()
            second.commit()

    assert len(references()) == 60
    assert deadlocks() == before


def test_capacity_that_is_lowered_waits_for_who_takes_the_seat_and_is_refused(last_seat):
    with raw(2) as [taker, operator]:
        insert(taker, "FIRST", last_seat)
        later = Doing(lambda: run(operator, LOWER, 4, last_seat.pk))
        waits_for_a_lock(operator)
        taker.commit()
        error = later.settle()

    assert error.diag.constraint_name == "resource_capacity_covers_bookings"
    assert Resource.objects.get().capacity == 5


def test_taker_waits_for_a_capacity_that_is_lowered_and_is_refused(last_seat):
    with raw(2) as [taker, operator]:
        run(operator, LOWER, 4, last_seat.pk)
        later = Doing(lambda: insert(taker, "FIRST", last_seat))
        waits_for_a_lock(taker)
        operator.commit()
        error = later.settle()

    assert error.diag.constraint_name == "booking_within_capacity"
    assert references() == set()


def test_taker_sees_a_capacity_of_one_that_was_set_while_it_waited():
    seats = make_resource(make_space(), capacity=2)

    with raw(3) as [operator, taker, second]:
        run(operator, LOWER, 1, seats.pk)
        later = Doing(lambda: insert(taker, "FIRST", seats))
        waits_for_a_lock(taker)
        operator.commit()
        later.result()
        taker.commit()
        with pytest.raises(psycopg2.errors.ExclusionViolation) as refused:
            insert(second, "SECOND", seats)

    assert refused.value.diag.constraint_name == "booking_room_taken_once"
    assert Booking.objects.get().is_exclusive is True


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_old_snapshot_takes_no_seat_that_is_gone(last_seat, level):
    with raw(2) as [old, other]:
        old.set_session(isolation_level=level)
        run(old, "SELECT count(*) FROM bookings_booking")
        insert(other, "FIRST", last_seat)
        other.commit()
        with pytest.raises(psycopg2.errors.FeatureNotSupported) as refused:
            insert(old, "SECOND", last_seat)

    assert refused.value.diag.message_primary == (
        f"Bookings are written under READ COMMITTED: under {level} seats could not be counted."
    )
    assert references() == {"FIRST"}


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_old_snapshot_lowers_no_capacity_below_what_was_booked_since(last_seat, level):
    with raw(2) as [old, other]:
        old.set_session(isolation_level=level)
        run(old, "SELECT count(*) FROM bookings_booking")
        insert(other, "FIRST", last_seat)
        other.commit()
        with pytest.raises(psycopg2.errors.FeatureNotSupported):
            run(old, LOWER, 4, last_seat.pk)

    assert Resource.objects.get().capacity == 5


@pytest.mark.parametrize("level", ["READ COMMITTED", "READ UNCOMMITTED"])
def test_levels_that_see_what_is_committed_are_fine(last_seat, level):
    with raw() as [conn]:
        conn.set_session(isolation_level=level)
        insert(conn, "FIRST", last_seat)
        conn.commit()

    assert references() == {"FIRST"}
