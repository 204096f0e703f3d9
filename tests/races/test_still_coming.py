"""Answers to one reminder at the same moment, and one against the door: each act has a connection of its own."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings.attendance import check_in
from bookings.booking import locked_booking
from bookings.coming_links import asked_of, coming_token
from bookings.models import Booking
from bookings.still_coming import free, keep
from events import links, still_coming
from events.locks import locked_venue
from events.models import Rsvp
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import NOW
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import at, make_booking, make_resource, make_space, make_user
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

WEDNESDAY = date(2026, 11, 25)
ROUNDS = 5
SEATS = 20


@pytest.fixture
def seats():
    return make_resource(make_space(), capacity=SEATS)


def booked(seats, number=0) -> Booking:
    return make_booking(seats, day=WEDNESDAY, user=make_user(f"{number:03}@example.jp"))


def asked(booking):
    """What the link of a reminder is about, as another process reads it."""
    return asked_of(coming_token(booking))


def frees(booking, moment=NOW):
    about = asked(booking)
    return lambda: free(asked=about, knows_it_is_late=True, now=moment)


def keeps(booking, moment=NOW):
    about = asked(booking)
    return lambda: keep(asked=about, now=moment)


def refusals(errors):
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return errors


def test_kept_and_freed_at_once_it_is_freed_and_nothing_else_goes_wrong(seats):
    for number in range(ROUNDS):
        booking = booked(seats, number)
        _done, failed = outcomes(at_once(keeps(booking), frees(booking)))

        booking.refresh_from_db()
        assert (booking.cancelled_by, booking.sequence) == ("person", 1)
        # Kept before, or too late to be kept.
        assert len(refusals(failed)) == (booking.coming_at is None)


def test_freed_by_ten_presses_at_once_it_is_cancelled_once(seats):
    booking = booked(seats)

    done, failed = outcomes(at_once(*(frees(booking) for _ in range(10))))

    booking.refresh_from_db()
    assert (len(done), refusals(failed)) == (10, [])
    assert booking.sequence == 1
    assert Notice.objects.filter(kind="booking.cancelled").count() == 1


def test_freed_while_the_door_checks_in_it_is_one_or_the_other(seats):
    early = at("10:50", WEDNESDAY)
    for number in range(ROUNDS):
        booking = booked(seats, number)
        done, failed = outcomes(
            at_once(frees(booking, early), lambda one=booking: check_in(booking=one, now=early)),
        )

        booking.refresh_from_db()
        assert (len(done), len(refusals(failed))) == (1, 1)
        assert (booking.checked_in_at is None) != (booking.cancelled_at is None)


def test_who_was_checked_in_while_the_press_waited_is_not_cancelled(seats):
    booking, early = booked(seats), at("10:50", WEDNESDAY)
    press = frees(booking, early)
    with transaction.atomic():
        locked_booking(booking)
        doing = Doing(press)
        waits_for_a_lock()
        check_in(booking=booking, now=early)

    assert isinstance(doing.settle(), ValidationError)
    booking.refresh_from_db()
    assert (booking.is_live, booking.checked_in_at) == (True, early)


def test_press_that_waited_while_the_booking_moved_is_not_taken(seats):
    booking = booked(seats)
    presses = keeps(booking), frees(booking)
    with transaction.atomic():
        locked_booking(booking)
        doing = [Doing(press) for press in presses]
        waits_for_a_lock()
        Booking.objects.filter(pk=booking.pk).update(sequence=1)

    assert [codes(one.settle()) for one in doing] == [{"changed_meanwhile"}] * 2
    booking.refresh_from_db()
    assert (booking.is_live, booking.coming_at) == (True, None)


@pytest.fixture
def venue(seats):
    return make_venue(make_event(seats.space), seats.space, capacity=1)


def waits(venue, number) -> Rsvp:
    user = make_user(f"waits{number}@example.jp")
    return make_rsvp(venue, user, going_at=None, queued_at=at(f"09:{number:02}"))


def frees_place(rsvp):
    about = links.asked_of(links.coming_token(rsvp))
    return lambda: still_coming.free(asked=about, now=NOW)


def test_place_that_is_freed_by_ten_presses_goes_to_exactly_one(venue):
    rsvp = make_rsvp(venue, make_user("goes@example.jp"))
    line = [waits(venue, number) for number in range(3)]

    done, failed = outcomes(at_once(*(frees_place(rsvp) for _ in range(10))))

    assert (len(done), refusals(failed)) == (10, [])
    assert [one.is_going for one in Rsvp.objects.filter(pk__in=[one.pk for one in line]).order_by("pk")] == [
        True,
        False,
        False,
    ]
    assert Notice.objects.filter(kind="event.moved_up").count() == 1


def test_place_that_is_kept_and_freed_at_once_goes_to_exactly_one(venue):
    rsvp = make_rsvp(venue, make_user("goes@example.jp"))
    waits(venue, 1)
    about = links.asked_of(links.coming_token(rsvp))

    _done, failed = outcomes(at_once(frees_place(rsvp), lambda: still_coming.keep(asked=about, now=NOW)))

    rsvp.refresh_from_db()
    assert len(refusals(failed)) == (rsvp.coming_at is None)
    assert not rsvp.is_live
    assert Rsvp.objects.going().count() == 1


def test_answer_that_waited_while_the_event_moved_is_not_taken(venue):
    rsvp = make_rsvp(venue, make_user("goes@example.jp"))
    press = frees_place(rsvp)
    with transaction.atomic():
        locked_venue(venue.pk)
        doing = Doing(press)
        waits_for_a_lock()
        event = rsvp.event
        event.sequence += 1
        event.save(update_fields=["sequence"])

    assert isinstance(doing.settle(), ValidationError)
    rsvp.refresh_from_db()
    assert rsvp.is_live
