"""What a booking costs one person, and why."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bookings.pricelist import Agreed, Held, PlanTerms, PriceList, held_of, price_list
from bookings.quote import quote
from bookings.used import Used
from members.models import AgreedPlan, Membership, Plan
from spaces.calendar import Calendar, Span
from spaces.models import Resource
from tests.conftest import house as read_house
from tests.factories import JAPAN, TUESDAY, at, make_membership, make_plan, make_room, span, unsaved_house
from tests.properties import examples

MONDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 25)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def quoted(house, user, starts, ends, *, resource=None, seats=1, day=TUESDAY):
    prices = price_list([house.space.pk], user, today=TUESDAY)
    resource = resource or house.open_seats
    return quote(house=house, prices=prices, resource=resource, span=span(starts, ends), seats=seats, day=day)


def test_day_costs_the_drop_in(koharubiyori, ben):
    found = quoted(koharubiyori, ben, "11:00", "21:00")

    assert (found.price, found.best.reason, found.others) == (800, "Drop-in: one day.", ())


def test_two_hours_cost_the_mini_drop_in_and_the_day_is_the_other_way(koharubiyori, ben):
    found = quoted(koharubiyori, ben, "11:00", "13:00")

    assert (found.price, found.best.reason) == (500, "Mini drop-in: up to 120 minutes.")
    assert [(rule.price, rule.reason) for rule in found.others] == [(800, "Drop-in: one day.")]


def test_minute_more_than_two_hours_costs_the_day(koharubiyori, ben):
    assert quoted(koharubiyori, ben, "11:00", "13:01").price == 800


def test_group_pays_for_each_person(koharubiyori, ben):
    found = quoted(koharubiyori, ben, "11:00", "13:00", seats=3)

    assert (found.price, found.best.reason) == (1500, "Mini drop-in: up to 120 minutes. For 3 persons.")


def test_visitor_without_an_account_sees_the_same_prices(koharubiyori):
    assert quoted(koharubiyori, None, "11:00", "21:00").price == 800


def test_member_is_covered_by_the_plan_and_may_still_pay(koharubiyori, ben):
    make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))

    found = quoted(koharubiyori, ben, "11:00", "21:00")

    assert (found.price, found.best.basis, found.best.reason) == (0, "plan", "Covered by your plan: Free pass.")
    assert [rule.price for rule in found.others] == [800]


def test_plan_covers_its_holder_alone(koharubiyori, ben):
    make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))

    assert quoted(koharubiyori, ben, "11:00", "21:00", seats=2).price == 1600


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({}, 0),
        ({"status": "paused"}, 800),
        ({"ends_on": TUESDAY}, 0),
        ({"ends_on": date(2026, 11, 23)}, 800),
        ({"starts_on": date(2026, 11, 25)}, 800),
    ],
)
def test_plan_covers_the_days_on_which_it_is_active(koharubiyori, ben, fields, price):
    membership = make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"), **fields)

    assert quoted(koharubiyori, ben, "11:00", "21:00").price == price
    is_active = Membership.objects.active_on(TUESDAY).filter(pk=membership.pk).exists()
    assert bool(held_of(membership).on(TUESDAY)) == is_active == (price == 0)


def test_plan_that_is_no_longer_sold_still_covers_its_members(koharubiyori, ben):
    plan = koharubiyori.space.plans.get(kind="free_pass")
    make_membership(ben, plan)
    Plan.objects.filter(pk=plan.pk).update(retired_on=date(2026, 11, 1), is_public=False)

    assert quoted(koharubiyori, ben, "11:00", "21:00").price == 0


def test_drop_in_that_has_left_the_price_list_is_not_sold(koharubiyori, ben):
    koharubiyori.space.plans.update(retired_on=TUESDAY)

    assert quoted(koharubiyori, ben, "11:00", "21:00") is None


def test_plan_of_one_space_covers_nothing_at_another(koharubiyori, aiko):
    assert quoted(koharubiyori, aiko, "11:00", "21:00").price == 800


def test_membership_whose_plan_is_another_spaces_covers_nothing(koharubiyori, garage, ben):
    membership = make_membership(ben, garage.space.plans.get())
    Membership.objects.filter(pk=membership.pk).update(space=koharubiyori.space)

    assert quoted(koharubiyori, ben, "11:00", "21:00").price == 800


def test_garage_labs_sells_no_seat_to_others(garage, ben, aiko):
    assert quoted(garage, ben, "11:00", "21:00") is None
    assert quoted(garage, aiko, "11:00", "21:00").price == 0


def test_room_for_members_costs_them_nothing_at_garage_labs(garage, ben, aiko):
    [room] = garage.rooms

    assert quoted(garage, ben, "11:00", "12:00", resource=room) is None
    found = quoted(garage, aiko, "11:00", "12:00", resource=room)
    assert (found.best.basis, found.price, [rule.basis for rule in found.others]) == ("plan", 0, ["room"])


def test_work_booth_is_never_sold_by_the_hour(dorinoki, ben):
    assert quoted(dorinoki, ben, "11:00", "12:00", resource=dorinoki.booths[0]) is None


def test_lecture_room_costs_by_the_hour_and_half_hour(dorinoki, ben):
    hall = next(room for room in dorinoki.rooms if room.kind == "hall")

    found = quoted(dorinoki, ben, "11:00", "13:30", resource=hall)

    assert (found.price, found.best.reason) == (3750, "Lecture room: 2.5 h at 1,500 yen an hour.")


@given(price=st.integers(0, 5000), minutes=st.integers(1, 1500))
@examples(300)
def test_room_costs_whole_yen_rounded_in_the_persons_favour(price, minutes):
    house = unsaved_house(Calendar(JAPAN, "JP", False, ()))
    room = Resource(pk=2, space=house.space, kind="meeting_room", price_per_hour=price, name_en="Room")
    taken = Span(at("00:00"), at("00:00") + timedelta(minutes=minutes))

    found = quote(house=house, prices=PriceList({}, {}), resource=room, span=taken, seats=1, day=TUESDAY)

    assert found.price == price * minutes // 60


plans = st.builds(
    lambda kind, price, minutes, first_visit_free, opens: PlanTerms(
        Plan(
            kind=kind,
            price=price,
            minutes=minutes if kind == "mini_drop_in" else None,
            first_visit_free=first_visit_free and kind in Plan.VISITS,
            name_en="Plan",
        ),
        opens,
        "",
    ),
    st.sampled_from(["drop_in", "mini_drop_in", "monthly", "free_pass"]),
    st.integers(0, 20).map(lambda count: 100 * count),
    st.sampled_from([60, 120]),
    st.booleans(),
    st.sampled_from([frozenset(), frozenset({1}), frozenset({2}), frozenset({1, 2})]),
)


@dataclass(frozen=True)
class Holding:
    """A membership on one plan, or on another from the day after on, with the room minutes that are used of it."""

    opens: frozenset[int]
    room_minutes: int
    used: int
    days: str

    @property
    def counts(self) -> bool:
        return self.days in ("open", "changes tomorrow", "ends today", "rests tomorrow")

    def held(self, number: int) -> Held:
        """It as the price list gives it, under a key."""
        starts_on = {"starts tomorrow": WEDNESDAY}.get(self.days, date(2026, 11, 1))
        ends_on = {"ends today": TUESDAY, "ended yesterday": MONDAY, "changes tomorrow": TUESDAY}.get(self.days)
        plan = PlanTerms(Plan(name_en="Mine"), self.opens, "")
        agreed = [Agreed(AgreedPlan(starts_on=starts_on, ends_on=ends_on, room_minutes=self.room_minutes), plan)]
        pauses = {"rests": ((MONDAY, None),), "rests tomorrow": ((WEDNESDAY, None),)}.get(self.days, ())
        if self.days == "changes tomorrow":
            other = PlanTerms(Plan(name_en="Next"), frozenset({1, 2}), "")
            agreed.append(Agreed(AgreedPlan(starts_on=WEDNESDAY, room_minutes=6000), other))
            ends_on = None
        membership = Membership(pk=number, status="active", starts_on=starts_on, ends_on=ends_on, renewal_day=1)
        return Held(membership, tuple(agreed), pauses)


holdings = st.builds(
    Holding,
    st.sampled_from([frozenset(), frozenset({1}), frozenset({2})]),
    st.sampled_from([0, 60, 600]),
    st.sampled_from([0, 30, 45, 60, 570]),
    st.sampled_from(
        ["open", "ends today", "changes tomorrow", "rests tomorrow", "rests", "ended yesterday", "starts tomorrow"]
    ),
)


@given(
    sold=st.lists(plans, max_size=5),
    holding=st.lists(holdings, max_size=2),
    is_new=st.booleans(),
    per_hour=st.none() | st.integers(0, 2000),
    members_only=st.booleans(),
    kind=st.sampled_from(["open_seats", "meeting_room", "hall", "booth"]),
    minutes=st.sampled_from([30, 60, 90, 120, 150, 600]),
    seats=st.integers(1, 3),
)
@examples(600)
def test_cheapest_way_is_quoted_and_the_others_follow_by_price(
    sold, holding, is_new, per_hour, members_only, kind, minutes, seats
):
    house = unsaved_house(Calendar(JAPAN, "JP", False, ()))
    resource = Resource(pk=1, space=house.space, kind=kind, price_per_hour=per_hour, members_only=members_only)
    used = Used(
        frozenset({1}) if is_new else frozenset(),
        minutes={number: ((at("09:00"), each.used),) for number, each in enumerate(holding)},
    )
    prices = PriceList({1: sold}, {1: [each.held(number) for number, each in enumerate(holding)]}, used)
    taken = Span(at("11:00"), at("11:00") + timedelta(minutes=minutes))
    fitting = [
        terms.plan
        for terms in sold
        if 1 in terms.opens
        and (terms.plan.kind == "drop_in" or (terms.plan.kind == "mini_drop_in" and minutes <= terms.plan.minutes))
    ]
    counting = [each for each in holding if each.counts]
    is_room = kind in ("meeting_room", "hall") and per_hour is not None
    ways = [("drop_in", plan.price * seats) for plan in fitting]
    ways += [("first_visit", 0) for plan in fitting if is_new and seats == 1 and plan.first_visit_free]
    for each in counting:
        # Nobody has a booth by such a plan, which names none.
        if 1 in each.opens and seats == 1 and kind != "booth":
            ways.append(("plan", 0))
        elif is_room and each.room_minutes > each.used:
            beyond = max(minutes - (each.room_minutes - each.used), 0)
            ways.append(("plan", per_hour * beyond // 60))
    if is_room and (counting or not members_only):
        ways.append(("room", per_hour * minutes // 60))

    found = quote(house=house, prices=prices, resource=resource, span=taken, seats=seats, day=TUESDAY)

    quoted = [(rule.basis, rule.price) for rule in (found.best, *found.others)] if found else []
    first = ["plan", "first_visit", "drop_in", "room"]
    assert quoted == sorted(ways, key=lambda way: (way[1], first.index(way[0])))


def test_plan_stands_before_a_drop_in_that_costs_nothing_either(koharubiyori, ben, now):
    make_plan(koharubiyori.space, *koharubiyori.resources[:1], price=0)
    make_membership(ben, koharubiyori.space.plans.get(kind="free_pass"))

    found = quoted(read_house("koharubiyori", now), ben, "11:00", "12:00")

    assert [rule.basis for rule in (found.best, *found.others)][:2] == ["plan", "drop_in"]


@pytest.mark.parametrize("count", [1, 4])
def test_price_lists_cost_the_same_for_any_number_of_spaces(four_spaces, aiko, django_assert_num_queries, count):
    ids = [space.pk for space in four_spaces.values()][:count]

    with django_assert_num_queries(1):
        price_list(ids, aiko, today=TUESDAY)
    with django_assert_num_queries(1):
        price_list(ids, None, today=TUESDAY)


def test_price_list_knows_who_sells_by_the_visit(four_spaces, now):
    prices = price_list([space.pk for space in four_spaces.values()], None, today=TUESDAY)

    koharubiyori, dorinoki = four_spaces["koharubiyori"], four_spaces["dorinoki"]
    seats = koharubiyori.resources.get(kind="open_seats")
    assert [terms.plan.kind for terms in prices.visits_at(koharubiyori.pk)] == ["drop_in", "mini_drop_in"]
    assert [terms.plan.kind for terms in prices.visits_at(koharubiyori.pk, seats.pk)] == ["drop_in", "mini_drop_in"]
    assert prices.visits_at(koharubiyori.pk, make_room(koharubiyori).pk) == []
    assert [terms.plan.kind for terms in prices.sold_at(dorinoki.pk)] == ["monthly", *["booth"] * 4]
    assert (prices.visits_at(dorinoki.pk), prices.sold_at(0), prices.held) == ([], [], {})
