"""Room hours that a plan includes: counted down from renewal to renewal, the rest priced by the hour."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bookings import attendance
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from members.changing import change_plan
from members.models import AgreedPlan
from spaces.refusing import codes
from tests.bookings.taking import quoted, refused, take
from tests.factories import (
    at,
    make_booking,
    make_companion,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    span,
)
from tests.properties import examples, undone

THURSDAY, LAST_OF_MONTH, NEXT_MONTH = date(2026, 11, 26), date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def space(db):
    return make_space(renewal_day=1)


@pytest.fixture
def room(space):
    return make_room(space, price_per_hour=600)


@pytest.fixture
def plan(space):
    """Five hours a month."""
    return make_plan(space, make_resource(space), kind="monthly", price=12500, room_minutes=300, name_en="Office")


@pytest.fixture
def membership(ben, plan):
    return make_membership(ben, plan)


def drawn(booking):
    return booking.plan_minutes, booking.price


def test_hours_of_the_plan_are_drawn_and_the_quote_counts_down(membership, ben, room):
    found = quoted(ben, room, "11:00", "13:00")

    assert found.price == 0
    assert found.best.reason == "From the room hours of your plan: 2 h; 3 h are left until November 30."
    assert [(rule.basis, rule.price) for rule in found.others] == [("room", 1200)]
    booking = take(ben, room, "11:00", "13:00")
    assert (booking.basis, booking.membership, booking.plan, drawn(booking)) == (
        "plan",
        membership,
        membership.agreed_plans.get().plan,
        (120, 0),
    )


def test_what_goes_beyond_costs_by_the_hour(membership, ben, room):
    take(ben, room, "10:00", "14:00")

    found = quoted(ben, room, "15:00", "17:30")

    assert (found.best.plan_minutes, found.price) == (60, 900)
    assert found.best.reason.endswith("1 h; 0 h are left until November 30. The rest is 1.5 h at 600 yen an hour.")
    assert drawn(take(ben, room, "15:00", "17:30")) == (60, 900)


def test_when_none_are_left_the_room_costs_by_the_hour(membership, ben, room):
    take(ben, room, "10:00", "15:00")

    booking = take(ben, room, "15:00", "16:00")

    assert (booking.basis, booking.membership, drawn(booking)) == ("room", None, (0, 600))


def test_room_for_members_is_theirs_by_the_hour_when_none_are_left(membership, ben, chie, space):
    room = make_room(space, price_per_hour=600, members_only=True)
    take(ben, room, "10:00", "15:00")

    assert take(ben, room, "15:00", "16:00").price == 600
    assert refused(chie, room, "17:00", "18:00") == {"members_only"}


def test_rooms_of_one_space_share_the_hours(membership, ben, room, space):
    other = make_room(space, price_per_hour=600)
    take(ben, room, "10:00", "14:00")

    assert drawn(take(ben, other, "10:00", "13:00")) == (60, 1200)


def test_hours_come_back_with_the_renewal(membership, ben, room):
    take(ben, room, "10:00", "15:00", day=LAST_OF_MONTH)

    assert take(ben, room, "10:00", "11:00", day=LAST_OF_MONTH - timedelta(days=2)).price == 600
    assert drawn(take(ben, room, "10:00", "15:00", day=NEXT_MONTH)) == (300, 0)
    assert take(ben, room, "15:00", "16:00", day=NEXT_MONTH).price == 600


def test_month_is_that_of_the_membership(ben, plan, room):
    make_membership(ben, plan, renewal_day=26)
    take(ben, room, "10:00", "15:00", day=date(2026, 11, 25))

    assert quoted(ben, room, "10:00", "11:00").best.basis == "room"
    assert quoted(ben, room, "10:00", "11:00", day=THURSDAY).best.reason.endswith("left until December 25.")


def test_cancelled_in_time_they_are_given_back(membership, ben, room):
    booking = take(ben, room, "10:00", "15:00", day=THURSDAY)

    cancel(booking=booking, by=Booking.Side.PERSON, now=booking.free_cancellation_until)

    assert drawn(take(ben, room, "10:00", "15:00", day=THURSDAY)) == (300, 0)


def test_cancelled_late_they_are_used(membership, ben, room):
    booking = take(ben, room, "10:00", "15:00", day=THURSDAY)

    cancel(booking=booking, by=Booking.Side.PERSON, now=booking.free_cancellation_until + timedelta(seconds=1))

    assert take(ben, room, "16:00", "17:00", day=THURSDAY).price == 600


def test_cancelled_by_the_space_however_late_they_are_given_back(membership, ben, room):
    booking = take(ben, room, "10:00", "15:00", day=THURSDAY)

    cancel(booking=booking, by=Booking.Side.SPACE, now=booking.starts_at)

    assert take(ben, room, "16:00", "17:00", day=THURSDAY).price == 0


def test_who_did_not_come_has_used_them(membership, ben, room):
    booking = take(ben, room, "10:00", "15:00")
    attendance.miss(booking=booking, now=at("11:00"))

    assert take(ben, room, "16:00", "17:00", now=at("11:00")).price == 600


def moved(booking, starts, ends, day, **asked):
    asked = {"now": at("09:00"), **asked}
    return move(booking=booking, resource_id=booking.resource_id, span=span(starts, ends, day), seats=1, **asked)


def test_moved_they_are_counted_where_they_are_now(membership, ben, room):
    booking = take(ben, room, "10:00", "15:00", day=THURSDAY)

    assert drawn(moved(booking, "10:00", "12:00", NEXT_MONTH)) == (120, 0)
    assert drawn(take(ben, room, "10:00", "15:00", day=THURSDAY)) == (300, 0)
    assert drawn(take(ben, room, "13:00", "17:00", day=NEXT_MONTH)) == (180, 600)


def test_own_hours_are_free_for_the_booking_that_is_moved(membership, ben, room):
    booking = take(ben, room, "10:00", "15:00", day=THURSDAY)

    assert drawn(moved(booking, "11:00", "16:00", THURSDAY)) == (300, 0)
    assert drawn(moved(booking, "11:00", "17:00", THURSDAY)) == (300, 600)


def test_too_late_to_cancel_is_too_late_to_move(membership, ben, room):
    booking = take(ben, room, "11:00", "13:00")

    with pytest.raises(ValidationError) as caught:
        moved(booking, "11:00", "13:00", NEXT_MONTH, now=at("09:01"))

    assert codes(caught.value) == {"move_too_late"}


def test_companion_and_tenant_share_them(db, ben, chie):
    space = make_space("booths", renewal_day=1)
    booth, room = make_resource(space, kind="booth", capacity=1, persons=2), make_room(space, price_per_hour=600)
    plan = make_plan(space, booth, kind="booth", price=50000, room_minutes=180)
    tenancy = make_membership(ben, plan, booth=booth)
    make_companion(tenancy, chie)

    theirs = take(chie, room, "10:00", "12:00")

    assert (theirs.membership, drawn(theirs)) == (tenancy, (120, 0))
    assert drawn(take(ben, room, "12:00", "14:00")) == (60, 600)


def test_plan_that_opens_the_room_draws_no_hours(ben, space, room):
    make_membership(ben, make_plan(space, room, kind="monthly", room_minutes=300))

    assert drawn(take(ben, room, "10:00", "18:00")) == (0, 0)


def test_hours_that_were_agreed_count_and_not_those_of_the_price_list(membership, ben, plan, room):
    plan.room_minutes = 0
    plan.save()

    assert drawn(take(ben, room, "10:00", "15:00")) == (300, 0)


def test_hours_follow_the_plan_that_holds_on_the_day(membership, ben, space, room):
    bigger = make_plan(space, kind="monthly", price=20000, room_minutes=600)
    change_plan(membership=membership, plan=bigger, day=NEXT_MONTH, by=ben, now=at("09:00"))

    assert drawn(take(ben, room, "10:00", "20:00", day=THURSDAY)) == (300, 3000)
    assert drawn(take(ben, room, "10:00", "20:00", day=NEXT_MONTH)) == (600, 0)


def test_night_after_the_renewal_counts_in_the_new_month(ben):
    space = make_space("bar", opens="18:00", closes="04:00", renewal_day=1)
    room = make_room(space, price_per_hour=600)
    make_membership(ben, make_plan(space, kind="monthly", room_minutes=120))

    # Both belong to the opening day of 30 November, and to different months.
    assert drawn(take(ben, room, "20:00", "22:00", day=LAST_OF_MONTH)) == (120, 0)
    assert drawn(take(ben, room, "00:00", "02:00", day=NEXT_MONTH)) == (120, 0)
    assert drawn(take(ben, room, "02:00", "03:00", day=NEXT_MONTH)) == (0, 600)


def test_past_month_is_not_looked_at(membership, ben, room):
    october = date(2026, 10, 28)
    make_booking(room, user=ben, day=october, membership=membership, plan_minutes=300, basis="plan", price=0)

    assert drawn(take(ben, room, "10:00", "15:00")) == (300, 0)


wishes = st.tuples(
    st.integers(0, 13), st.integers(0, 16), st.integers(1, 6), st.sampled_from(["keep", "cancel", "late", "miss"])
)


@given(included=st.sampled_from([30, 90, 300]), asked=st.lists(wishes, max_size=10))
@examples(40)
def test_no_month_ever_gives_more_than_the_plan_includes(membership, room, ben, included, asked):
    with undone():
        AgreedPlan.objects.update(room_minutes=included)
        for day, start, length, then in asked:
            starts = at("10:00", THURSDAY + timedelta(days=day)) + start * timedelta(minutes=30)
            ends = min(starts + length * timedelta(minutes=30), at("20:00", starts.date()))
            try:
                with_seat = take(ben, room, f"{starts:%H:%M}", f"{ends:%H:%M}", day=starts.date())
            except ValidationError:
                continue  # the room is taken then
            minutes = int((ends - starts).total_seconds() // 60)
            assert with_seat.price == 600 * (minutes - with_seat.plan_minutes) // 60
            if then == "miss":
                Booking.objects.filter(pk=with_seat.pk).update(missed_at=starts)
            elif then != "keep":
                late = timedelta(seconds=1) if then == "late" else timedelta(0)
                cancel(booking=with_seat, by="person", now=with_seat.free_cancellation_until + late)
            for month in (11, 12):
                in_month = Booking.objects.drawn().filter(starts_at__month=month)
                assert sum(in_month.values_list("plan_minutes", flat=True)) <= included
