"""People who draw on the same plan, first visit or limit at the same moment, and plans that change meanwhile."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from bookings import uncovered
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.erasing import erase
from bookings.models import Booking, FirstVisit
from bookings.moving import move
from members.models import Membership
from members.status import locked
from spaces.refusing import codes
from tests.factories import (
    TUESDAY,
    at,
    make_companion,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
    make_visited,
    span,
)
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

LAST_OF_MONTH, NEXT_MONTH = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def space():
    return make_space(renewal_day=1)


@pytest.fixture
def seats(space):
    """Two areas, both sold by the visit, the first of which is free."""
    areas = [make_resource(space), make_resource(space)]
    make_plan(space, *areas, kind="mini_drop_in", price=500, minutes=120, first_visit_free=True)
    return areas


@pytest.fixture
def rooms(space):
    return [make_room(space, price_per_hour=600) for _ in range(6)]


@pytest.fixture
def person():
    return make_user()


def takes(user, resource, starts="11:00", ends="13:00", day=TUESDAY, **asked):
    def act():
        asked_for = {"now": at("09:00"), **asked}
        return book(user=user, space=resource.space, resource_id=resource.pk, span=span(starts, ends, day), **asked_for)

    return act


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def test_two_tabs_use_the_first_visit_at_one_resource_once(seats, person):
    tabs = takes(person, seats[0], agreed_price=0), takes(person, seats[0], "14:00", "16:00", agreed_price=0)

    booked, refused = outcomes(at_once(*tabs))

    assert (len(booked), said(refused)) == (1, [{"price_changed"}])
    assert FirstVisit.objects.get().booking == booked[0] == Booking.objects.get()


def test_two_tabs_use_the_first_visit_at_two_resources_of_a_space_once(seats, person):
    for day in range(6):
        later = TUESDAY + timedelta(days=day)
        tabs = (
            takes(person, seats[0], day=later, agreed_price=0),
            takes(person, seats[1], "14:00", "16:00", day=later, agreed_price=0),
        )

        booked, refused = outcomes(at_once(*tabs))

        assert len(booked) == 1
        assert said(refused) in ([{"price_changed"}], [{"first_visit_used"}])
        assert FirstVisit.objects.get().booking == booked[0]
        cancel(booking=booked[0], by="space", now=at("09:00"))


def test_second_tab_waits_for_the_first_and_reads_that_the_first_visit_is_used(seats, person):
    with transaction.atomic():
        first = takes(person, seats[0])()
        second = Doing(takes(person, seats[1], "14:00", "16:00"))
        waits_for_a_lock()

    assert said([second.settle()]) == [{"first_visit_used"}]
    assert Booking.objects.get() == first


def test_second_tab_has_the_first_visit_when_the_first_comes_to_nothing(seats, person):
    with transaction.atomic():
        takes(person, seats[0])()
        second = Doing(takes(person, seats[1], "14:00", "16:00"))
        waits_for_a_lock()
        transaction.set_rollback(True)

    assert second.result().basis == "first_visit"


def test_many_tabs_over_a_day_use_it_once(seats, person):
    hours = [("10:00", "12:00"), ("12:00", "14:00"), ("14:00", "16:00"), ("16:00", "18:00")]

    booked, refused = outcomes(
        at_once(*[takes(person, seats[turn % 2], *each, agreed_price=0) for turn, each in enumerate(hours * 2)])
    )

    assert len(booked) == FirstVisit.objects.count() == Booking.objects.filter(basis="first_visit").count() == 1
    assert set().union(*said(refused)) <= {"price_changed", "first_visit_used", "overlaps_own"}


def test_booking_that_is_moved_and_one_that_is_made_use_it_once(seats, person):
    paid = takes(make_visited(person, seats[0].space), seats[0])()
    FirstVisit.objects.all().delete()
    later = span("15:00", "17:00")

    done, refused = outcomes(
        at_once(
            lambda: move(booking=paid, resource_id=seats[0].pk, span=later, seats=1, now=at("08:00")),
            takes(person, seats[1], "18:00", "20:00"),
        )
    )

    free = Booking.objects.filter(basis="first_visit")
    assert FirstVisit.objects.get().booking == free.get()
    assert {booking.price for booking in done} <= {0, 500}
    assert said(refused) in ([], [{"first_visit_used"}])


def minutes_drawn():
    return Booking.objects.drawn().aggregate(minutes=Sum("plan_minutes"))["minutes"] or 0


def test_rooms_at_once_draw_no_more_hours_than_the_plan_includes(space, rooms, person):
    make_membership(person, make_plan(space, kind="monthly", room_minutes=60))

    booked, refused = outcomes(at_once(*[takes(person, room, "11:00", "12:00") for room in rooms]))

    assert (len(booked), refused, minutes_drawn()) == (6, [], 60)
    assert sorted(booking.price for booking in booked) == [0] + [600] * 5


def test_last_hour_that_two_tabs_agreed_on_goes_to_one(space, rooms, person):
    make_membership(person, make_plan(space, kind="monthly", room_minutes=60))

    booked, refused = outcomes(at_once(*[takes(person, room, "11:00", "12:00", agreed_price=0) for room in rooms[:2]]))

    assert (len(booked), said(refused), minutes_drawn()) == (1, [{"price_changed"}], 60)


def test_second_room_waits_for_the_first_and_counts_its_hours(space, rooms, person):
    make_membership(person, make_plan(space, kind="monthly", room_minutes=90))

    with transaction.atomic():
        takes(person, rooms[0], "11:00", "12:00")()
        second = Doing(takes(person, rooms[1], "11:00", "12:00"))
        waits_for_a_lock(kind="advisory")

    assert (second.result().plan_minutes, second.result().price) == (30, 300)


def test_tenant_and_companions_at_once_share_the_hours(space, rooms, person):
    booth = make_resource(space, kind="booth", capacity=1, persons=4)
    tenancy = make_membership(person, make_plan(space, booth, kind="booth", room_minutes=90), booth=booth)
    people = [person, *(make_user(f"{number}@example.jp") for number in range(3))]
    for companion in people[1:]:
        make_companion(tenancy, companion)

    booked, refused = outcomes(
        at_once(*[takes(each, room, "11:00", "12:00") for each, room in zip(people, rooms, strict=False)])
    )

    assert (len(booked), refused, minutes_drawn()) == (4, [], 90)


def test_moving_into_the_month_and_booking_there_draw_no_more_than_it_includes(space, rooms, person):
    make_membership(person, make_plan(space, kind="monthly", room_minutes=60))
    booking = takes(person, rooms[0], "11:00", "12:00", NEXT_MONTH)()

    def moving():
        return move(booking=booking, resource_id=rooms[0].pk, span=span("11:00", "12:00"), seats=1, now=at("09:00"))

    done, refused = outcomes(at_once(moving, takes(person, rooms[1], "11:00", "12:00")))

    assert (len(done), refused) == (2, [])
    assert minutes_drawn() == 60


@pytest.mark.parametrize("limit", [1, 2])
def test_tabs_at_once_hold_no_more_bookings_than_the_space_allows(space, seats, rooms, person, limit):
    space.max_upcoming_bookings = limit
    space.save()
    places = [*seats, *rooms]
    hours = [(f"{10 + number}:00", f"{11 + number}:00") for number in range(len(places))]

    booked, refused = outcomes(at_once(*[takes(person, each, *hours[turn]) for turn, each in enumerate(places)]))

    assert len(booked) == Booking.objects.live().count() == limit
    assert said(refused) == [{"too_many_upcoming"}] * (len(places) - limit)


def test_tabs_at_once_book_no_more_hours_than_the_space_allows(space, rooms, person):
    space.max_hours_a_week = 4
    space.save()

    booked, refused = outcomes(at_once(*[takes(person, room, "11:00", "12:30") for room in rooms]))

    assert (len(booked), said(refused)) == (2, [{"too_many_hours"}] * 4)


def test_others_do_not_wait_for_a_persons_limit(space, rooms, person):
    space.max_upcoming_bookings = 1
    space.save()
    other = make_user("other@example.jp")

    with transaction.atomic():
        takes(person, rooms[0])()
        assert Doing(takes(other, rooms[1])).result().is_live


def ends(membership, last=LAST_OF_MONTH):
    return lambda: uncovered.end(membership=membership, last=last, by=membership.user, now=at("09:00"))


def live_past(day):
    return Booking.objects.live().filter(membership__isnull=False, starts_at__date__gt=day)


@pytest.fixture
def area(space):
    return make_resource(space)


@pytest.fixture
def membership(space, person, area):
    return make_membership(person, make_plan(space, area, kind="monthly"))


def test_end_waits_for_a_booking_that_is_being_made_and_cancels_it(membership, person, area):
    with transaction.atomic():
        booking = takes(person, area, day=NEXT_MONTH)()
        ending = Doing(ends(membership))
        waits_for_a_lock()

    assert ending.result() == [booking]
    assert not live_past(LAST_OF_MONTH).exists()


def test_booking_waits_for_an_end_and_is_refused_with_its_day(membership, person, area):
    with transaction.atomic():
        ends(membership)()
        booking = Doing(takes(person, area, day=NEXT_MONTH))
        waits_for_a_lock()

    assert said([booking.settle()]) == [{"plan_ends"}]
    assert not live_past(LAST_OF_MONTH).exists()


def test_move_waits_for_an_end_and_is_refused(membership, person, area):
    booking = takes(person, area, day=LAST_OF_MONTH)()

    with transaction.atomic():
        ends(membership)()
        moving = Doing(
            lambda: move(
                booking=booking,
                resource_id=area.pk,
                span=span("11:00", "13:00", NEXT_MONTH),
                seats=1,
                now=at("09:00"),
            )
        )
        waits_for_a_lock()

    assert said([moving.settle()]) == [{"plan_ends"}]
    assert Booking.objects.get().starts_at == at("11:00", LAST_OF_MONTH)


def test_ending_while_many_bookings_are_made_leaves_none_past_the_end(space, membership, person, area):
    other = make_resource(space)
    Membership.objects.get().agreed_plans.get().plan.resources.add(other)
    days = [NEXT_MONTH + timedelta(days=number) for number in range(4)]
    tabs = [takes(person, (area, other)[turn % 2], day=day) for turn, day in enumerate(days)]

    doing = at_once(ends(membership), *tabs)

    _, refused = outcomes(doing)
    assert doing[0].error is None
    assert set().union(*said(refused)) <= {"plan_ends"}
    assert not live_past(LAST_OF_MONTH).exists()


def test_person_who_cancels_what_an_end_cancels_makes_no_trouble(membership, person, area):
    for day in range(4):
        booking = takes(person, area, day=NEXT_MONTH + timedelta(days=day))()
        kept = membership.ends_on

        doing = at_once(
            ends(membership, LAST_OF_MONTH), lambda b=booking: cancel(booking=b, by="person", now=at("09:00"))
        )

        _, refused = outcomes(doing)
        booking.refresh_from_db()
        assert booking.cancelled_at
        assert said(refused) in ([], [{"not_live"}])
        Membership.objects.update(ends_on=kept)
        membership.agreed_plans.update(ends_on=kept)


def test_change_of_plan_waits_for_a_room_and_counts_its_hours(space, membership, person, rooms):
    membership.agreed_plans.update(room_minutes=120)
    smaller = make_plan(space, kind="monthly", price=1000, room_minutes=60)

    with transaction.atomic():
        booking = takes(person, rooms[0], day=NEXT_MONTH)()
        changing = Doing(
            lambda: uncovered.change_plan(
                membership=membership, plan=smaller, day=NEXT_MONTH, by=person, now=at("09:00")
            )
        )
        waits_for_a_lock()

    assert changing.result() == [booking]
    assert minutes_drawn() == 0


def test_deleting_an_account_waits_for_the_tenant_who_leaves_and_holds_nothing_meanwhile(space, membership, person):
    booth = make_resource(space, kind="booth", capacity=1, persons=3)
    tenancy = make_membership(make_user("tenant@example.jp"), make_plan(space, booth, kind="booth"), booth=booth)
    make_companion(tenancy, person)

    # The end locks its membership first, and then the space.
    with transaction.atomic():
        locked(tenancy)
        deleting = Doing(lambda: erase(user=person, typed=person.email, now=at("09:00")))
        waits_for_a_lock()
        ends(tenancy)()

    deleting.result()
    assert not tenancy.companions.standing().exists()
    assert not Membership.objects.live().filter(user=person).exists()
