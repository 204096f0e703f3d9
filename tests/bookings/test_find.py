"""Finding by time, over all spaces at once. Whether what is found can be had: test_offered_is_accepted.py."""

from datetime import UTC, date, datetime, time

import pytest

from bookings.finding import find
from members.models import Plan
from spaces.models import Resource, Space
from tests.factories import (
    TUESDAY,
    at,
    make_booking,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
)


def found(user, start="14:00", end="17:00", *, persons=1, day=TUESDAY, now=None):
    return find(
        day=day,
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        persons=persons,
        user=user,
        now=now or at("09:00"),
    )


def free(user, *args, **asked):
    return [
        (one.house.space.slug, one.resource.kind, one.quote.price, one.free)
        for one in found(user, *args, **asked)
        if one.is_free
    ]


def test_two_people_on_tuesday_afternoon_find_seats_and_rooms_by_price(four_spaces, ben):
    assert free(ben, persons=2) == [
        ("dorinoki", "meeting_room", 1500, 1),
        ("dorinoki", "meeting_room", 1500, 1),
        ("dorinoki", "meeting_room", 1500, 1),
        ("koharubiyori", "meeting_room", 1500, 1),
        ("koharubiyori", "open_seats", 1600, 15),
        ("cafe-36", "open_seats", 1600, 20),
        ("dorinoki", "hall", 4500, 1),
    ]


def test_what_is_not_free_comes_last_with_its_reasons(four_spaces, ben):
    refused = {(one.house.space.slug, one.resource.kind): one.refusals for one in found(ben) if not one.is_free}

    assert set(refused) == {("garage-labs", "open_seats"), ("garage-labs", "meeting_room"), ("dorinoki", "open_seats")}
    assert all(len(reasons) == 1 for reasons in refused.values())
    assert [one.is_free for one in found(ben)] == sorted([one.is_free for one in found(ben)], reverse=True)


def test_member_finds_the_own_seats_at_no_price(four_spaces, aiko):
    assert free(aiko)[:2] == [("garage-labs", "open_seats", 0, 16), ("garage-labs", "meeting_room", 0, 1)]


def test_full_space_and_taken_room_are_said_to_be_so(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="16:00", ends="18:00", seats=14)
    make_booking(koharubiyori.rooms[0], starts="16:00", ends="18:00")

    refused = {one.resource.pk: one for one in found(ben, persons=2) if one.house.space.slug == "koharubiyori"}

    seats, room = refused[koharubiyori.open_seats.pk], refused[koharubiyori.rooms[0].pk]
    assert (seats.is_free, seats.free, room.is_free, room.free) == (False, 1, False, 0)


def test_person_who_sits_somewhere_finds_rooms_but_no_second_seat(koharubiyori, ben, chie):
    make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    assert {kind for _, kind, *_ in free(ben)} == {"meeting_room", "hall"}
    assert "open_seats" in {kind for _, kind, *_ in free(chie)}
    assert "open_seats" in {kind for _, kind, *_ in free(ben, "15:00", "17:00")}


def test_larger_group_finds_what_is_large_enough(four_spaces, ben):
    assert free(ben, persons=25) == [("dorinoki", "hall", 4500, 1)]
    assert free(ben, persons=30) == [("dorinoki", "hall", 4500, 1)]
    assert found(ben, persons=31) == []
    assert ("koharubiyori", "meeting_room", 1500, 1) in free(ben, persons=6)


def test_time_over_midnight_ends_on_the_next_day(db, ben):
    space = make_space("bar", opens="18:00", closes="02:00")
    make_plan(space, make_resource(space))

    assert free(ben, "23:00", "01:00") == [("bar", "open_seats", 800, 10)]


def test_found_thing_leads_to_its_quote(koharubiyori, ben):
    one = next(one for one in found(ben, persons=2) if one.resource == koharubiyori.open_seats)

    assert one.link == (
        f"/spaces/koharubiyori/booking/?resource={one.resource.pk}&starts=2026-11-24T14:00&ends=2026-11-24T17:00&seats=2"
    )


def test_nothing_is_found_without_spaces(db, ben):
    assert found(ben) == []


def test_space_that_has_left_is_not_searched(four_spaces, ben):
    Space.objects.exclude(slug="cafe-36").update(left_on=TUESDAY)

    assert free(ben) == [("cafe-36", "open_seats", 800, 20)]


def test_what_retires_today_is_gone_before_nine_in_the_morning_too(four_spaces, ben):
    Plan.objects.filter(space__slug="cafe-36").update(retired_on=TUESDAY)
    Resource.objects.filter(space__slug="koharubiyori").update(retired_on=TUESDAY)
    early = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert early == at("07:00")

    assert {slug for slug, *_ in free(ben, now=early)} == {"dorinoki"}


def test_room_of_the_day_after_it_retires_is_not_found(db, ben):
    make_room(make_space(), retired_on=date(2026, 11, 26))

    assert len(free(ben, day=date(2026, 11, 25))) == 1
    assert free(ben, day=date(2026, 11, 26)) == []


@pytest.mark.parametrize("count", [1, 5])
def test_finding_costs_the_same_for_any_number_of_spaces(db, ben, django_assert_max_num_queries, count):
    for number in range(count):
        space = make_space(f"space-{number}")
        seats = make_resource(space)
        make_membership(ben, make_plan(space, seats, kind="monthly"))
        make_booking(seats, starts="11:00", ends="20:00")

    with django_assert_max_num_queries(5):
        assert len(free(ben)) == count
