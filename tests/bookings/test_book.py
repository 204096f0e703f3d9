"""Booking: what it writes, and every reason for which it is refused."""

from datetime import date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from bookings.booking import book
from bookings.models import Booking
from members.models import User
from notices.models import Notice
from spaces.calendar import Span
from spaces.house import House
from spaces.models import OpeningHours, Resource
from spaces.refusing import codes
from tests.conftest import house
from tests.factories import (
    at,
    make_booking,
    make_closure,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
    make_visited,
    span,
)
from tests.postgres import add_check


def take(house: House, user: User, starts: str, ends: str, now: datetime, **asked: object) -> Booking:
    day = asked.pop("day", date(2026, 11, 24))
    resource = asked.pop("resource", house.open_seats)
    return book(
        user=user,
        space=house.space,
        resource_id=resource.pk,
        span=span(starts, ends, day),
        now=now,
        **asked,
    )


def refused(house: House, user: User, starts: str, ends: str, now: datetime, **asked: object) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        take(house, user, starts, ends, now, **asked)
    assert not Booking.objects.filter(user=user).exists()
    assert not Notice.objects.exists()
    return codes(caught.value)


def test_coworker_books_a_day_at_the_day_price(koharubiyori, ben, now):
    booking = take(koharubiyori, ben, "11:00", "21:00", now)

    assert (booking.price, booking.basis, booking.plan.kind) == (800, "drop_in", "drop_in")
    assert booking.holds_seat is True


def test_two_hours_cost_the_mini_drop_in(koharubiyori, ben, now):
    make_visited(ben, koharubiyori.space)

    booking = take(koharubiyori, ben, "13:30", "15:30", now)

    assert (booking.price, booking.plan.kind) == (500, "mini_drop_in")


def test_member_books_at_no_price_where_the_plan_opens_the_seats(garage, aiko, now):
    booking = take(garage, aiko, "11:00", "22:00", now)

    assert (booking.price, booking.basis) == (0, "plan")


def test_room_costs_by_the_hour(koharubiyori, ben, now):
    [room] = koharubiyori.rooms

    booking = take(koharubiyori, ben, "13:00", "14:30", now, resource=room)

    assert (booking.price, booking.basis) == (750, "room")


def test_confirmation_and_reminder_are_written_with_the_booking(koharubiyori, ben, now):
    booking = take(koharubiyori, ben, "11:00", "13:00", now, day=date(2026, 11, 26))

    kinds = {notice.kind: notice for notice in Notice.objects.filter(subject_key=f"booking:{booking.pk}")}
    assert set(kinds) == {"booking.confirmed", "booking.reminder"}
    assert kinds["booking.confirmed"].due_at == now
    assert kinds["booking.reminder"].due_at == at("17:00", date(2026, 11, 25))
    assert {notice.language for notice in kinds.values()} == {"en"}


def test_same_day_booking_has_no_reminder(koharubiyori, ben, now):
    take(koharubiyori, ben, "11:00", "13:00", now)

    assert [notice.kind for notice in Notice.objects.all()] == ["booking.confirmed"]


@pytest.mark.parametrize(
    ("starts", "ends", "day", "code"),
    [
        ("08:00", "10:00", date(2026, 11, 24), "past"),
        ("10:00", "12:00", date(2026, 11, 24), "closed"),
        ("20:00", "22:00", date(2026, 11, 24), "closed"),
        ("11:00", "13:00", date(2026, 11, 29), "closed"),
        ("11:00", "13:00", date(2027, 1, 25), "beyond_horizon"),
        ("11:10", "13:10", date(2026, 11, 24), "off_step"),
    ],
)
def test_time_that_breaks_a_rule_is_refused(koharubiyori, ben, now, starts, ends, day, code):
    assert code in refused(koharubiyori, ben, starts, ends, now, day=day)


def test_national_holiday_is_closed(koharubiyori, ben, now):
    assert refused(koharubiyori, ben, "11:00", "13:00", now, day=date(2027, 1, 11)) == {"closed"}


def test_every_reason_is_said_at_once(koharubiyori, ben, now):
    codes_said = refused(koharubiyori, ben, "07:00", "08:00", now, day=date(2026, 11, 24), seats=16)

    assert codes_said == {"past", "closed", "too_many_seats"}


def test_end_before_start_is_refused(koharubiyori, ben, now):
    with pytest.raises(ValidationError) as caught:
        book(
            user=ben,
            space=koharubiyori.space,
            resource_id=koharubiyori.open_seats.pk,
            span=span("11:00", "13:00")._replace(ends_at=at("11:00")),
            now=now,
        )

    assert codes(caught.value) == {"ends_before_start"}


def test_coworker_is_sold_no_seat_at_garage_labs(garage, ben, now):
    assert refused(garage, ben, "11:00", "13:00", now) == {"no_drop_in"}


def test_room_for_members_is_refused_to_others(garage, ben, now):
    assert refused(garage, ben, "11:00", "13:00", now, resource=garage.rooms[0]) == {"members_only"}


def test_work_booth_is_let_by_the_month(dorinoki, ben, now):
    assert refused(dorinoki, ben, "11:00", "13:00", now, resource=dorinoki.booths[0]) == {"by_the_month"}


def test_full_house_is_refused(koharubiyori, ben, now):
    make_booking(koharubiyori.open_seats, starts="12:00", ends="12:30", seats=15)

    assert refused(koharubiyori, ben, "11:00", "13:00", now) == {"full"}


def test_seat_beside_a_full_hour_is_free(koharubiyori, ben, now):
    make_booking(koharubiyori.open_seats, starts="13:00", ends="14:00", seats=15)

    assert take(koharubiyori, ben, "11:00", "13:00", now).is_live


def test_taken_room_is_refused(koharubiyori, ben, now):
    [room] = koharubiyori.rooms
    make_booking(room, starts="12:00", ends="14:00", user=make_user("first@example.jp"))

    assert refused(koharubiyori, ben, "13:00", "15:00", now, resource=room) == {"taken"}


def test_second_seat_at_one_time_is_refused_at_any_space(koharubiyori, four_spaces, ben, now):
    take(koharubiyori, ben, "11:00", "13:00", now)
    cafe = four_spaces["cafe-36"]

    with pytest.raises(ValidationError) as caught:
        book(
            user=ben,
            space=cafe,
            resource_id=cafe.resources.get().pk,
            span=span("12:00", "14:00"),
            now=now,
        )

    assert codes(caught.value) == {"overlaps_own"}


def test_room_beside_a_seat_is_fine(koharubiyori, ben, now):
    take(koharubiyori, ben, "11:00", "13:00", now)

    assert take(koharubiyori, ben, "11:00", "13:00", now, resource=koharubiyori.rooms[0]).is_live


def test_other_price_than_agreed_is_refused(koharubiyori, ben, now):
    assert refused(koharubiyori, ben, "11:00", "13:00", now, agreed_price=400) == {"price_changed"}


def test_closure_refuses(koharubiyori, ben, now):
    make_closure(koharubiyori.space, reason_ja="大雪")

    assert refused(koharubiyori, ben, "11:00", "13:00", now) == {"closed"}


def test_notice_wanted_by_the_space_is_kept(koharubiyori, ben, now):
    koharubiyori.space.notice_minutes = 180
    koharubiyori.space.save()

    assert refused(koharubiyori, ben, "11:00", "13:00", now) == {"too_short_notice"}


def test_refusal_of_the_database_that_nobody_has_heard_of_is_not_hidden(koharubiyori, ben, now):
    add_check("bookings_booking", "nobody_books", "false")

    with pytest.raises(IntegrityError, match="nobody_books"):
        take(koharubiyori, ben, "11:00", "13:00", now)


def test_resource_that_is_not_there_any_more_is_refused(koharubiyori, dorinoki, ben, now):
    gone = make_resource(koharubiyori.space, retired_on=date(2026, 11, 24))

    assert refused(koharubiyori, ben, "11:00", "13:00", now, resource=gone) == {"no_such_resource"}
    assert refused(koharubiyori, ben, "11:00", "13:00", now, resource=dorinoki.rooms[0]) == {"no_such_resource"}
    assert refused(koharubiyori, ben, "11:00", "13:00", now, resource=Resource(pk=0)) == {"no_such_resource"}


def test_room_that_retires_is_refused_from_that_day_on(koharubiyori, ben, now):
    leaving = make_room(koharubiyori.space, retired_on=date(2026, 11, 26))

    assert refused(koharubiyori, ben, "11:00", "13:00", now, resource=leaving, day=date(2026, 11, 26)) == {
        "no_such_resource"
    }
    assert take(koharubiyori, ben, "11:00", "13:00", now, resource=leaving, day=date(2026, 11, 25)).is_live


def test_hours_of_more_than_a_day_are_booked_day_by_day(ben, db, now):
    space = make_space(opens="00:00", closes="23:59")
    make_plan(space, make_resource(space))
    OpeningHours.objects.create(space=space, weekday=1, opens=time(23, 30), closes=time(23, 29))
    found = house("somewhere", now)
    [night] = found.calendar.spans_on(date(2026, 11, 24))

    with pytest.raises(ValidationError) as caught:
        book(user=ben, space=space, resource_id=found.open_seats.pk, span=Span(at("10:00"), night.ends_at), now=now)

    assert codes(caught.value) == {"too_long"}
