"""Bookings that a membership covered and no longer does: cancelled with the act that ends it, and told."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from bookings import uncovered
from bookings.attendance import check_in
from bookings.models import Booking
from members.ending import end as end_membership
from members.models import AgreedPlan, Membership, Pause
from notices.models import Notice
from tests.bookings.taking import take
from tests.conftest import make_operator
from tests.factories import (
    TUESDAY,
    at,
    make_booking,
    make_companion,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
)

THIS_MONTH, NEXT_MONTH, LAST_DAY = date(2026, 11, 27), date(2026, 12, 10), date(2026, 11, 30)


@pytest.fixture
def space(db):
    return make_space(renewal_day=1)


@pytest.fixture
def seats(space):
    return make_resource(space)


@pytest.fixture
def room(space):
    return make_room(space, price_per_hour=500)


@pytest.fixture
def plan(space, seats):
    return make_plan(space, seats, kind="free_pass", price=9700, room_minutes=300)


@pytest.fixture
def membership(ben, plan):
    return make_membership(ben, plan)


@pytest.fixture
def operator(space):
    return make_operator("operator@example.jp", space)


def ends(membership, last=LAST_DAY, **asked):
    return uncovered.end(membership=membership, last=last, by=membership.user, **{"now": at("09:00"), **asked})


def pauses(membership, first, last, **asked):
    return uncovered.pause(
        membership=membership, first=first, last=last, by=membership.user, **{"now": at("09:00"), **asked}
    )


def changes(membership, plan, day, **asked):
    return uncovered.change_plan(
        membership=membership, plan=plan, day=day, by=membership.user, **{"now": at("09:00"), **asked}
    )


def is_live(booking):
    booking.refresh_from_db()
    return booking.is_live


def test_ending_cancels_what_is_booked_after_the_last_day(membership, ben, seats):
    before, on_it = take(ben, seats, day=THIS_MONTH), take(ben, seats, day=LAST_DAY)
    after = take(ben, seats, day=date(2026, 12, 1))

    assert ends(membership) == [after]
    assert (is_live(before), is_live(on_it), is_live(after)) == (True, True, False)


def test_ending_at_once_cancels_today_as_well_but_nobody_who_is_in(membership, ben, seats, chie):
    here = take(ben, seats, "10:00", "12:00")
    check_in(booking=here, now=at("10:05"))
    today, tomorrow = take(ben, seats, "14:00", "16:00"), take(ben, seats, day=date(2026, 11, 25))

    fallen = ends(membership, TUESDAY, by_operator=True, now=at("10:30"))

    assert fallen == [today, tomorrow]
    assert is_live(here)
    assert Membership.objects.get().status == "ended"


def test_who_loses_a_booking_is_told_and_it_costs_nothing(membership, ben, seats):
    soon = take(ben, seats, "10:00", "12:00")

    [fallen] = ends(membership, TUESDAY, by_operator=True, now=at("09:30"))

    fallen.refresh_from_db()
    assert (fallen.pk, fallen.cancelled_by, fallen.cancelled_late, fallen.cancellation_fee) == (
        soon.pk,
        "space",
        False,
        0,
    )
    assert Notice.objects.filter(kind="booking.cancelled", recipient=ben.email).count() == 1


@pytest.fixture
def late(membership, room):
    """A room this afternoon that the plan covers in part, too late to cancel at no charge."""
    return make_booking(
        room, user=membership.user, starts="10:00", ends="12:00", basis="plan", price=500,
        membership=membership, plan_minutes=60,
    )  # fmt: skip


@pytest.fixture
def small(space):
    """A plan that opens nothing of what is booked."""
    return make_plan(space, make_resource(space), kind="monthly", price=3000)


def test_change_by_the_member_does_not_spare_the_fee_of_a_late_booking(membership, ben, seats, small, late):
    in_time = take(ben, seats, day=NEXT_MONTH)

    changes(membership, small, TUESDAY)

    late.refresh_from_db()
    in_time.refresh_from_db()
    assert (late.cancelled_by, late.cancelled_late, late.cancellation_fee) == ("person", True, 500)
    assert (in_time.is_live, in_time.cancelled_late, in_time.cancellation_fee) == (False, False, 0)


def test_change_by_an_operator_costs_no_fee(membership, operator, small, late):
    uncovered.change_plan(membership=membership, plan=small, day=TUESDAY, by=operator, now=at("09:00"))

    late.refresh_from_db()
    assert (late.cancelled_by, late.cancellation_fee) == ("space", 0)


def test_operator_who_is_the_member_acts_as_the_operator_they_say_they_are(membership, small, late):
    changes(membership, small, TUESDAY, by_operator=True)

    late.refresh_from_db()
    assert (late.cancelled_by, late.cancellation_fee) == ("space", 0)


def test_preview_tells_the_fee_that_is_due_then(membership, small, late):
    [named] = uncovered.preview(membership, lambda: changes(membership, small, TUESDAY))

    assert named.cancellation_fee == 500
    assert is_live(late)


def test_change_by_the_member_leaves_what_has_begun(membership, small, late):
    assert changes(membership, small, TUESDAY, now=at("10:30")) == []
    assert is_live(late)


def test_what_a_tenant_does_costs_the_companion_no_fee(db, ben, chie):
    space = make_space("booths", renewal_day=1)
    booth, seats = make_resource(space, kind="booth", capacity=1, persons=2), make_resource(space)
    tenancy = make_membership(ben, make_plan(space, booth, seats, kind="booth", price=50000), booth=booth)
    make_companion(tenancy, chie)
    theirs = make_booking(seats, user=chie, starts="10:00", ends="12:00", basis="plan", price=500, membership=tenancy)

    another = make_resource(space, kind="booth", capacity=1, persons=2)
    changes(tenancy, make_plan(space, another, kind="booth", price=40000), TUESDAY)

    theirs.refresh_from_db()
    assert (theirs.cancelled_by, theirs.cancellation_fee) == ("space", 0)


def test_what_the_person_pays_themselves_stays(membership, ben, seats, room):
    paid = make_booking(seats, user=ben, day=NEXT_MONTH)
    by_the_hour = make_booking(room, user=ben, day=NEXT_MONTH, basis="room", price=1000)

    assert ends(membership) == []
    assert (is_live(paid), is_live(by_the_hour)) == (True, True)


def test_others_bookings_stay(membership, ben, seats, plan, chie):
    other = make_membership(chie, plan)
    theirs, own = take(chie, seats, day=NEXT_MONTH), take(ben, seats, day=NEXT_MONTH)

    assert ends(membership) == [own]
    assert is_live(theirs)
    assert Membership.objects.get(pk=other.pk).ends_on is None


def test_pause_cancels_what_lies_within_it(membership, ben, seats):
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)]
    bookings = [take(ben, seats, day=day) for day in days]

    fallen = pauses(membership, date(2026, 12, 1), date(2026, 12, 31))

    assert fallen == bookings[1:3]
    assert [is_live(booking) for booking in bookings] == [True, False, False, True]


def test_room_hours_of_what_falls_away_are_the_members_again(membership, ben, room):
    take(ben, room, "11:00", "16:00", day=NEXT_MONTH)

    [fallen] = pauses(membership, date(2026, 12, 1), date(2026, 12, 14))

    assert fallen.plan_minutes == 300
    assert take(ben, room, "11:00", "16:00", day=date(2026, 12, 15)).plan_minutes == 300


def test_change_cancels_what_the_new_plan_does_not_open(membership, ben, space, seats):
    small = make_plan(space, make_resource(space), kind="monthly", price=3000)
    before, after = take(ben, seats, day=THIS_MONTH), take(ben, seats, day=NEXT_MONTH)

    assert changes(membership, small, date(2026, 12, 1)) == [after]
    assert is_live(before)


def test_change_to_a_plan_that_opens_the_same_cancels_nothing(membership, ben, space, seats):
    other = make_plan(space, seats, kind="monthly", price=3000)
    booking = take(ben, seats, day=NEXT_MONTH)

    assert changes(membership, other, date(2026, 12, 1)) == []
    assert is_live(booking)


def test_change_to_fewer_room_hours_cancels_what_is_beyond_them_the_last_first(membership, ben, space, seats, room):
    first = take(ben, room, "11:00", "13:00", day=date(2026, 12, 2))
    second = take(ben, room, "11:00", "13:00", day=date(2026, 12, 3))
    this_month = take(ben, room, "11:00", "16:00", day=THIS_MONTH)
    smaller = make_plan(space, seats, kind="monthly", price=3000, room_minutes=120)

    assert changes(membership, smaller, date(2026, 12, 1)) == [second]
    assert (is_live(first), is_live(this_month)) == (True, True)


def test_hours_used_already_this_month_count_when_the_plan_changes_today(membership, ben, space, seats, room):
    make_booking(
        room, user=ben, day=date(2026, 11, 20), basis="plan", price=0, membership=membership, plan_minutes=120,
        checked_in_at=at("11:00", date(2026, 11, 20)),
    )  # fmt: skip
    this_month, next_month = take(ben, room, day=THIS_MONTH), take(ben, room, day=NEXT_MONTH)
    smaller = make_plan(space, seats, kind="monthly", price=3000, room_minutes=180)

    assert changes(membership, smaller, TUESDAY) == [this_month]
    assert is_live(next_month)


def test_change_to_a_plan_without_room_hours_cancels_the_rooms(membership, ben, space, seats, room):
    booking = take(ben, room, day=NEXT_MONTH)
    without = make_plan(space, seats, kind="monthly", price=3000)

    assert changes(membership, without, date(2026, 12, 1)) == [booking]


def test_taking_a_change_back_cancels_what_was_booked_by_the_new_plan(membership, ben, space, seats):
    extra = make_resource(space)
    bigger = make_plan(space, seats, extra, kind="monthly", price=20000)
    changes(membership, bigger, date(2026, 12, 1))
    extra_seat, seat = take(ben, extra, day=NEXT_MONTH), take(ben, seats, day=date(2026, 12, 11))

    fallen = uncovered.stay_on_plan(membership=membership, by=ben, now=at("09:00"))

    assert fallen == [extra_seat]
    assert is_live(seat)


def test_companion_who_leaves_loses_what_the_tenant_covered(db, ben, chie, aiko):
    space = make_space("booths", renewal_day=1)
    booth, seats = make_resource(space, kind="booth", capacity=1, persons=3), make_resource(space)
    tenancy = make_membership(ben, make_plan(space, booth, seats, kind="booth", price=50000), booth=booth)
    place = make_companion(tenancy, chie)
    make_companion(tenancy, aiko)
    theirs, tenants, others = (take(person, seats, day=NEXT_MONTH) for person in (chie, ben, aiko))
    own = make_booking(seats, user=chie, day=date(2026, 12, 11))

    assert uncovered.leave(companion=place, now=at("09:00")) == [theirs]
    assert [is_live(booking) for booking in (tenants, others, own)] == [True, True, True]
    assert Notice.objects.filter(kind="booking.cancelled").values_list("recipient", flat=True).get() == chie.email


def test_tenant_who_ends_takes_the_companions_bookings_along(db, ben, chie):
    space = make_space("booths", renewal_day=1)
    booth, seats = make_resource(space, kind="booth", capacity=1, persons=2), make_resource(space)
    tenancy = make_membership(ben, make_plan(space, booth, seats, kind="booth", price=50000), booth=booth)
    make_companion(tenancy, chie)
    theirs = take(chie, seats, day=NEXT_MONTH)

    assert ends(tenancy) == [theirs]


def test_membership_that_never_begins_covers_nothing(ben, plan, seats):
    coming = make_membership(ben, plan, starts_on=date(2026, 12, 1))
    booking = take(ben, seats, day=NEXT_MONTH)

    assert ends(coming, LAST_DAY) == [booking]


def test_night_that_begins_on_the_last_day_is_covered_to_its_end(ben):
    space = make_space("bar", opens="18:00", closes="04:00", renewal_day=1)
    seats = make_resource(space)
    membership = make_membership(ben, make_plan(space, seats, kind="free_pass"))
    last_night = take(ben, seats, "01:00", "03:00", day=date(2026, 12, 1))
    next_night = take(ben, seats, "19:00", "21:00", day=date(2026, 12, 1))

    assert ends(membership) == [next_night]
    assert is_live(last_night)


def test_preview_names_what_would_fall_away_and_leaves_everything_as_it_is(membership, ben, seats):
    booking = take(ben, seats, day=NEXT_MONTH)
    tables = Booking, Membership, AgreedPlan, Pause, Notice, Membership.history.model
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    named = uncovered.preview(membership, lambda: ends(membership))

    assert [one.pk for one in named] == [booking.pk]
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert ends(membership) == [booking]


def test_preview_of_what_is_not_allowed_says_why_and_leaves_everything_as_it_is(membership, ben, seats):
    booking = take(ben, seats, day=NEXT_MONTH)

    with pytest.raises(ValidationError):
        uncovered.preview(membership, lambda: ends(membership, date(2026, 12, 15)))

    assert is_live(booking)
    assert Membership.objects.get().ends_on is None


def test_act_that_is_refused_cancels_nothing(membership, ben, seats):
    booking = take(ben, seats, day=NEXT_MONTH)

    with pytest.raises(ValidationError):
        ends(membership, date(2026, 12, 15))

    assert is_live(booking)


def test_uncovered_is_empty_while_the_membership_covers_all(membership, ben, seats, room):
    take(ben, seats, day=NEXT_MONTH)
    take(ben, room, day=NEXT_MONTH)

    assert uncovered.uncovered(membership, now=at("09:00")) == []
    assert uncovered.beyond_included(membership, now=at("09:00")) == []


def test_new_price_with_fewer_hours_leaves_what_is_booked(membership, ben, plan, seats, room):
    booking = take(ben, room, "11:00", "16:00", day=NEXT_MONTH)
    AgreedPlan.objects.update(room_minutes=60)

    assert pauses(membership, date(2027, 1, 1), None) == []
    assert is_live(booking)


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_the_same_for_any_number_of_bookings(membership, ben, seats, django_assert_num_queries, count):
    for number in range(count):
        take(ben, seats, day=date(2026, 12, 10 + number))
    membership = end_membership(membership=membership, last=LAST_DAY, by=ben, now=at("09:00"))

    # The bookings, the agreed plans, their plans' resources, the pauses, the companions, the house.
    with django_assert_num_queries(6):
        assert len(uncovered.uncovered(membership, now=at("09:00"))) == count


def test_another_space_keeps_its_bookings(membership, ben, seats):
    elsewhere = make_space("elsewhere")
    there = make_resource(elsewhere)
    make_membership(ben, make_plan(elsewhere, there, kind="free_pass"))
    booking = take(ben, there, day=NEXT_MONTH)

    assert ends(membership) == []
    assert is_live(booking)
