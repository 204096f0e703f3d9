"""Hypothesis strategies for whole federations: spaces with any hours and rules, and people who sit there already."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from hypothesis import strategies as st

from bookings.models import Booking
from members.models import AgreedPlan, Membership, Pause, User
from spaces.calendar import DAY, Span, days
from spaces.house import House, houses
from spaces.models import Resource, Space
from tests.factories import keep_hours, make_membership, make_plan, make_resource, make_room, make_space
from tests.spaces.hours import CLOCK_CHANGES, orderly_calendars

MINUTE = timedelta(minutes=1)
HALF_HOUR = 30 * MINUTE


@dataclass
class World:
    """Three spaces around a day, at a moment."""

    houses: list[House]
    day: date
    now: datetime

    def spans(self, house: House) -> list[Span]:
        """When a house is open on the day and on the two after it."""
        return [span for each in days(self.day, self.day + 2 * DAY) for span in house.calendar.spans_on(each)]


def found(slugs: list[str], member: User) -> None:
    """Three spaces with seats and a room each; the last sells no drop-in, and `member` holds its plan.

    At the first a first visit is free, at the second it is not, and at the third the room is the plan's by the hour.
    """
    for slug in slugs:
        space = make_space(slug)
        seats = make_resource(space)
        make_room(space)
        if slug == slugs[-1]:
            make_membership(member, make_plan(space, seats, kind="monthly", price=9700))
        else:
            make_plan(space, seats)
            is_free = slug == slugs[0]
            make_plan(space, seats, kind="mini_drop_in", minutes=120, price=500, first_visit_free=is_free)


def draw_world(draw: st.DrawFn, *people: User) -> World:
    """The spaces with other hours, rules, capacities and bookings; to be undone."""
    zone, day = draw(st.sampled_from(CLOCK_CHANGES))
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    now = midnight + draw(st.integers(-10, 14) | st.just(9)) * timedelta(hours=1) + draw(st.integers(0, 59)) * MINUTE
    for space in Space.objects.all():
        space.notice_minutes = draw(st.sampled_from([0, 0, 0, 50]))
        space.horizon_days = draw(st.sampled_from([60, 60, 1, 2]))
        space.max_upcoming_bookings = draw(st.sampled_from([None, None, 1, 3]))
        space.max_hours_a_week = draw(st.sampled_from([None, None, 4, 12]))
        keep_hours(space, draw(orderly_calendars(zone, day)))
        space.resources.filter(kind="open_seats").update(
            capacity=draw(st.integers(1, 3)),
            step_minutes=draw(st.sampled_from([15, 30, 60])),
            retired_on=draw(st.sampled_from([None, None, None, day + timedelta(days=1)])),
        )
        space.resources.filter(kind="meeting_room").update(members_only=draw(st.booleans()))
    AgreedPlan.objects.update(room_minutes=draw(st.sampled_from([0, 45, 90, 600])))
    if draw(st.sampled_from([False, False, True])):
        rests_on = day + draw(st.integers(-1, 2)) * DAY
        Pause.objects.create(membership=Membership.objects.get(), starts_on=rests_on, ends_on=rests_on)
    world = World(houses(Space.objects.all(), today=now.astimezone(zone).date()), day, now)
    for house in world.houses:
        spans = world.spans(house)
        if not spans or not house.resources:
            continue
        taken = st.tuples(
            st.sampled_from(house.resources),
            st.sampled_from(spans),
            st.integers(0, 16),
            st.integers(1, 16),
            st.integers(1, 2),
            st.sampled_from(people),
        )
        for resource, span, start, length, seats, person in draw(st.lists(taken, max_size=6)):
            begins = span.starts_at + start * HALF_HOUR
            _take(resource, Span(begins, begins + length * HALF_HOUR), seats, person)
    return world


def _take(resource: Resource, taken: Span, seats: int, person: User) -> None:
    try:
        with transaction.atomic():
            Booking.objects.create(
                resource=resource,
                user=person,
                person=person.email,
                starts_at=taken.starts_at,
                ends_at=taken.ends_at,
                seats=seats if resource.is_seats else 1,
                basis=Booking.Basis.DROP_IN,
                price=0,
            )
    except IntegrityError:
        pass  # no seat was left, or the person has one
