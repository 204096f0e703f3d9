"""Whatever people, operators and spaces do one after the other, what must always hold does hold.

Design rules 1, 2 and 14, worked out plainly from the rows after each act: seats wherever a booking starts, and people
by pairs; and what is drawn on a plan or a first visit.
"""

from datetime import date, datetime, time, timedelta
from itertools import combinations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bookings import attendance
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.holding import hold, move_hold, release
from bookings.models import Booking, FirstVisit
from bookings.moving import move
from notices.models import Notice
from spaces.calendar import Span
from spaces.house import day_of, houses
from spaces.models import Closure, Resource, Space
from spaces.refusing import codes
from tests.factories import (
    JAPAN,
    make_closure,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
)
from tests.properties import examples

# The trigger that guards the capacity asks the database's own clock what is past: this must not be, for long.
FIRST = date(2090, 11, 21)
DAYS = [FIRST + timedelta(days=ahead) for ahead in range(3)]
starts = st.builds(
    lambda day, hour, half: datetime.combine(day, time(hour, half), JAPAN),
    st.sampled_from(DAYS),
    st.integers(9, 20),
    st.sampled_from([0, 30]),
)
lengths = st.sampled_from([30, 60, 120, 120, 240]).map(lambda minutes: timedelta(minutes=minutes))
one_of_few = st.integers(0, 11)
# Minutes of rooms in a month, in which all of DAYS lie.
INCLUDED = 150


class Neighbourhood(RuleBasedStateMachine):
    """Two spaces, four people, and everything that they may do, as the clock goes on."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.now = datetime.combine(FIRST, time(8), JAPAN)

    @initialize()
    def open_doors(self):
        here, there = make_space("here"), make_space("there", notice_minutes=30)
        for space in (here, there):
            seats = make_resource(space, capacity=2)
            make_plan(space, seats)
            is_free = space == here
            make_plan(space, seats, kind="mini_drop_in", minutes=120, price=500, first_visit_free=is_free)
        make_room(here, price_per_hour=600)
        make_room(here, price_per_hour=600)
        self.people = [make_user(f"{number}@example.jp") for number in range(4)]
        for person in self.people[:2]:
            make_membership(person, make_plan(here, kind="monthly", room_minutes=INCLUDED), starts_on=FIRST)

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def resource(self, number):
        resources = list(Resource.objects.order_by("pk"))
        return resources[number % len(resources)]

    def booking(self, number):
        bookings = list(Booking.objects.order_by("pk"))
        return bookings[number % len(bookings)] if bookings else None

    def held(self, number):
        held = list(Booking.objects.filter(basis="hold").order_by("pk"))
        return held[number % len(held)] if held else None

    def tries(self, act, **asked):
        """Do something, or be refused; what is booked or moved by it keeps to the hours."""
        before = set(Booking.objects.values_list("pk", "starts_at", "sequence"))
        refused = None
        try:
            act(**asked)
        except ValidationError as error:
            refused = codes(error)
            note(f"refused: {refused}")
        changed = set(Booking.objects.values_list("pk", "starts_at", "sequence")) - before
        if act in (book, move):
            assert len(changed) == (0 if refused else 1)
            for pk, *_ in changed:
                self.obeys_the_hours(Booking.objects.get(pk=pk))

    def obeys_the_hours(self, booking):
        """Rule 2 at the moment of booking; hours and closures that change later are another matter."""
        space = booking.resource.space
        [house] = houses(Space.objects.filter(pk=space.pk), today=space.today(self.now))
        day = day_of(house.calendar, booking.starts_at)
        closure = Closure.objects.filter(space=space, starts_on=day).first()
        assert closure is None or closure.closes is not None
        local = [moment.astimezone(JAPAN) for moment in (booking.starts_at, booking.ends_at)]
        assert f"{local[0]:%H:%M}" >= "10:00"
        assert f"{local[1]:%H:%M}" <= ("16:00" if closure else "20:00")
        assert local[0].date() == local[1].date() == day
        assert {moment.minute % booking.resource.step_minutes for moment in local} == {0}
        assert booking.starts_at >= self.now + timedelta(minutes=space.notice_minutes)
        assert day <= self.now.date() + timedelta(days=space.horizon_days)

    @rule(who=one_of_few, what=one_of_few, starts_at=starts, length=lengths, seats=st.sampled_from([1, 1, 1, 2]))
    def somebody_books(self, who, what, starts_at, length, seats):
        resource = self.resource(what)
        self.tries(
            book,
            user=self.people[who % 4],
            space=resource.space,
            resource_id=resource.pk,
            span=Span(starts_at, starts_at + length),
            seats=seats,
            now=self.now,
        )

    @rule(which=one_of_few, what=one_of_few, starts_at=starts, length=lengths, by_operator=st.booleans())
    def somebody_moves(self, which, what, starts_at, length, by_operator):
        if booking := self.booking(which):
            self.tries(
                move,
                booking=booking,
                resource_id=self.resource(what).pk,
                span=Span(starts_at, starts_at + length),
                seats=booking.seats,
                by_operator=by_operator,
                now=self.now,
            )

    @rule(which=one_of_few, by=st.sampled_from(["person", "space"]))
    def somebody_cancels(self, which, by):
        if booking := self.booking(which):
            self.tries(cancel, booking=booking, by=by, now=self.now)

    @rule(which=one_of_few, act=st.sampled_from([attendance.check_in, attendance.check_out, attendance.miss]))
    def somebody_is_at_the_door(self, which, act):
        if booking := self.booking(which):
            self.tries(act, booking=booking, now=self.now)

    @rule(what=one_of_few, starts_at=starts, length=lengths, seats=st.sampled_from([None, 1, 2]))
    def event_holds(self, what, starts_at, length, seats):
        span = Span(starts_at, starts_at + length)
        self.tries(hold, resource=self.resource(what), span=span, seats=seats, name="Jelly", now=self.now)

    @rule(which=one_of_few, what=one_of_few, starts_at=starts, length=lengths, seats=st.sampled_from([None, 1, 2]))
    def event_moves_what_it_holds(self, which, what, starts_at, length, seats):
        if held := self.held(which):
            wanted = {"resource": self.resource(what), "span": Span(starts_at, starts_at + length), "seats": seats}
            self.tries(move_hold, booking=held, **wanted, name="Jelly", now=self.now)

    @rule(which=one_of_few)
    def event_gives_back_what_it_holds(self, which):
        if held := self.held(which):
            self.tries(release, booking=held, now=self.now)

    @rule(which=one_of_few)
    def operator_takes_a_note_back(self, which):
        if booking := self.booking(which):
            self.tries(attendance.undo, booking=booking, now=self.now)

    @rule(what=one_of_few, capacity=st.integers(1, 4))
    def operator_changes_the_capacity(self, what, capacity):
        resource = self.resource(what)
        if resource.is_seats:
            try:
                with transaction.atomic():
                    Resource.objects.filter(pk=resource.pk).update(capacity=capacity)
            except IntegrityError as error:
                assert "booked already" in str(error)  # noqa: PT017 - most of the time nothing is raised

    @rule(what=one_of_few, day=st.sampled_from(DAYS), early=st.booleans())
    def space_closes(self, what, day, early):
        space = self.resource(what).space
        if not Closure.objects.filter(space=space, starts_on=day).exists():
            make_closure(space, day, **({"opens": time(10), "closes": time(16)} if early else {}))

    @rule(hours=st.integers(1, 5))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)
        attendance.close_forgotten_check_outs(now=self.now)

    @invariant()
    def no_resource_gives_more_seats_than_it_has(self):
        for resource in Resource.objects.all():
            live = [one for one in resource.bookings.all() if one.cancelled_at is None and one.missed_at is None]
            for one in live:
                moment = one.starts_at
                taken = sum(other.seats for other in live if other.starts_at <= moment < other.ends_at)
                assert taken <= resource.capacity, f"{taken} of {resource.capacity}"
            assert {one.is_exclusive for one in live if one.ends_at > self.now} <= {resource.capacity == 1}

    @invariant()
    def nobody_has_two_seats_at_a_time(self):
        live = Booking.objects.filter(
            cancelled_at=None, missed_at=None, resource__kind="open_seats", person__isnull=False
        )
        for one, other in combinations(live, 2):
            assert one.person != other.person or one.ends_at <= other.starts_at or other.ends_at <= one.starts_at

    @invariant()
    def every_moment_of_a_booking_is_in_order(self):
        for one in Booking.objects.all():
            assert one.starts_at < one.ends_at
            assert not (one.checked_in_at and (one.cancelled_at or one.missed_at))
            assert one.checked_out_at is None or one.checked_in_at <= one.checked_out_at <= max(self.now, one.ends_at)
            assert bool(one.cancelled_at) == bool(one.cancelled_by)
            assert one.is_live == (one in Booking.objects.live())

    @invariant()
    def first_visit_is_used_once_and_by_what_was_not_given_back(self):
        free = Booking.objects.drawn().filter(basis="first_visit")
        assert sorted(FirstVisit.objects.values_list("booking", flat=True)) == sorted(one.pk for one in free)
        assert len({(one.person, one.resource.space_id) for one in free}) == len(free)
        assert {one.price for one in free} <= {0}

    @invariant()
    def plan_gives_no_more_hours_than_it_includes(self):
        for person in self.people:
            drawn = Booking.objects.drawn().filter(membership__user=person)
            assert sum(one.plan_minutes for one in drawn) <= INCLUDED
            for one in drawn:
                minutes = (one.ends_at - one.starts_at) // timedelta(minutes=1)
                assert one.price == 600 * (minutes - one.plan_minutes) // 60

    @invariant()
    def what_is_held_is_nobodys(self):
        for one in Booking.objects.filter(basis="hold"):
            assert (one.user, one.person, one.price, one.checked_in_at, one.missed_at) == (None, None, 0, None, None)
            assert not Notice.objects.filter(subject_key=f"booking:{one.pk}").exists()

    @invariant()
    def every_change_was_told(self):
        for one in Booking.objects.exclude(basis="hold"):
            told = Notice.objects.filter(subject_key=f"booking:{one.pk}").exclude(kind="booking.reminder")
            assert told.count() == one.sequence + 1


def test_any_sequence_of_acts_keeps_what_must_hold(db):
    run_state_machine_as_test(Neighbourhood, settings=examples(15, stateful_step_count=30))
