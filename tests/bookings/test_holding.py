"""Holding seats or a room for an event: what stands against it, moving it in place, and giving it back."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from billing.models import Charge
from bookings.booking import book
from bookings.cancelling import cancel, cancel_by_hand
from bookings.closing import cancel_misfits
from bookings.holding import hold, move_hold, release, with_holders
from bookings.models import Booking
from members.models import Operator, User
from notices.models import Notice
from spaces.calendar import Span
from spaces.models import Space
from spaces.refusing import codes
from tests.conftest import make_operator
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
from tests.properties import examples, undone

pytestmark = pytest.mark.django_db

APRIL = date(2027, 4, 6)


@pytest.fixture
def space():
    return make_space(horizon_days=30)


@pytest.fixture
def seats(space):
    return make_resource(space, capacity=10)


@pytest.fixture
def room(space):
    return make_room(space)


@pytest.fixture
def jelly(seats, now):
    return hold(resource=seats, span=span("13:00", "17:00"), seats=4, name="Jelly", now=now)


def refused(act, **asked):
    with pytest.raises(ValidationError) as caught:
        act(**asked)
    return codes(caught.value)


def refused_hold(resource, now, starts="13:00", ends="17:00", *, seats=None, day=date(2026, 11, 24)):
    return refused(hold, resource=resource, span=span(starts, ends, day), seats=seats, name="Jelly", now=now)


def test_a_hold_is_a_booking_of_nobody_with_the_name_of_the_event(jelly, seats, now):
    jelly.refresh_from_db()

    assert (jelly.basis, jelly.name, jelly.user, jelly.person) == ("hold", "Jelly", None, None)
    assert (jelly.resource, jelly.seats, jelly.price, jelly.booked_at) == (seats, 4, 0, now)
    assert (jelly.starts_at, jelly.ends_at) == (at("13:00"), at("17:00"))
    assert (jelly.is_hold, jelly.is_live, jelly.holds_seat) == (True, True, True)
    assert (Notice.objects.count(), Charge.objects.count()) == (0, 0)


def test_the_whole_is_held_where_no_number_is_given_and_a_room_always(seats, room, now):
    whole = hold(resource=seats, span=span("13:00", "17:00"), seats=None, name="Jelly", now=now)
    meeting = hold(resource=room, span=span("13:00", "17:00"), seats=5, name="Jelly", now=now)

    assert (whole.seats, meeting.seats) == (10, 1)


def test_what_is_held_is_taken_from_what_people_can_book(jelly, seats, now):
    make_booking(seats, starts="13:00", ends="17:00", seats=5)
    taken = {"space": seats.space, "resource_id": seats.pk, "span": span("13:00", "14:00"), "now": now}
    make_plan(seats.space, seats)
    book(user=make_user("first@example.jp"), **taken)

    assert refused(book, user=make_user("second@example.jp"), **taken) == {"full"}


def test_a_long_name_is_cut(seats, now):
    held = hold(resource=seats, span=span("13:00", "17:00"), seats=1, name="ん" * 300, now=now)

    assert held.name == "ん" * 120


def test_horizon_notice_and_limits_are_for_people(seats, now):
    Space.objects.update(notice_minutes=600, max_upcoming_bookings=1, max_hours_a_week=1)
    seats.space.refresh_from_db()

    for day in (date(2026, 11, 24), APRIL):
        assert hold(resource=seats, span=span("10:00", "20:00", day), seats=None, name="Jelly", now=now).is_live


@pytest.mark.parametrize(
    ("starts", "ends", "day", "code"),
    [
        ("09:30", "12:00", date(2026, 11, 24), "closed"),
        ("18:00", "20:30", date(2026, 11, 24), "closed"),
        ("13:00", "17:00", date(2026, 11, 26), "closed"),
        ("13:05", "17:00", date(2026, 11, 24), "off_step"),
        ("13:00", "17:10", date(2026, 11, 24), "off_step"),
        ("13:00", "17:00", date(2026, 11, 23), "past"),
        ("13:00", "17:00", date(2026, 12, 15), "leaves"),
    ],
)
def test_time_is_refused_as_for_people(seats, now, starts, ends, day, code):
    make_closure(seats.space, date(2026, 11, 26))
    Space.objects.update(left_on=date(2026, 12, 15))

    assert refused_hold(seats, now, starts, ends, day=day) == {code}


def test_the_end_comes_after_the_start(seats, now):
    backwards = Span(at("17:00"), at("13:00"))

    assert refused(hold, resource=seats, span=backwards, seats=1, name="Jelly", now=now) == {"ends_before_start"}


def test_nothing_is_held_before_the_space_joins(seats, now):
    Space.objects.update(joined_on=date(2026, 12, 1))

    assert refused_hold(seats, now) == {"joins_later"}
    assert hold(resource=seats, span=span("13:00", "17:00", date(2026, 12, 1)), seats=1, name="Jelly", now=now)


def test_an_event_that_has_begun_can_still_hold_seats_until_it_is_over(seats):
    assert hold(resource=seats, span=span("13:00", "17:00"), seats=1, name="Jelly", now=at("16:59")).is_live
    assert refused_hold(seats, at("17:00"), seats=1) == {"past"}


def test_a_resource_that_is_retired_or_gone_or_let_by_the_month_is_not_held(space, seats, now):
    booth = make_resource(space, kind="booth", capacity=1)
    retiring = make_resource(space, retired_on=date(2026, 11, 25))
    gone = make_resource(space)
    gone_key = gone.pk
    gone.delete()
    gone.pk = gone_key

    assert refused_hold(booth, now) == {"by_the_month"}
    assert refused_hold(retiring, now, day=date(2026, 11, 25)) == {"no_such_resource"}
    assert refused_hold(gone, now) == {"no_such_resource"}
    assert hold(resource=retiring, span=span("13:00", "17:00"), seats=1, name="Jelly", now=now).is_live


@pytest.mark.parametrize(
    ("seats_wanted", "code"), [(0, "too_few_seats"), (-3, "too_few_seats"), (11, "too_many_seats")]
)
def test_seats_are_one_at_least_and_no_more_than_there_are(seats, now, seats_wanted, code):
    assert refused_hold(seats, now, seats=seats_wanted) == {code}


def test_all_that_is_wrong_is_said_at_once(seats, now):
    make_booking(seats, starts="17:00", ends="19:00")

    assert refused_hold(seats, now, "16:05", "21:00", seats=11) == {"closed", "too_many_seats", "displaces"}


def test_bookings_in_the_way_are_listed_without_and_to_their_space_with_who_comes(seats, now, ben, sam, four_spaces):
    own = make_operator("own@example.jp", seats.space, Operator.Role.DESK)
    [first, second] = [
        make_booking(seats, user=ben, starts="11:00", ends="14:00"),
        make_booking(seats, starts="15:00", ends="16:00", seats=2, name="千葉 千絵"),
    ]
    make_booking(seats, starts="10:00", ends="13:00", seats=2)
    make_booking(seats, starts="13:00", ends="17:00", cancelled_at=now, cancelled_by="person")
    make_booking(seats, starts="13:00", ends="17:00", missed_at=at("13:30"))

    with translation.override("en"), pytest.raises(ValidationError) as caught:
        hold(resource=seats, span=span("13:00", "17:00"), seats=None, name="Jelly", now=now)

    with translation.override("en"):
        [by_default] = caught.value.messages
        [elsewhere] = with_holders(caught.value, reader=sam).messages
        [here] = with_holders(caught.value, reader=own).messages
        [everywhere] = with_holders(caught.value, reader=User(is_superuser=True)).messages
    assert f"Somewhere are in the way: {first.spaced_reference} (Tue 24 Nov, 11:00), " in by_default
    assert f", {second.spaced_reference} (Tue 24 Nov, 15:00). " in by_default
    assert elsewhere == by_default
    assert f"{first.spaced_reference} {ben.display_name} (Tue 24 Nov, 11:00)" in here
    assert f"{second.spaced_reference} 千葉 千絵 (Tue 24 Nov, 15:00)" in here
    assert everywhere == here
    assert here.count("24 Nov") == 2
    assert Booking.objects.filter(basis="hold").count() == 0


def test_only_bookings_of_moments_that_are_too_full_are_in_the_way(seats, now):
    make_booking(seats, starts="13:00", ends="14:00", seats=6)
    make_booking(seats, starts="16:00", ends="17:00", seats=1)

    with pytest.raises(ValidationError) as caught:
        hold(resource=seats, span=span("13:00", "17:00"), seats=5, name="Jelly", now=now)

    [sentence] = caught.value.messages
    assert ("13:00" in sentence, "16:00" in sentence) == (True, False)


def test_five_bookings_are_named_and_the_others_are_three_dots(seats, now):
    for number in range(6):
        make_booking(seats, starts="13:00", ends="14:00", name=f"#{number}")

    with pytest.raises(ValidationError) as caught:
        hold(resource=seats, span=span("13:00", "17:00"), seats=None, name="Jelly", now=now)

    [sentence] = with_holders(caught.value, reader=User(is_superuser=True)).messages
    assert [f"#{number}" in sentence for number in range(6)] == [True] * 5 + [False]
    assert "…" in sentence


def test_another_event_in_the_way_is_named(room, now):
    hold(resource=room, span=span("13:00", "17:00"), seats=None, name="自慢大会", now=now)

    with pytest.raises(ValidationError) as caught:
        hold(resource=room, span=span("16:00", "18:00"), seats=None, name="Jelly", now=now)

    assert "自慢大会" in with_holders(caught.value, reader=User(is_superuser=True)).messages[0]


def test_other_refusals_are_read_as_they_are(seats, now):
    by_field = ValidationError({"places": "How many?"})

    with pytest.raises(ValidationError) as caught:
        hold(resource=seats, span=span("13:05", "17:00"), seats=0, name="Jelly", now=now)

    reader = User(is_superuser=True)
    assert codes(with_holders(caught.value, reader=reader)) == {"off_step", "too_few_seats"}
    assert with_holders(by_field, reader=reader) is by_field


def test_what_ends_as_it_begins_is_not_in_the_way(room, now):
    make_booking(room, starts="12:00", ends="13:00")
    make_booking(room, starts="17:00", ends="18:00")

    assert hold(resource=room, span=span("13:00", "17:00"), seats=None, name="Jelly", now=now).is_live


def test_a_hold_moves_in_place_and_its_own_seats_are_not_in_the_way(jelly, seats, now):
    make_booking(seats, starts="10:00", ends="20:00", seats=3)

    moved = move_hold(booking=jelly, resource=seats, span=span("12:00", "16:00"), seats=7, name="Jelly II", now=now)

    assert moved.pk == jelly.pk
    jelly.refresh_from_db()
    assert (jelly.starts_at, jelly.ends_at, jelly.seats, jelly.name) == (at("12:00"), at("16:00"), 7, "Jelly II")
    assert (jelly.sequence, jelly.reference, Notice.objects.count()) == (1, moved.reference, 0)


def test_a_hold_moves_to_a_room_and_to_another_space(jelly, room, now):
    move_hold(booking=jelly, resource=room, span=span("13:00", "17:00"), seats=None, name="Jelly", now=now)
    jelly.refresh_from_db()
    assert (jelly.resource, jelly.seats, jelly.is_exclusive, jelly.holds_seat) == (room, 1, True, False)

    there = make_resource(make_space("elsewhere"), capacity=3)
    move_hold(booking=jelly, resource=there, span=span("13:00", "17:00"), seats=None, name="Jelly", now=now)
    jelly.refresh_from_db()
    assert (jelly.resource, jelly.seats, jelly.is_exclusive, jelly.sequence) == (there, 3, False, 2)


def test_a_move_that_is_refused_leaves_the_hold_as_it_was(jelly, seats, room, now):
    make_booking(seats, starts="10:00", ends="12:00", seats=7)
    make_booking(room, starts="14:00", ends="15:00")
    asked = {"booking": jelly, "seats": 4, "name": "Jelly II", "now": now}

    assert refused(move_hold, resource=seats, span=span("11:00", "15:00"), **asked) == {"displaces"}
    assert refused(move_hold, resource=room, span=span("13:00", "17:00"), **asked) == {"displaces"}
    assert refused(move_hold, resource=seats, span=span("13:00", "21:00"), **asked) == {"closed"}
    jelly.refresh_from_db()
    assert (jelly.name, jelly.starts_at, jelly.resource, jelly.sequence) == ("Jelly", at("13:00"), seats, 0)


def test_another_name_asks_for_nothing_else(jelly, seats):
    make_closure(seats.space)

    move_hold(booking=jelly, resource=seats, span=span("13:00", "17:00"), seats=4, name="Jelly II", now=at("18:00"))

    jelly.refresh_from_db()
    assert (jelly.name, jelly.sequence) == ("Jelly II", 0)


def test_a_hold_that_is_over_or_given_back_moves_no_more(jelly, seats, now):
    asked = {"booking": jelly, "resource": seats, "span": span("13:00", "17:00", APRIL), "seats": 4, "name": "Jelly"}

    assert refused(move_hold, now=at("17:00"), **asked) == {"ended"}
    release(booking=jelly, now=now)
    assert refused(move_hold, now=now, **asked) == {"not_live"}


def test_a_hold_is_given_back_once_by_the_space_and_tells_nobody(jelly, room, now):
    release(booking=jelly, now=now)
    release(booking=jelly, now=at("12:00"))

    jelly.refresh_from_db()
    assert (jelly.cancelled_at, jelly.cancelled_by, jelly.cancelled_late) == (now, "space", False)
    assert (jelly.cancellation_fee, jelly.sequence) == (0, 1)
    assert (Notice.objects.count(), Charge.objects.count()) == (0, 0)


def test_a_hold_is_given_back_while_its_event_is_under_way_and_stays_once_it_is_over(jelly, seats, now):
    other = hold(resource=seats, span=span("13:00", "14:00"), seats=1, name="Talk", now=now)

    release(booking=jelly, now=at("15:00"))
    release(booking=other, now=at("15:00"))

    assert [one.is_live for one in Booking.objects.order_by("pk")] == [False, True]


def test_operators_cannot_take_it_by_hand_and_the_space_can(jelly, seats, now):
    assert refused(cancel_by_hand, booking=jelly, now=now) == {"held"}

    assert cancel(booking=jelly, by="space", now=now).cancelled_at == now


def test_a_closure_takes_the_hold_as_it_takes_bookings(jelly, seats, now):
    make_closure(seats.space)

    assert cancel_misfits(seats.space, now=now) == 1

    jelly.refresh_from_db()
    assert (jelly.cancelled_by, Notice.objects.count()) == ("space", 0)


taken_before = st.lists(st.tuples(st.integers(20, 38), st.integers(1, 8), st.integers(1, 4)), max_size=8)


@given(taken=taken_before, starts=st.integers(20, 38), length=st.integers(1, 8), wanted=st.integers(1, 6))
@examples(60)
def test_a_hold_is_refused_only_where_it_does_not_fit_and_names_those_in_its_way(
    seats, now, taken, starts, length, wanted
):
    """Against a count of every half hour; times are half hours since midnight, and the seats are 10."""
    ends = min(starts + length, 40)
    with undone():
        rows = []
        for start, long, people in taken:
            end = min(start + long, 40)
            if all(sum(n for _one, a, b, n in rows if a <= half < b) + people <= 10 for half in range(start, end)):
                rows.append(
                    (make_booking(seats, starts=clock(start), ends=clock(end), seats=people), start, end, people)
                )
        too_full = [
            half
            for half in range(starts, ends)
            if sum(people for _one, start, end, people in rows if start <= half < end) + wanted > 10
        ]
        in_the_way = [one for one, start, end, _people in rows if any(start <= half < end for half in too_full)]
        asked = {"resource": seats, "span": span(clock(starts), clock(ends)), "seats": wanted, "now": now}

        if not too_full:
            assert hold(name="Jelly", **asked).is_live
            return
        with pytest.raises(ValidationError) as caught:
            hold(name="Jelly", **asked)
        [error] = caught.value.error_list
        named = [one for one in in_the_way if one.spaced_reference in error.params["list"]]
        assert (error.code, len(named)) == ("displaces", min(len(in_the_way), 5))


def clock(half_hours):
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"
