"""Houses: everything that pages need of spaces, in one query."""

from datetime import date, time

import pytest
from django.utils import translation

from spaces.calendar import SpecialDays, WeeklyHours
from spaces.house import house_at, house_of, houses
from spaces.models import Amenity, OpeningHours, Resource, Space
from tests.conftest import house
from tests.factories import TUESDAY, make_closure, make_resource, make_room, make_space


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_houses_takes_one_query(db, django_assert_num_queries, count):
    for number in range(count):
        space = make_space(f"space-{number}")
        make_resource(space)
        make_closure(space)

    with django_assert_num_queries(1):
        found = houses(Space.objects.all(), today=TUESDAY)
        assert [each.open_seats.space.slug for each in found] == [f"space-{number}" for number in range(count)]


def test_house_has_what_its_space_has(koharubiyori):
    assert [hours.weekday for hours in koharubiyori.calendar.weekly] == [0, 1, 2, 3, 4, 5]
    assert koharubiyori.calendar.weekly[5] == WeeklyHours(5, time(11), time(18))
    assert [resource.kind for resource in koharubiyori.resources] == ["open_seats", "meeting_room"]
    assert koharubiyori.rooms == [koharubiyori.resources[1]]
    assert koharubiyori.booths == []
    assert koharubiyori.open_seats.capacity == 15
    assert len(koharubiyori.amenities) == 14


def test_rows_of_a_house_are_those_of_the_database(dorinoki):
    for resource in dorinoki.resources:
        stored = Resource.objects.get(pk=resource.pk)
        names = [field.attname for field in Resource._meta.fields if field.attname != "name"]
        assert [getattr(resource, name) for name in names] == [getattr(stored, name) for name in names]
    assert [amenity.name for amenity in dorinoki.amenities] == [
        amenity.name for amenity in Amenity.objects.filter(space=dorinoki.space)
    ]


def test_names_of_a_house_follow_the_language(koharubiyori):
    with translation.override("en"):
        english = koharubiyori.open_seats.name
    with translation.override("ja"):
        japanese = koharubiyori.open_seats.name

    assert (english, japanese) == ("Open seats", "オープン席")


def test_house_is_the_same_in_every_language(four_spaces, now):
    with translation.override("en"):
        assert house("dorinoki", now).resources[0].name_ja == "フレックス席"


def test_house_knows_its_resources_by_key(koharubiyori, dorinoki):
    assert koharubiyori.resource(koharubiyori.open_seats.pk) == koharubiyori.open_seats
    assert koharubiyori.resource(dorinoki.open_seats.pk) is None


def test_room_without_a_price_is_not_sold_by_the_hour(db):
    space = make_space()
    make_room(space, price_per_hour=None)

    [found] = houses(Space.objects.all(), today=TUESDAY)

    assert (found.rooms, found.open_seats) == ([], None)


def test_retired_resource_is_no_longer_there(db):
    space = make_space()
    make_resource(space, retired_on=TUESDAY)
    staying = make_resource(space, retired_on=date(2026, 11, 25))

    [found] = houses(Space.objects.all(), today=TUESDAY)

    assert found.resources == (staying,)


def test_house_remembers_closures_of_the_last_week(db):
    space = make_space()
    make_closure(space, date(2026, 11, 16))
    make_closure(space, date(2026, 11, 17), opens=time(10), closes=time(12), reason_ja="雪")
    make_closure(space, date(2027, 11, 1), last=date(2027, 11, 3))

    [found] = houses(Space.objects.all(), today=TUESDAY)

    assert found.calendar.special == (
        SpecialDays(date(2026, 11, 17), date(2026, 11, 17), time(10), time(12), "雪", ""),
        SpecialDays(date(2027, 11, 1), date(2027, 11, 3), None, None, "", ""),
    )


def test_hours_come_in_the_order_of_the_week(db):
    space = make_space()
    OpeningHours.objects.create(space=space, weekday=0, opens=time(7), closes=time(9))

    [found] = houses(Space.objects.all(), today=TUESDAY)

    assert found.calendar.weekly[:2] == (WeeklyHours(0, time(7), time(9)), WeeklyHours(0, time(10), time(20)))


def test_house_is_found_by_its_address_while_its_space_is_in_the_federation(four_spaces):
    Space.objects.filter(slug="cafe-36").update(left_on=date(2026, 11, 25))

    assert house_at("cafe-36", today=TUESDAY).space == four_spaces["cafe-36"]
    assert house_at("cafe-36", today=date(2026, 11, 25)) is None
    assert house_at("nowhere", today=TUESDAY) is None


def test_house_of_a_space_is_there_whether_it_has_left_or_not(four_spaces, django_assert_num_queries):
    cafe = four_spaces["cafe-36"]
    Space.objects.filter(slug="cafe-36").update(left_on=TUESDAY)

    with django_assert_num_queries(1):
        assert house_of(cafe, today=TUESDAY).open_seats.capacity == 20
    with pytest.raises(Space.DoesNotExist):
        house_of(Space(pk=0), today=TUESDAY)


def test_what_is_done_to_one_house_is_not_seen_in_the_next(koharubiyori):
    first = house_of(koharubiyori.space, today=TUESDAY)
    first.open_seats.capacity = 1
    first.space.slug = "elsewhere"

    again = house_of(koharubiyori.space, today=TUESDAY)

    assert (again.open_seats.capacity, again.space.slug) == (15, "koharubiyori")
    assert again.open_seats.space is again.space
