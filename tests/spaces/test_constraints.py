"""What PostgreSQL refuses of spaces, whoever writes the rows."""

from datetime import date, time

import pytest

from tests.factories import TUESDAY, make_closure, make_resource, make_room, make_space
from tests.postgres import change, copy, named_without_a_test, refusal_of, refused, refused_copy

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def space(db):
    return make_space()


def test_every_constraint_has_a_test_named_like_it():
    assert named_without_a_test("spaces", tests=globals()) == set()


def test_space_leaves_after_joining(space):
    change(space, left_on=space.joined_on)

    assert refused(space, left_on=date(2025, 12, 31)) == "space_leaves_after_joining"


def test_space_horizon_within_a_year(space):
    change(space, horizon_days=366)
    change(space, horizon_days=1)

    assert refused(space, horizon_days=0) == "space_horizon_within_a_year"
    assert refused(space, horizon_days=367) == "space_horizon_within_a_year"


def test_space_renewal_day_of_a_month(space):
    for day in (1, 31, None):
        change(space, renewal_day=day)

    assert refused(space, renewal_day=0) == "space_renewal_day_of_a_month"
    assert refused(space, renewal_day=32) == "space_renewal_day_of_a_month"


def test_spaces_space_slug_is_unique(space):
    assert refused_copy(space) == "spaces_space_slug_key"


def test_hours_open_once(space):
    hours = space.hours.get(weekday=0)
    copy(hours, opens=time(21), closes=time(22))

    assert refused_copy(hours, closes=time(12)) == "hours_open_once"


def test_hours_on_a_weekday(space):
    assert refused(space.hours.get(weekday=0), weekday=7) == "hours_on_a_weekday"


def test_closure_ends_after_it_starts(space):
    closure = make_closure(space)

    # The range of the exclusion constraint can't be made of a reversed period either; the check speaks first.
    assert refused(closure, ends_on=date(2026, 11, 23)) == "closure_ends_after_it_starts"


def test_closure_has_both_times_or_none(space):
    closure = make_closure(space)
    change(closure, opens=time(11), closes=time(16))

    assert refused(closure, opens=None) == "closure_has_both_times_or_none"
    assert refused(closure, closes=None) == "closure_has_both_times_or_none"


def test_closure_once_a_day(space):
    closure = make_closure(space, TUESDAY, last=WEDNESDAY)
    copy(closure, starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 27))
    copy(closure, space_id=make_space("elsewhere").pk)

    assert refused_copy(closure, starts_on=WEDNESDAY, ends_on=WEDNESDAY) == "closure_once_a_day"
    assert refused_copy(closure, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)) == "closure_once_a_day"


def test_resource_takes_someone(space):
    assert refused(make_resource(space), capacity=0) == "resource_takes_someone"
    assert refused(make_resource(space), persons=0) == "resource_takes_someone"


def test_resource_room_is_taken_whole(space):
    assert refused(make_room(space), capacity=2) == "resource_room_is_taken_whole"
    assert refused(make_resource(space), kind="hall") == "resource_room_is_taken_whole"


def test_resource_step_divides_the_hour(space):
    resource = make_resource(space)
    for minutes in (15, 30, 60):
        change(resource, step_minutes=minutes)

    assert refused(resource, step_minutes=45) == "resource_step_divides_the_hour"


def test_negative_numbers_are_refused(space):
    assert refused(make_resource(space), position=-1) == "spaces_resource_position_check"
    assert refused(make_room(space), price_per_hour=-1) == "spaces_resource_price_per_hour_check"
    assert refused(space, notice_minutes=-1) == "spaces_space_notice_minutes_check"


def test_space_with_resources_is_not_deleted(space):
    make_resource(space)

    constraint = refusal_of("DELETE FROM spaces_space WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE", [space.pk])

    assert constraint.endswith("_fk_spaces_space_id")
