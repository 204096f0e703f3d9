"""Events that hold seats while people book them, at the same moment."""

import pytest
from django.db import transaction

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.closing import cancel_misfits
from bookings.holding import hold, move_hold, release
from bookings.models import Booking
from bookings.moving import move
from spaces.models import Resource
from spaces.refusing import codes
from tests.factories import make_booking, make_closure, make_plan, make_resource, make_room, make_space, make_user, span
from tests.races.connections import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

AFTERNOON = span("13:00", "17:00")


@pytest.fixture
def seats():
    resource = make_resource(make_space(), capacity=10)
    make_plan(resource.space, resource)
    return resource


def books(resource, number, now):
    user = make_user(f"{number}@example.jp")
    return lambda: book(user=user, space=resource.space, resource_id=resource.pk, span=AFTERNOON, now=now)


def holds(resource, seats, now):
    return lambda: hold(resource=resource, span=AFTERNOON, seats=seats, name="Jelly", now=now)


def taken(resource: Resource) -> int:
    """The seats that are taken in the afternoon."""
    live = Booking.objects.live().overlapping(AFTERNOON.starts_at, AFTERNOON.ends_at)
    return sum(live.filter(resource=resource).values_list("seats", flat=True))


def test_an_event_holds_seats_while_people_book_them(seats, now):
    booked, refused = outcomes(at_once(holds(seats, 6, now), *[books(seats, number, now) for number in range(20)]))

    is_held = Booking.objects.live().filter(basis="hold").exists()
    assert taken(seats) == 10
    assert len(booked) == (5 if is_held else 10)
    said = [codes(error) for error in refused]
    assert sorted(said, key=str).count({"displaces"}) == (0 if is_held else 1)
    assert said.count({"full"}) == (16 if is_held else 10)


def test_two_events_want_the_same_room(now):
    room = make_room(make_space())

    held, refused = outcomes(at_once(*[holds(room, None, now) for _ in range(6)]))

    assert len(held) == 1
    assert [codes(error) for error in refused] == [{"displaces"}] * 5


def test_two_events_change_rooms_without_waiting_for_each_other(now):
    space = make_space()
    rooms = [make_room(space) for _ in range(3)]
    held = [holds(room, None, now)() for room in rooms]

    def moves(booking, resource):
        return lambda: move_hold(booking=booking, resource=resource, span=AFTERNOON, seats=None, name="Jelly", now=now)

    turned = zip(held, [*rooms[1:], rooms[0]], strict=True)
    _moved, refused = outcomes(at_once(*[moves(booking, room) for booking, room in turned]))

    assert {frozenset(codes(error)) for error in refused} <= {frozenset({"displaces"})}
    assert [room.bookings.live().count() for room in rooms] == [1, 1, 1]


def test_a_hold_grows_while_somebody_moves_into_its_way(seats, now):
    held = holds(seats, 5, now)()
    guest = make_booking(seats, user=make_user("guest@example.jp"), starts="10:00", ends="12:00", seats=5)

    def grows():
        return move_hold(booking=held, resource=seats, span=AFTERNOON, seats=None, name="Jelly", now=now)

    def comes():
        return move(booking=guest, resource_id=seats.pk, span=AFTERNOON, seats=5, by_operator=True, now=now)

    done, refused = outcomes(at_once(grows, comes))

    assert len(done) == 1
    assert {frozenset(codes(error)) for error in refused} <= {frozenset({"displaces"}), frozenset({"full"})}
    assert taken(seats) == 10


def test_a_hold_is_given_back_once_whoever_does_it(seats, now):
    held = holds(seats, 5, now)()
    make_closure(seats.space)

    def closes():
        with transaction.atomic():
            return cancel_misfits(seats.space, now=now)

    _done, refused = outcomes(
        at_once(
            *[lambda: release(booking=held, now=now) for _ in range(3)],
            closes,
            lambda: cancel(booking=held, by="space", now=now),
        )
    )

    assert {frozenset(codes(error)) for error in refused} <= {frozenset({"not_live"})}
    held.refresh_from_db()
    assert (held.is_live, held.sequence) == (False, 1)
