"""The space itself, and what its rows refuse before the database does."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from spaces.models import Amenity, Closure, OpeningHours, Resource, Space
from spaces.models.opening import Weekday
from tests.factories import TUESDAY, make_closure, make_resource, make_room, make_space


def reasons(row, **fields):
    """What is said against a row, by field, when it is checked with other values."""
    for name, value in fields.items():
        setattr(row, name, value)
    with translation.override("en"):
        with pytest.raises(ValidationError) as caught:
            row.full_clean()
        return caught.value.message_dict


def test_space_is_in_the_federation_from_joining_until_the_day_before_leaving(db):
    make_space("member", left_on=date(2026, 12, 31))

    found = [
        Space.objects.in_federation(day).exists()
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 30), date(2026, 12, 31))
    ]

    assert found == [False, True, True, False]
    assert Space.objects.in_federation().exists()


def test_today_is_the_spaces_own_day(db):
    japan, new_york = make_space("here"), make_space("there", timezone="America/New_York")
    moment = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)

    assert (japan.today(moment), new_york.today(moment)) == (date(2026, 11, 24), date(2026, 11, 23))


def test_unknown_time_zone_and_country_are_refused(db):
    space = make_space()

    assert reasons(space, timezone="Asia/Sapporo") == {"timezone": ["Asia/Sapporo is not a time zone."]}
    assert reasons(space, timezone="Asia/Tokyo", country="XX") == {"country": ["The holidays of XX are not known."]}


def test_space_has_a_page_and_says_whether_it_takes_applications(garage, koharubiyori):
    assert garage.space.get_absolute_url() == "/spaces/garage-labs/"
    assert (garage.space.takes_applications, koharubiyori.space.takes_applications) == (True, False)


def test_rows_are_called_by_what_people_know_them_by(db):
    space = make_space(name_ja="どこか")
    hours = OpeningHours(space=space, weekday=Weekday.MONDAY, opens=time(11), closes=time(22))

    with translation.override("en"):
        assert str(hours) == "Monday 11:00–22:00"
    assert str(space) == "どこか"
    assert str(Amenity(space=space, name_ja="電源")) == "電源"
    assert str(make_resource(space, name_ja="席")) == "席"
    assert str(make_closure(space)) == "どこか 2026-11-24"
    assert str(Closure(space=space, starts_on=TUESDAY, ends_on=date(2026, 11, 26))) == "どこか 2026-11-24–2026-11-26"


def test_closure_with_both_times_has_special_hours(db):
    space = make_space()

    assert make_closure(space, opens=time(11), closes=time(16)).special_hours == (time(11), time(16))
    assert make_closure(space, date(2026, 11, 25)).special_hours is None


def test_reversed_closure_is_told_once_and_not_as_an_overlap(db):
    space = make_space()
    make_closure(space)

    reversed_closure = Closure(space=space, starts_on=date(2026, 11, 30), ends_on=date(2026, 11, 20))

    said = reasons(reversed_closure)

    assert said["ends_on"] == ["The last day is before the first."]
    assert "There is a closure on one of these days already." not in str(said)
    with pytest.raises(ValidationError) as caught:
        reversed_closure.clean()
    assert [error.code for error in caught.value.error_dict["ends_on"]] == ["reversed"]


def test_second_closure_on_a_day_is_refused_with_a_sentence(db):
    space = make_space()
    make_closure(space, TUESDAY, last=date(2026, 11, 26))

    said = reasons(Closure(space=space, starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 28)))

    assert said == {"__all__": ["There is a closure on one of these days already."]}


def test_seats_are_taken_one_by_one_and_rooms_by_the_hour(db):
    space = make_space()
    seats, room, closet = make_resource(space), make_room(space), make_room(space, price_per_hour=None)

    assert [resource.is_seats for resource in (seats, room, closet)] == [True, False, False]
    assert [resource.is_sold_by_the_hour for resource in (seats, room, closet)] == [False, True, False]


def test_room_for_many_is_refused_with_a_sentence(db):
    said = reasons(make_room(make_space()), capacity=3)

    assert said == {"__all__": ["A room, hall or booth is taken whole: its capacity is 1."]}


def test_every_change_of_a_space_is_kept(db):
    space = make_space(name_ja="どこか")
    space.name_ja = "ここ"
    space.save()

    assert [past.name_ja for past in space.history.order_by("history_id")] == ["どこか", "ここ"]
    assert Resource.history.model._meta.app_label == "spaces"
