"""Whatever a page offers can be had, and whatever it refuses can't: tried for real, over any spaces and hours."""

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from bookings.booking import book
from bookings.choice import choice
from bookings.finding import find
from bookings.models import Booking
from bookings.rules import Wish
from spaces.calendar import Span
from spaces.refusing import codes
from tests.bookings.worlds import HALF_HOUR, draw_world, found
from tests.factories import make_user
from tests.properties import examples, undone

# What only the database can say, in the order in which it happens to look.
TAKEN = {"full", "taken", "overlaps_own"}


@pytest.fixture
def ann(db):
    ann = make_user("ann@example.jp")
    found(["one", "two", "three"], member=ann)
    return ann


@pytest.fixture
def others(db):
    return [make_user(f"{number}@example.jp") for number in range(3)]


def booked(user, one, now):
    """Book what is offered, at the price that is offered, and give it back: what was said against it."""
    with undone():
        try:
            booking = book(
                user=user,
                space=one.house.space,
                resource_id=one.resource.pk,
                span=one.span,
                seats=one.seats,
                agreed_price=one.quote.price if one.quote else None,
                now=now,
            )
        except ValidationError as error:
            return codes(error)
        assert Booking.objects.get(pk=booking.pk).price == booking.price
    return set()


def wishes(world, house):
    """Any time near the day, or what begins on a step of its hours, for some time or until closing."""
    midnight = datetime.combine(world.day, time(), house.space.zone).astimezone(UTC)
    any_time = st.builds(
        lambda start, length: Span(midnight + start * HALF_HOUR / 2, midnight + (start + length) * HALF_HOUR / 2),
        st.integers(-8, 200),
        st.integers(-1, 30),
    )
    spans = world.spans(house)
    if not spans:
        return any_time
    in_hours = st.builds(
        lambda span, start, length, until_closing: Span(
            span.starts_at + start * HALF_HOUR,
            span.ends_at if until_closing else span.starts_at + (start + length) * HALF_HOUR,
        ),
        st.sampled_from(spans),
        st.integers(0, 16),
        st.integers(1, 8),
        st.booleans(),
    )
    return st.one_of(any_time, in_hours, in_hours, in_hours)


@given(data=st.data())
@examples(40)
def test_quote_is_kept_and_every_alternative_to_a_refused_wish_can_be_booked(ann, others, data):
    with undone():
        world = draw_world(data.draw, ann, ann, *others)
        house = data.draw(st.sampled_from(world.houses))
        if not house.resources:
            return
        resource = data.draw(st.sampled_from(house.resources))
        seats = data.draw(st.sampled_from([1, 1, 1, 2, 4]))
        wish = Wish(resource, data.draw(wishes(world, house)), seats)

        seen = choice(house, wish, user=ann, now=world.now)

        said = booked(ann, _Wished(house, wish, seen.quote), world.now)
        shown = codes(seen.refusals) if seen.refusals else set()
        assert said == shown or (said <= TAKEN and shown <= TAKEN and bool(said) == bool(shown))
        if not seen.refusals:
            assert seen.alternatives == []
        for one in seen.alternatives:
            assert one.free >= seats
            assert booked(ann, one, world.now) == set(), one.span


class _Wished:
    """A wish as something offered."""

    def __init__(self, house, wish, quote):
        self.house, self.resource, self.span, self.seats, self.quote = (
            house,
            wish.resource,
            wish.span,
            wish.seats,
            quote,
        )


@given(data=st.data())
@examples(25)
def test_what_is_found_can_be_booked_and_the_rest_can_not(ann, others, data):
    with undone():
        world = draw_world(data.draw, ann, ann, *others)
        house = data.draw(st.sampled_from(world.houses))
        start, end = (moment.astimezone(house.space.zone) for moment in data.draw(wishes(world, house)))
        user = data.draw(st.sampled_from([ann, others[0]]))

        findings = find(
            day=start.date(),
            start=start.time(),
            end=end.time(),
            persons=data.draw(st.sampled_from([1, 1, 2, 3])),
            user=user,
            now=world.now,
        )

        for one in findings:
            said = booked(user, one, world.now)
            assert one.is_free == (said == set()), (one.refusals, said)
