"""What a membership covers on which day, and what is said of the days that it does not cover."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings.offers import offers
from bookings.pricelist import price_list
from members import changing, companions, ending, pausing
from members.models import Membership
from tests.bookings.taking import quoted, refused, take
from tests.conftest import house as read_house
from tests.factories import (
    TUESDAY,
    at,
    make_companion,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_visited,
)

THURSDAY, LAST_OF_MONTH, NEXT_MONTH = date(2026, 11, 26), date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def space(db):
    """A house that sells no drop-in."""
    return make_space(renewal_day=1)


@pytest.fixture
def seats(space):
    return make_resource(space)


@pytest.fixture
def plan(space, seats):
    return make_plan(space, seats, kind="monthly", price=12500, name_en="Flex area")


@pytest.fixture
def pass_at_koharubiyori(four_spaces):
    return four_spaces["koharubiyori"].plans.get(kind="free_pass")


def says(user, resource, *times, **asked):
    """The sentences of a refusal."""
    with pytest.raises(ValidationError) as caught:
        take(user, resource, *times, **asked)
    return caught.value.messages


def test_member_sits_at_no_price_and_the_booking_names_the_membership(ben, plan, seats):
    membership = make_membership(ben, plan)

    booking = take(ben, seats, "10:00", "20:00")

    assert (booking.basis, booking.price, booking.plan, booking.membership) == ("plan", 0, plan, membership)
    assert booking.plan_minutes == 0


def test_membership_that_was_applied_for_covers_nothing(ben, plan, seats):
    make_membership(ben, plan, status="applied")

    assert refused(ben, seats) == {"no_drop_in"}


def test_day_before_the_first_is_refused_with_the_first(ben, plan, seats):
    make_membership(ben, plan, starts_on=THURSDAY)

    assert says(ben, seats) == ["Your plan at Somewhere begins on Nov. 26, 2026. It covers no booking before that."]
    assert take(ben, seats, day=THURSDAY).price == 0


def test_day_after_the_last_is_refused_with_the_last(ben, plan, seats):
    membership = make_membership(ben, plan)
    ending.end(membership=membership, last=LAST_OF_MONTH, by=ben, now=at("09:00"))

    assert says(ben, seats, day=NEXT_MONTH) == [
        "Your plan at Somewhere ends on Nov. 30, 2026. It covers no booking after that."
    ]
    assert take(ben, seats, day=LAST_OF_MONTH).price == 0


def test_day_of_a_pause_is_refused_with_the_reason(ben, plan, seats):
    membership = make_membership(ben, plan)
    pausing.pause(membership=membership, first=NEXT_MONTH, last=date(2026, 12, 31), by=ben, now=at("09:00"))

    assert says(ben, seats, day=date(2026, 12, 31)) == [
        "Your plan at Somewhere is paused on that day. Resume it to book."
    ]
    assert take(ben, seats, day=LAST_OF_MONTH).price == take(ben, seats, day=date(2027, 1, 1)).price == 0


def test_resumed_it_covers_again(ben, plan, seats):
    membership = make_membership(ben, plan, status="paused")
    pausing.resume(membership=membership, day=THURSDAY, by=ben, now=at("09:00"))

    assert refused(ben, seats, day=date(2026, 11, 25)) == {"plan_rests"}
    assert take(ben, seats, day=THURSDAY).price == 0


def test_where_a_drop_in_is_sold_it_is_the_price_and_a_tip_says_why(koharubiyori, ben, pass_at_koharubiyori):
    seats = koharubiyori.open_seats
    make_visited(ben, koharubiyori.space)
    make_membership(ben, pass_at_koharubiyori, ends_on=LAST_OF_MONTH)

    after, before = quoted(ben, seats, day=NEXT_MONTH), quoted(ben, seats, day=LAST_OF_MONTH)

    assert (after.best.basis, after.price) == ("drop_in", 500)
    assert after.tips == ("Your plan at Koharubiyori ends on Nov. 30, 2026. It covers no booking after that.",)
    assert (before.best.basis, before.tips) == ("plan", ())
    assert take(ben, seats, day=NEXT_MONTH).membership is None


def test_membership_that_counts_leaves_nothing_to_say_of_another(ben, chie, space):
    booth, seats = make_resource(space, kind="booth", capacity=1, persons=2), make_resource(space)
    tenancy = make_membership(chie, make_plan(space, booth, seats, kind="booth"), booth=booth)
    make_membership(ben, make_plan(space, seats, kind="monthly"), starts_on=NEXT_MONTH)
    make_companion(tenancy, ben)

    assert quoted(ben, seats).tips == ()


def test_plan_that_holds_on_the_day_of_the_booking_counts(ben, space, seats, plan):
    membership = make_membership(ben, plan)
    hall = make_resource(space)
    other = make_plan(space, hall, kind="monthly", price=3000)
    changing.change_plan(membership=membership, plan=other, day=NEXT_MONTH, by=ben, now=at("09:00"))

    assert take(ben, seats, day=LAST_OF_MONTH).plan == plan
    assert take(ben, hall, day=NEXT_MONTH).plan == other
    assert refused(ben, seats, day=NEXT_MONTH) == {"no_drop_in"}
    assert refused(ben, hall, day=LAST_OF_MONTH) == {"no_drop_in"}


def test_night_belongs_to_the_day_on_which_it_began(ben):
    bar = make_space("bar", opens="18:00", closes="04:00")
    seats = make_resource(bar)
    make_membership(ben, make_plan(bar, seats, kind="monthly"), ends_on=LAST_OF_MONTH)

    assert take(ben, seats, "01:00", "03:00", day=NEXT_MONTH).price == 0
    assert refused(ben, seats, "19:00", "21:00", day=NEXT_MONTH) == {"plan_ends"}


@pytest.fixture
def booth_of_two(space):
    return make_resource(space, kind="booth", capacity=1, persons=2, name_en="Booth 1")


@pytest.fixture
def booth_plan(space, booth_of_two, seats):
    next_door = make_resource(space, kind="booth", capacity=1, persons=2, name_en="Booth 2")
    return make_plan(space, booth_of_two, next_door, seats, kind="booth", price=50000, name_en="Booth for two")


def test_companion_uses_the_membership_of_the_tenant(ben, chie, booth_plan, booth_of_two, seats):
    tenancy = make_membership(ben, booth_plan, booth=booth_of_two)
    make_companion(tenancy, chie)

    found = quoted(chie, seats)
    booking = take(chie, seats)

    assert (found.price, found.best.reason) == (0, "Covered by your plan: Booth for two.")
    assert (booking.user, booking.membership, booking.price) == (chie, tenancy, 0)


@pytest.mark.parametrize("fields", [{"accepted_at": None, "user": None}, {"left_at": at("10:00")}])
def test_who_has_not_accepted_or_has_left_is_no_companion(ben, chie, booth_plan, booth_of_two, seats, fields):
    tenancy = make_membership(ben, booth_plan, booth=booth_of_two)
    place = make_companion(tenancy, chie)
    type(place).objects.update(**fields)

    assert refused(chie, seats) == {"no_drop_in"}


def test_companion_is_covered_no_longer_than_the_tenant(ben, chie, booth_plan, booth_of_two, seats):
    tenancy = make_membership(ben, booth_plan, booth=booth_of_two)
    invited = companions.invite(membership=tenancy, email="CHIE@example.jp", now=at("08:00"))
    companions.accept(companion=invited, user=chie, now=at("08:30"))
    ending.end(membership=tenancy, last=LAST_OF_MONTH, by=ben, now=at("09:00"))

    assert take(chie, seats, day=LAST_OF_MONTH).price == 0
    assert refused(chie, seats, day=NEXT_MONTH) == {"plan_ends"}


def test_flex_member_can_not_take_a_work_booth(ben, plan, booth_of_two):
    make_membership(ben, plan)

    assert says(ben, booth_of_two) == ["Booth 1 is let by the month, not by the hour. See how to join."]


def test_flex_member_can_not_take_one_that_has_a_price_an_hour_either(ben, plan, booth_of_two):
    make_membership(ben, plan)
    booth_of_two.price_per_hour = 500
    booth_of_two.save()

    assert refused(ben, booth_of_two) == {"by_the_month"}


def test_tenant_has_their_own_booth_and_no_other(ben, booth_plan, booth_of_two):
    make_membership(ben, booth_plan, booth=booth_of_two)
    next_door = booth_plan.resources.get(name_en="Booth 2")

    assert take(ben, booth_of_two, "10:00", "12:00").price == 0
    assert refused(ben, next_door, "14:00", "16:00") == {"by_the_month"}


def test_flex_member_of_dorinoki_finds_the_flex_area_and_no_booth(dorinoki, ben):
    make_membership(ben, dorinoki.space.plans.get(kind="monthly"))

    assert take(ben, dorinoki.open_seats, "10:00", "20:00").price == 0
    assert {code for booth in dorinoki.booths for code in refused(ben, booth)} == {"by_the_month"}


def test_what_is_offered_with_a_plan_is_what_it_opens_that_day(ben, plan, seats, now):
    make_room(plan.space, members_only=True)
    make_membership(ben, plan, ends_on=LAST_OF_MONTH)
    house = read_house("somewhere", now)
    prices = price_list([house.space.pk], ben, today=TUESDAY)

    assert [one.label for one in offers(house, prices, day=LAST_OF_MONTH)] == ["With your plan", "Room"]
    assert offers(house, prices, day=NEXT_MONTH) == []


def test_members_of_both_kinds_have_the_cheaper_way(ben, chie, space, booth_of_two, seats):
    room = make_room(space, price_per_hour=600)
    tenancy = make_membership(chie, make_plan(space, booth_of_two, room, kind="booth"), booth=booth_of_two)
    make_membership(ben, make_plan(space, seats, kind="monthly", room_minutes=60))
    make_companion(tenancy, ben)

    booking = take(ben, room, "10:00", "13:00")

    assert (booking.membership, booking.price, booking.plan_minutes) == (tenancy, 0, 0)


def test_price_list_reads_one_persons_memberships_alone(ben, chie, plan, space, django_assert_num_queries):
    make_membership(ben, plan)
    make_membership(chie, plan)

    with django_assert_num_queries(1):
        prices = price_list([space.pk], ben, today=TUESDAY)

    [held] = prices.held_at(space.pk)
    assert held.membership == Membership.objects.get(user=ben)
    assert (held.is_shared_with(ben), held.is_shared_with(chie)) == (False, True)
