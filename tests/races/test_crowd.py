"""Eight people at once, doing whatever comes to mind: nobody waits for ever, and what must hold holds."""

import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bookings import attendance
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from notices.models import Notice
from spaces.locks import lock_resources
from spaces.models import Closure, Resource, Space
from tests.factories import at, make_plan, make_resource, make_room, make_space, make_user, span
from tests.races.connections import at_once, deadlocks, outcomes

# The trigger that guards the capacity asks the database's own clock what is past: this must not be, for long.
DAY = date(2090, 11, 21)
NOW = at("08:00", DAY)
HOURS = ["10:00", "11:00", "12:00", "13:00", "14:00"]
ACTS_EACH = 60


class Somebody:
    """One of the crowd: a person, an operator and a guest in one."""

    def __init__(self, number, people, resources):
        self.dice = random.Random(number)
        self.people, self.resources = people, resources
        self.done = self.refused = 0

    def live_the_day(self):
        acts = [self.books] * 4 + [self.moves] * 3 + [self.cancels] * 2
        acts += [self.comes, self.is_missed, self.takes_back, self.changes_capacity, self.closes, self.swaps]
        for _ in range(ACTS_EACH):
            try:
                self.dice.choice(acts)()
                self.done += 1
            except (ValidationError, IntegrityError):
                self.refused += 1
        return self.done

    def some_booking(self):
        bookings = list(Booking.objects.select_related("resource__space"))
        return self.dice.choice(bookings) if bookings else None

    def some_time(self):
        first = self.dice.randrange(len(HOURS) - 1)
        last = self.dice.randrange(first + 1, len(HOURS))
        return span(HOURS[first], HOURS[last], DAY)

    def books(self):
        resource = self.dice.choice(self.resources)
        book(
            user=self.dice.choice(self.people),
            space=resource.space,
            resource_id=resource.pk,
            span=self.some_time(),
            seats=self.dice.choice([1, 1, 1, 2]) if resource.is_seats else 1,
            now=NOW,
        )

    def moves(self):
        if booking := self.some_booking():
            here = [one for one in self.resources if one.space_id == booking.resource.space_id]
            resource = self.dice.choice(here)
            move(booking=booking, resource_id=resource.pk, span=self.some_time(), seats=1, now=NOW)

    def cancels(self):
        if booking := self.some_booking():
            cancel(booking=booking, by=self.dice.choice(["person", "space"]), now=NOW)

    def comes(self):
        if booking := self.some_booking():
            attendance.check_in(booking=booking, now=NOW)
            if self.dice.random() < 0.5:
                attendance.check_out(booking=booking, now=NOW + timedelta(hours=1))

    def is_missed(self):
        if booking := self.some_booking():
            attendance.miss(booking=booking, now=booking.starts_at)

    def takes_back(self):
        if booking := self.some_booking():
            attendance.undo(booking=booking, now=booking.starts_at)

    def changes_capacity(self):
        seats = [one for one in self.resources if one.is_seats]
        Resource.objects.filter(pk=self.dice.choice(seats).pk).update(capacity=self.dice.randint(1, 4))

    def closes(self):
        space = self.dice.choice(self.resources).space
        with transaction.atomic():
            lock_resources(sorted(one.pk for one in self.resources if one.space_id == space.pk))
            Closure.objects.filter(space=space).delete()
            if self.dice.random() < 0.2:
                Closure.objects.create(space=space, starts_on=DAY + timedelta(days=1), ends_on=DAY + timedelta(days=1))

    def swaps(self):
        """Two bookings change places by moving in whatever order the dice say."""
        bookings = [one for one in (self.some_booking(), self.some_booking()) if one]
        for booking, resource in zip(bookings, [one.resource_id for one in reversed(bookings)], strict=True):
            move(booking=booking, resource_id=resource, span=self.some_time(), seats=1, by_operator=True, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_crowd_of_eight_keeps_the_rules_and_never_deadlocks():
    before = deadlocks()
    spaces = [make_space("here"), make_space("there")]
    resources = [make_resource(spaces[0], capacity=3), make_resource(spaces[1], capacity=2)]
    for seats in list(resources):
        make_plan(seats.space, seats)
    resources += [make_room(spaces[0]), make_room(spaces[0]), make_room(spaces[1])]
    people = [make_user(f"{number}@example.jp") for number in range(10)]
    crowd = [Somebody(number, people, resources) for number in range(8)]

    done, errors = outcomes(at_once(*[one.live_the_day for one in crowd]))

    assert errors == []
    assert sum(done) > 100
    assert deadlocks() == before
    assert_rows_are_in_order()


def assert_rows_are_in_order():
    """Rules 1 and 14, and what is told, from the rows alone."""
    live = [one for one in Booking.objects.select_related("resource") if not (one.cancelled_at or one.missed_at)]
    assert live
    for one in live:
        beside = [other for other in live if other.starts_at <= one.starts_at < other.ends_at]
        assert sum(other.seats for other in beside if other.resource_id == one.resource_id) <= one.resource.capacity
        if one.resource.is_seats:
            own = [other for other in beside if other.person == one.person and other.resource.is_seats]
            assert own == [one]
        assert (one.holds_seat, one.is_exclusive) == (one.resource.is_seats, one.resource.capacity == 1)
    for one in Booking.objects.all():
        told = Notice.objects.filter(subject_key=f"booking:{one.pk}").exclude(kind="booking.reminder")
        assert told.count() == one.sequence + 1
    assert {space.slug for space in Space.objects.all()} == {"here", "there"}
