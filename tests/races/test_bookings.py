"""People who act on the same seats, and the same booking, at the same moment."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings import attendance
from bookings.booking import book, locked_booking
from bookings.cancelling import cancel
from bookings.closing import cancel_misfits, lock_space
from bookings.models import Booking
from bookings.moving import move
from notices.models import Notice
from spaces.locks import lock_resources
from spaces.models import Resource
from spaces.refusing import codes
from tests.factories import (
    at,
    make_booking,
    make_closure,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
    span,
)
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]


@pytest.fixture
def space():
    return make_space()


@pytest.fixture
def rooms(space):
    return [make_room(space) for _ in range(3)]


def takes(user, resource, now, starts="11:00", ends="13:00", **asked):
    def act():
        return book(user=user, space=resource.space, resource_id=resource.pk, span=span(starts, ends), now=now, **asked)

    return act


def moves(booking, resource, now, starts="11:00", ends="13:00"):
    def act():
        return move(booking=booking, resource_id=resource.pk, span=span(starts, ends), seats=1, now=now)

    return act


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def test_sixty_people_want_twenty_five_seats(space, now):
    seats = make_resource(space, capacity=25)
    make_plan(space, seats)
    people = [make_user(f"{number}@example.jp") for number in range(60)]

    booked, refused = outcomes(at_once(*[takes(person, seats, now) for person in people]))

    assert (len(booked), said(refused)) == (25, [{"full"}] * 35)
    assert Booking.objects.live().count() == 25
    assert Notice.objects.filter(kind="booking.confirmed").count() == 25


def test_groups_never_take_more_seats_than_there_are(space, now):
    seats = make_resource(space, capacity=10)
    make_plan(space, seats)
    people = [make_user(f"{number}@example.jp") for number in range(16)]

    booked, refused = outcomes(at_once(*[takes(person, seats, now, seats=3) for person in people]))

    assert (len(booked), said(refused)) == (3, [{"full"}] * 13)


def test_twelve_people_want_one_room(rooms, now):
    people = [make_user(f"{number}@example.jp") for number in range(12)]

    booked, refused = outcomes(at_once(*[takes(person, rooms[0], now) for person in people]))

    assert (len(booked), said(refused)) == (1, [{"taken"}] * 11)


def test_person_who_books_at_two_spaces_at_once_gets_one_seat(space, now):
    here, there = make_resource(space), make_resource(make_space("elsewhere"))
    for seats in (here, there):
        make_plan(seats.space, seats)
    person = make_user()

    booked, refused = outcomes(at_once(takes(person, here, now), takes(person, there, now, "12:00", "14:00")))

    assert (len(booked), said(refused)) == (1, [{"overlaps_own"}])


def test_two_bookings_that_swap_rooms_do_not_deadlock(rooms, now):
    first, second = (
        make_booking(rooms[0], user=make_user("1@example.jp")),
        make_booking(rooms[1], starts="14:00", ends="16:00"),
    )

    moved, refused = outcomes(at_once(moves(first, rooms[1], now), moves(second, rooms[0], now, "14:00", "16:00")))

    assert (len(moved), said(refused)) == (2, [])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.resource, second.resource) == (rooms[1], rooms[0])


def test_two_bookings_that_want_each_others_time_are_both_refused(rooms, now):
    first, second = make_booking(rooms[0]), make_booking(rooms[1])

    moved, refused = outcomes(at_once(moves(first, rooms[1], now), moves(second, rooms[0], now)))

    assert (moved, said(refused)) == ([], [{"taken"}, {"taken"}])


def test_booking_that_is_cancelled_and_moved_at_once_ends_as_one_of_them_says(rooms, now):
    for turn in range(8):
        booking = make_booking(rooms[0], user=make_user(f"{turn}@example.jp"))

        doing = at_once(lambda b=booking: cancel(booking=b, by="person", now=now), moves(booking, rooms[1], now))

        done, refused = outcomes(doing)
        booking.refresh_from_db()
        assert booking.cancelled_at == now
        assert booking.sequence == len(done)
        assert said(refused) in ([], [{"not_live"}])


def test_cancelling_waits_for_a_move_and_cancels_what_was_moved(rooms, now):
    booking = make_booking(rooms[0], user=make_user())

    with transaction.atomic():
        moves(booking, rooms[1], now)()
        cancelling = Doing(lambda: cancel(booking=booking, by="person", now=now))
        waits_for_a_lock()

    cancelled = cancelling.result()
    assert (cancelled.resource, cancelled.cancelled_at, cancelled.sequence) == (rooms[1], now, 2)
    booking.refresh_from_db()
    assert (booking.resource, booking.cancelled_at) == (rooms[1], now)


def test_move_waits_for_a_cancelling_and_is_refused(rooms, now):
    booking = make_booking(rooms[0], user=make_user())

    with transaction.atomic():
        cancel(booking=booking, by="person", now=now)
        moving = Doing(moves(booking, rooms[1], now))
        waits_for_a_lock()

    assert said([moving.settle()]) == [{"not_live"}]
    booking.refresh_from_db()
    assert booking.resource == rooms[0]


def test_second_move_waits_for_the_first_and_starts_from_there(rooms, now):
    booking = make_booking(rooms[0], user=make_user())

    with transaction.atomic():
        moves(booking, rooms[1], now)()
        second = Doing(moves(booking, rooms[2], now))
        waits_for_a_lock()

    assert (second.result().resource, second.result().sequence) == (rooms[2], 2)


def test_door_waits_for_a_move_and_checks_in_what_was_moved(rooms, now):
    booking = make_booking(rooms[0], user=make_user())

    with transaction.atomic():
        moves(booking, rooms[1], now)()
        checking_in = Doing(lambda: attendance.check_in(booking=booking, now=now))
        waits_for_a_lock()

    assert checking_in.result().resource == rooms[1]


def test_guest_who_is_checked_in_twice_at_once_is_in_once(rooms, now):
    booking = make_booking(rooms[0], user=make_user())

    done, refused = outcomes(at_once(*[lambda: attendance.check_in(booking=booking, now=now)] * 4))

    assert (len(done), said(refused)) == (1, [{"checked_in"}] * 3)


def test_guest_is_checked_in_or_missed_but_not_both(rooms):
    booking = make_booking(rooms[0], user=make_user())
    later = at("11:30")

    done, refused = outcomes(
        at_once(
            lambda: attendance.check_in(booking=booking, now=later),
            lambda: attendance.miss(booking=booking, now=later),
        )
    )

    assert len(done) == 1
    assert said(refused) in ([{"checked_in"}], [{"missed"}])


def test_taking_a_miss_back_waits_for_who_takes_the_seat_and_is_refused(rooms, now):
    missed = make_booking(rooms[0], user=make_user(), missed_at=at("11:10"))

    with transaction.atomic():
        takes(make_user("next@example.jp"), rooms[0], now)()
        undoing = Doing(lambda: attendance.undo(booking=missed, now=now))
        waits_for_a_lock()

    assert said([undoing.settle()]) == [{"taken"}]


def test_seat_that_is_cancelled_at_once_goes_to_who_asks_next(rooms, now):
    booking = make_booking(rooms[0], user=make_user())
    cancel(booking=booking, by="person", now=now)

    booked, refused = outcomes(
        at_once(*[takes(make_user(f"{number}@example.jp"), rooms[0], now) for number in range(6)])
    )

    assert (len(booked), said(refused)) == (1, [{"taken"}] * 5)


def test_booking_waits_for_a_closure_that_is_being_added_and_is_refused(rooms, now):
    booked = takes(make_user(), rooms[0], now)

    with transaction.atomic():
        lock_resources([room.pk for room in rooms])
        make_closure(rooms[0].space)
        booking = Doing(booked)
        waits_for_a_lock()

    assert said([booking.settle()]) == [{"closed"}]


def test_who_adds_a_closure_waits_for_a_booking_and_sees_it(rooms, now):
    def close():
        with transaction.atomic():
            lock_resources([room.pk for room in rooms])
            return list(Booking.objects.live().filter(resource__in=rooms))

    with transaction.atomic():
        booking = takes(make_user(), rooms[0], now)()
        closing = Doing(close)
        waits_for_a_lock()

    assert closing.result() == [booking]


def test_booking_waits_for_a_room_that_is_being_retired_and_is_refused(rooms, now):
    with transaction.atomic():
        lock_resources([rooms[0].pk])
        Resource.objects.filter(pk=rooms[0].pk).update(retired_on=date(2026, 11, 24))
        booking = Doing(takes(make_user(), rooms[0], now))
        waits_for_a_lock()

    assert said([booking.settle()]) == [{"no_such_resource"}]


def test_one_bookings_row_is_read_while_another_is_booked(rooms, now):
    with transaction.atomic():
        lock_resources([rooms[0].pk])
        reading = Doing(lambda: (Resource.objects.count(), list(Booking.objects.all())))

        assert reading.result() == (3, [])


def test_operator_who_closes_cancels_the_booking_that_was_just_made(rooms, now):
    space = rooms[0].space

    def close():
        with transaction.atomic():
            lock_space(space)
            make_closure(space)
            return cancel_misfits(space, now=now)

    with transaction.atomic():
        booking = takes(make_user(), rooms[0], now)()
        closing = Doing(close)
        waits_for_a_lock()

    assert closing.result() == 1
    booking.refresh_from_db()
    assert booking.cancelled_by == "space"


def test_closing_and_booking_at_once_leave_no_booking_on_a_closed_day(rooms, now):
    space = rooms[0].space

    def close():
        with transaction.atomic():
            lock_space(space)
            make_closure(space)
            return cancel_misfits(space, now=now)

    people = [make_user(f"{number}@example.jp") for number in range(9)]

    doing = at_once(close, *[takes(person, rooms[turn % 3], now) for turn, person in enumerate(people)])

    _, refused = outcomes(doing)
    assert set().union(*said(refused)) <= {"closed", "taken"}
    assert doing[0].error is None
    assert not Booking.objects.live().exists()


def test_taking_a_miss_back_waits_for_the_room_before_it_touches_the_booking(rooms):
    missed = make_booking(rooms[0], user=make_user(), missed_at=at("11:10"))

    with transaction.atomic():
        lock_resources([rooms[0].pk])
        undoing = Doing(lambda: attendance.undo(booking=missed, now=at("11:20")))
        waits_for_a_lock()
        # Who moves holds the room as well by now, and asks for the booking next.
        locked_booking(missed)

    assert undoing.result().missed_at is None
