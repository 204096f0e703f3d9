"""The page on which a time is chosen: what can be picked beside the wish, and what the quote or the refusal says."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import translation

from bookings.choice import choice
from bookings.refusals import refusal
from bookings.rules import Wish
from spaces.house import houses
from spaces.models import OpeningHours, Space
from spaces.refusing import codes
from tests.conftest import house as read_house
from tests.factories import TUESDAY, at, make_booking, make_plan, make_resource, make_space, make_visited, span

THURSDAY = date(2026, 11, 26)


@pytest.fixture
def ben(ben, koharubiyori):
    return make_visited(ben, koharubiyori.space)


def seen(house, user, starts="13:00", ends="15:00", *, day=TUESDAY, seats=1, now=None, resource=None, **asked):
    wish = Wish(resource or house.open_seats, span(starts, ends, day), seats)
    return choice(house, wish, user=user, now=now or at("09:00"), **asked)


def said(found):
    return codes(found.refusals) if found.refusals else set()


def test_wish_that_can_be_had_has_a_quote_and_nothing_against_it(koharubiyori, ben):
    found = seen(koharubiyori, ben)

    assert (found.quote.price, found.free, found.refusals, found.alternatives) == (500, 15, None, [])
    assert found.free_until == at("11:00")


def test_free_cancelling_that_is_over_is_not_promised(koharubiyori, ben):
    assert seen(koharubiyori, ben, now=at("10:59")).free_until == at("11:00")
    assert seen(koharubiyori, ben, now=at("11:00")).free_until is None


def test_full_time_is_refused_and_others_are_offered(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="14:00", ends="14:30", seats=15)

    found = seen(koharubiyori, ben)

    assert (said(found), found.free) == ({"full"}, 0)
    assert found.quote.price == 500
    assert found.alternatives[0].span == span("12:00", "14:00")


def test_too_few_seats_for_a_group_is_full(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="14:00", ends="14:30", seats=13)

    assert said(seen(koharubiyori, ben, seats=3)) == {"full"}
    assert said(seen(koharubiyori, ben, seats=2)) == set()


def test_taken_room_is_taken(koharubiyori, ben):
    make_booking(koharubiyori.rooms[0], starts="14:00", ends="16:00")

    assert said(seen(koharubiyori, ben, resource=koharubiyori.rooms[0])) == {"taken"}


def test_own_seat_at_that_time_is_told_before_booking(koharubiyori, four_spaces, ben, chie):
    make_booking(four_spaces["cafe-36"].resources.get(), user=ben, starts="14:00", ends="16:00")

    assert said(seen(koharubiyori, ben)) == {"overlaps_own"}
    assert said(seen(koharubiyori, ben, "12:00", "14:00")) == set()
    assert said(seen(koharubiyori, ben, resource=koharubiyori.rooms[0])) == set()
    assert said(seen(koharubiyori, chie)) == said(seen(koharubiyori, None)) == set()
    assert said(seen(koharubiyori, AnonymousUser())) == set()


def test_own_seat_is_known_by_the_persons_address_as_the_database_knows_it(koharubiyori, four_spaces, ben):
    make_booking(four_spaces["cafe-36"].resources.get(), person=ben.email, starts="14:00", ends="16:00")

    assert said(seen(koharubiyori, ben)) == {"overlaps_own"}


def test_visitor_reads_that_signing_in_may_be_cheaper(koharubiyori, four_spaces, ben):
    with translation.override("en"):
        tip = "The first visit to Koharubiyori can be free of charge: sign in to see."

        assert seen(koharubiyori, None).quote.tips == seen(koharubiyori, AnonymousUser()).quote.tips == (tip,)
        assert seen(koharubiyori, None, seats=2).quote.tips == seen(koharubiyori, ben).quote.tips == ()
        assert seen(koharubiyori, None, resource=koharubiyori.rooms[0]).quote.tips == ()
        cafe = read_house("cafe-36", at("09:00"))
        assert seen(cafe, None).quote.tips == ()


def test_new_price_is_not_told_where_the_wish_can_not_be_had_at_any(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    assert said(seen(koharubiyori, ben, refused=refusal("price_changed", price="900"))) == {"overlaps_own"}


def test_every_rule_that_is_broken_is_told(koharubiyori, ben):
    assert said(seen(koharubiyori, ben, "07:00", "08:00", seats=16)) == {"past", "closed", "too_many_seats"}


def test_what_the_act_itself_refused_is_told_first(koharubiyori, ben):
    found = seen(koharubiyori, ben, refused=refusal("price_changed", price="900"))

    assert said(found) == {"price_changed"}
    assert found.quote.price == 500


def test_booking_that_is_moved_counts_neither_its_seats_nor_its_person(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="11:00", ends="21:00", seats=14)
    own = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")

    assert said(seen(koharubiyori, ben, "14:00", "16:00")) == {"full"}
    assert said(seen(koharubiyori, ben, "14:00", "16:00", moving=own)) == set()


def test_booking_moves_to_alternatives_within_its_space(koharubiyori, ben):
    own = make_booking(koharubiyori.open_seats, user=ben, starts="13:00", ends="15:00")
    make_booking(koharubiyori.open_seats, starts="16:00", ends="18:00", seats=15)

    found = seen(koharubiyori, ben, "16:00", "18:00", moving=own)

    assert said(found) == {"full"}
    assert {one.house.space.slug for one in found.alternatives} == {"koharubiyori"}
    assert all(f"/bookings/{own.reference}/" in one.link for one in found.alternatives)


def test_starts_are_the_steps_that_are_left_with_what_is_free_from_them(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="17:00", ends="18:00", seats=5)

    starts = seen(koharubiyori, ben, now=at("12:10")).starts

    assert [step.moment for step in starts] == [at("12:30") + timedelta(minutes=30 * count) for count in range(17)]
    assert [step.value for step in starts[:2]] == ["2026-11-24T12:30", "2026-11-24T13:00"]
    assert [step.is_picked for step in starts[:3]] == [False, True, False]
    free = {step.value[-5:]: step.free for step in starts}
    assert (free["15:00"], free["15:30"], free["17:30"], free["18:00"]) == (15, 10, 10, 15)


def test_starts_of_a_wish_until_closing_count_until_closing(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="20:30", ends="21:00", seats=5)

    starts = seen(koharubiyori, ben, "13:00", "21:00").starts

    assert {step.free for step in starts} == {10}


def test_ends_are_the_steps_after_the_start_and_closing(koharubiyori, ben):
    make_booking(koharubiyori.open_seats, starts="14:00", ends="15:00", seats=5)

    ends = seen(koharubiyori, ben).ends

    assert (ends[0].moment, ends[-1].moment, len(ends)) == (at("13:30"), at("21:00"), 16)
    assert [step.free for step in ends[:3]] == [15, 15, 10]
    assert [step.moment for step in ends if step.is_picked] == [at("15:00")]


def test_closed_time_has_neither_starts_nor_ends(koharubiyori, ben):
    found = seen(koharubiyori, ben, "07:00", "08:00")

    assert (found.starts, found.ends) == ([], [])


def test_days_are_the_open_ones_around_with_the_same_hours(koharubiyori, ben):
    days = seen(koharubiyori, ben, day=THURSDAY).days

    assert [(day.starts, day.ends) for day in days] == [
        (f"2026-{day}T13:00", f"2026-{day}T15:00")
        for day in ("11-24", "11-25", "11-26", "11-27", "11-28", "11-30", "12-01")
    ]
    assert [day.moment for day in days if day.is_picked] == [at("13:00", THURSDAY)]


def test_day_that_closes_earlier_has_the_wish_cut_to_its_hours(koharubiyori, ben):
    def on_saturday(starts, ends):
        days = {day.starts[:10]: day for day in seen(koharubiyori, ben, starts, ends, day=THURSDAY).days}
        return days["2026-11-28"].starts[-5:], days["2026-11-28"].ends[-5:]

    assert on_saturday("17:00", "21:00") == ("17:00", "18:00")
    assert on_saturday("19:00", "20:00") == ("11:00", "18:00")


def test_until_closing_stays_until_closing_on_other_days(koharubiyori, ben):
    days = seen(koharubiyori, ben, "12:00", "18:00", day=date(2026, 11, 28)).days

    assert {day.starts[:10]: day.ends[-5:] for day in days}["2026-11-27"] == "21:00"


def test_no_day_is_past_or_beyond_the_horizon(koharubiyori, ben):
    last = date(2027, 1, 23)

    days = seen(koharubiyori, ben, "11:00", "13:00", day=last).days

    assert [day.starts[5:10] for day in days] == ["01-20", "01-21", "01-22", "01-23"]
    assert seen(koharubiyori, ben).days[0].starts[5:10] == "11-24"


def test_split_day_keeps_the_half_that_was_wished(ben, db, now):
    space = make_space(opens="09:00", closes="12:00")
    for weekday in range(7):
        OpeningHours.objects.create(space=space, weekday=weekday, opens=time(14), closes=time(20))
    make_plan(space, make_resource(space))
    house = read_house("somewhere", now)

    morning = seen(house, ben, "10:00", "11:30", day=THURSDAY).days
    afternoon = seen(house, ben, "15:00", "16:00", day=THURSDAY).days

    assert {(day.starts[-5:], day.ends[-5:]) for day in morning} == {("10:00", "11:30")}
    assert {(day.starts[-5:], day.ends[-5:]) for day in afternoon} == {("15:00", "16:00")}


@pytest.mark.parametrize("count", [1, 12])
def test_choice_costs_the_same_for_any_number_of_bookings(koharubiyori, ben, django_assert_max_num_queries, count):
    for _number in range(count):
        make_booking(koharubiyori.open_seats, starts="11:00", ends="21:00", seats=1)
    make_booking(koharubiyori.open_seats, starts="14:00", ends="14:30", seats=15 - count)

    with django_assert_max_num_queries(9):
        assert said(seen(koharubiyori, ben)) == {"full"}


def test_choice_takes_nothing(koharubiyori, ben):
    seen(koharubiyori, ben)

    [house] = houses(Space.objects.filter(slug="koharubiyori"), today=TUESDAY)
    assert house.open_seats.bookings.count() == 0
    with pytest.raises(ValidationError):
        raise seen(koharubiyori, ben, "07:00", "08:00").refusals
