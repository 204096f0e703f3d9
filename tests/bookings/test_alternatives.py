"""What is offered instead of a time that is refused."""

from datetime import date, timedelta

import pytest

from bookings.alternatives import alternatives
from bookings.rules import Wish
from spaces.models import Space
from tests.conftest import house as read_house
from tests.factories import (
    TUESDAY,
    at,
    make_booking,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    span,
)

WEDNESDAY = date(2026, 11, 25)


def offered(house, user, starts="13:00", ends="15:00", *, day=TUESDAY, seats=1, now=None, resource=None, own=()):
    wish = Wish(resource or house.open_seats, span(starts, ends, day), seats)
    found = alternatives(house, wish, user=user, own=list(own), now=now or at("09:00"))
    return [(one.house.space.slug, one.span) for one in found]


def full(house, starts, ends, day=TUESDAY):
    return make_booking(house.open_seats, starts=starts, ends=ends, day=day, seats=house.open_seats.capacity)


def test_nearest_time_of_the_day_comes_first_and_the_same_time_elsewhere_third(koharubiyori, ben):
    full(koharubiyori, "14:00", "15:00")

    assert offered(koharubiyori, ben) == [
        ("koharubiyori", span("12:00", "14:00")),
        ("koharubiyori", span("11:00", "13:00", WEDNESDAY)),
        ("cafe-36", span("13:00", "15:00")),
    ]


def test_full_day_offers_the_days_around(koharubiyori, ben):
    full(koharubiyori, "11:00", "21:00", WEDNESDAY)

    here = [found for slug, found in offered(koharubiyori, ben, day=WEDNESDAY) if slug == "koharubiyori"]

    assert here == [span("19:00", "21:00"), span("11:00", "13:00", date(2026, 11, 26))]


def test_wish_until_closing_is_offered_until_closing(koharubiyori, ben):
    full(koharubiyori, "11:00", "12:00")

    assert offered(koharubiyori, ben, "11:00", "21:00")[0] == ("koharubiyori", span("12:00", "21:00"))


def test_wish_off_the_step_is_offered_on_it(koharubiyori, ben):
    assert offered(koharubiyori, ben, "13:10", "14:50")[0] == ("koharubiyori", span("13:00", "15:00"))


def test_past_wish_is_offered_from_now_on(koharubiyori, ben):
    assert offered(koharubiyori, ben, day=date(2026, 11, 20), now=at("12:10"))[0] == (
        "koharubiyori",
        span("12:30", "14:30"),
    )


def test_wish_beyond_the_horizon_is_offered_on_the_last_days(koharubiyori, ben):
    found = offered(koharubiyori, ben, day=date(2027, 3, 1))

    assert {taken.starts_at.astimezone().date() for _, taken in found} == {date(2027, 1, 22), date(2027, 1, 23)}


def test_group_is_offered_where_all_of_it_fits(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="11:00", ends="19:00", seats=12)

    assert offered(koharubiyori, ben, seats=4)[0] == ("koharubiyori", span("19:00", "21:00"))


def test_group_larger_than_every_space_is_offered_nothing(koharubiyori, ben):
    assert offered(koharubiyori, ben, seats=30) == []


def test_time_at_which_the_person_sits_elsewhere_is_not_offered(koharubiyori, four_spaces, ben):
    own = make_booking(four_spaces["cafe-36"].resources.get(), user=ben, starts="12:00", ends="16:00")

    found = offered(koharubiyori, ben, own=[own])

    assert found[0] == ("koharubiyori", span("16:00", "18:00"))
    assert not [slug for slug, _ in found if slug == "cafe-36"]


def test_room_is_offered_beside_an_own_seat(koharubiyori, ben):
    own = make_booking(koharubiyori.open_seats, user=ben, starts="11:00", ends="21:00")
    [room] = koharubiyori.rooms
    make_booking(room, starts="13:00", ends="15:00")

    assert offered(koharubiyori, ben, resource=room, own=[own])[0] == ("koharubiyori", span("11:00", "13:00"))


def test_other_room_of_the_same_kind_is_offered_at_the_same_time(dorinoki, ben):
    first, second, *_ = dorinoki.rooms
    make_booking(first, starts="13:00", ends="15:00")
    wish = Wish(first, span("13:00", "15:00"))

    found = alternatives(dorinoki, wish, user=ben, own=[], now=at("09:00"))

    assert {(one.resource.pk, one.span) for one in found} >= {(second.pk, wish.span)}
    assert found[0].link.startswith(f"/spaces/dorinoki/booking/?resource={found[0].resource.pk}&")


def test_what_is_not_sold_to_the_person_is_not_offered(garage, ben, aiko):
    full(garage, "13:00", "15:00")

    assert {slug for slug, _ in offered(garage, ben)} == {"koharubiyori"}
    assert "garage-labs" in {slug for slug, _ in offered(garage, aiko)}


def test_plan_counts_on_the_day_that_is_offered(garage, ben):
    make_membership(ben, garage.space.plans.get(), ends_on=WEDNESDAY)
    full(garage, "11:00", "22:00")

    here = [taken for slug, taken in offered(garage, ben) if slug == "garage-labs"]

    assert here == [span("11:00", "13:00", WEDNESDAY)]


def test_nothing_is_offered_against_another_spaces_rules(koharubiyori, four_spaces, ben):
    full(koharubiyori, "11:00", "21:00")
    cafe = four_spaces["cafe-36"]

    cafe.notice_minutes = 300
    cafe.save()
    assert "cafe-36" not in {slug for slug, _ in offered(koharubiyori, ben)}

    cafe.notice_minutes = 0
    cafe.save()
    assert "cafe-36" in {slug for slug, _ in offered(koharubiyori, ben)}


def test_reversed_wish_is_offered_nothing(koharubiyori, ben):
    wish = Wish(koharubiyori.open_seats, span("13:00", "15:00")._replace(ends_at=at("11:00")))

    assert alternatives(koharubiyori, wish, user=ben, own=[], now=at("09:00")) == []


def test_space_that_has_left_offers_nothing(koharubiyori, four_spaces, ben):
    full(koharubiyori, "13:00", "15:00")
    Space.objects.filter(slug="cafe-36").update(left_on=TUESDAY)

    assert {slug for slug, _ in offered(koharubiyori, ben)} == {"koharubiyori"}


@pytest.fixture
def bar(db):
    space = make_space("bar", opens="18:00", closes="02:00", horizon_days=2)
    seats = make_resource(space, capacity=1)
    make_plan(space, seats)
    return seats


def test_night_that_is_under_way_is_offered_after_midnight(bar, ben):
    make_booking(bar, starts="00:00", ends="01:00", day=WEDNESDAY)
    now = at("00:10", WEDNESDAY)

    found = offered(read_house("bar", now), ben, "00:30", "01:30", day=WEDNESDAY, now=now)

    assert found[0] == ("bar", span("01:00", "02:00", WEDNESDAY))


def test_small_hours_after_the_last_day_are_not_offered(bar, ben, now):
    last = TUESDAY + timedelta(days=2)
    make_booking(bar, starts="23:00", ends="00:00", day=last)

    found = offered(read_house("bar", now), ben, "23:00", "00:00", day=last)

    assert found[0] == ("bar", span("22:00", "23:00", last))
    assert max(taken.starts_at for _, taken in found) == at("22:00", last)


def test_retired_room_is_offered_until_the_day_before(db, ben, now):
    space = make_space()
    make_room(space, retired_on=WEDNESDAY)
    house = read_house("somewhere", now)
    make_booking(house.rooms[0], starts="13:00", ends="15:00")

    found = offered(house, ben, resource=house.rooms[0])

    assert [taken for _, taken in found] == [span("11:00", "13:00")]


def test_day_that_was_wished_is_looked_at_however_many_rooms_there_are(db, ben, now):
    space = make_space()
    for _ in range(6):
        make_room(space)
    house = read_house("somewhere", now)
    make_booking(house.rooms[0], starts="13:00", ends="15:00", day=WEDNESDAY)

    found = offered(house, ben, resource=house.rooms[0], day=WEDNESDAY)

    assert found == [("somewhere", span("13:00", "15:00", WEDNESDAY))] * 3


def test_time_beyond_a_limit_is_no_alternative(koharubiyori, ben):
    space = koharubiyori.space
    space.max_upcoming_bookings = 1
    space.save()
    seats = koharubiyori.open_seats
    make_booking(seats, starts="14:00", ends="15:00", seats=15)
    make_booking(seats, starts="17:00", ends="18:00", user=ben)

    found = offered(read_house("koharubiyori", at("09:00")), ben)

    assert [slug for slug, _span in found] == ["cafe-36"]


def test_week_that_is_used_up_leaves_the_next_one(koharubiyori, ben):
    space = koharubiyori.space
    space.max_hours_a_week = 3
    space.save()
    seats = koharubiyori.open_seats
    make_booking(seats, starts="14:00", ends="15:00", seats=15)
    make_booking(seats, starts="17:00", ends="19:00", user=ben)

    found = offered(read_house("koharubiyori", at("09:00")), ben)

    assert found[0] == ("koharubiyori", span("11:00", "13:00", date(2026, 11, 30)))
