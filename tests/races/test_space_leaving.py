"""A space leaves the federation while people book there, redeem tickets there, and visit other spaces by its visas.

Whoever is first is done, and falls with the leaving or stays as it should; whoever comes second reads why not.
"""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from bookings.redeeming import change_visit
from bookings.space_leaving import leave, stay
from bookings.uncovered import end
from bookings.visa_requests import accept, ask
from members.models import Plan
from notices.models import Notice
from spaces.models import Space
from spaces.refusing import codes
from tests.bookings.taking import take
from tests.factories import at, make_booking, make_membership, make_plan, make_resource, make_space, make_user, span
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock
from tests.visas.acts import make_campaign, make_ticket, visit
from visas.models import Terms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

NOW = at("09:00")
DAY = timedelta(days=1)
LEAVES, AFTER = date(2026, 12, 10), date(2027, 1, 8)


@pytest.fixture
def home():
    """A space whose plan grants visas."""
    seats = make_resource(make_space("home"))
    make_plan(seats.space, seats, kind=Plan.Kind.FREE_PASS, price=0, grants_visa=True)
    return seats


@pytest.fixture
def host():
    seats = make_resource(make_space("host"))
    make_plan(seats.space, seats)
    return seats


@pytest.fixture
def owner():
    return make_user("owner@example.jp")


def member(home, email="member@example.jp"):
    person = make_user(email)
    make_membership(person, home.space.plans.get())
    return person


def leaves(home, owner, left_on=LEAVES):
    # Read anew: the act writes the day on the space that it is given.
    return lambda: leave(space=Space.objects.get(pk=home.space_id), left_on=left_on, by=owner, now=NOW)


def books(person, seats, day=LEAVES):
    return lambda: take(person, seats, day=day, now=NOW)


def refused(doing):
    error = doing.settle()
    assert isinstance(error, ValidationError), error
    return codes(error)


def said(errors):
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def is_live(booking):
    booking.refresh_from_db()
    return booking.is_live


# A booking at the space


def test_who_books_first_is_cancelled_by_the_leaving(home, owner):
    person = member(home)
    with transaction.atomic():
        booked = books(person, home)()
        leaving = Doing(leaves(home, owner))
        waits_for_a_lock()

    assert [one.pk for one in leaving.result().here] == [booked.pk]
    assert not is_live(booked)


def test_who_books_second_reads_that_the_space_leaves(home, owner):
    person = member(home)
    with transaction.atomic():
        leaves(home, owner)()
        booking = Doing(books(person, home))
        waits_for_a_lock()

    assert refused(booking) == {"leaves"}
    assert not Booking.objects.exists()


def test_who_moves_a_booking_there_second_keeps_what_they_had(home, owner):
    person = member(home)
    booked = take(person, home, day=LEAVES - DAY, now=NOW)
    with transaction.atomic():
        leaves(home, owner)()
        moving = Doing(
            lambda: move(
                booking=Booking.objects.get(),
                resource_id=home.pk,
                span=span("11:00", "13:00", LEAVES),
                seats=1,
                by_operator=True,
                now=NOW,
            )
        )
        waits_for_a_lock()

    assert refused(moving) == {"leaves"}
    assert is_live(booked)


# A ticket that is redeemed there


def test_who_redeems_a_ticket_first_has_it_given_back(home, host, owner):
    ticket = make_ticket(make_campaign(home.space, host.space))
    with transaction.atomic():
        booked = visit(ticket, home.space, day=LEAVES)
        leaving = Doing(leaves(home, owner))
        waits_for_a_lock()

    leaving.result()
    assert not is_live(booked)
    assert visit(ticket, host.space, day=LEAVES).is_live


def test_who_redeems_a_ticket_second_goes_elsewhere(home, host, owner):
    ticket = make_ticket(make_campaign(home.space, host.space))
    with transaction.atomic():
        leaves(home, owner)()
        phone = Doing(lambda: visit(ticket, home.space, day=LEAVES - DAY))
        waits_for_a_lock()

    assert refused(phone) == {"not_taking_part"}
    ticket.refresh_from_db()
    assert ticket.email == ""
    assert visit(ticket, host.space, day=LEAVES).is_live


def test_visit_by_ticket_that_moves_there_meanwhile_stays_where_it_was(home, host, owner):
    ticket = make_ticket(make_campaign(home.space, host.space))
    booked = visit(ticket, host.space, day=LEAVES)
    with transaction.atomic():
        leaves(home, owner)()
        moving = Doing(lambda: change_visit(booking=booked, space=home.space, day=LEAVES, now=NOW))
        waits_for_a_lock()

    assert refused(moving) == {"not_taking_part"}
    assert is_live(booked)


# A visa that is used elsewhere


def test_visit_elsewhere_that_is_booked_first_falls_after_the_last_day(home, host, owner):
    person = member(home)
    kept = take(person, host, day=LEAVES, now=NOW)
    with transaction.atomic():
        booked = books(person, host, AFTER)()
        assert booked.basis == "visa"
        leaving = Doing(leaves(home, owner))
        waits_for_a_lock()

    assert [one.pk for one in leaving.result().elsewhere] == [booked.pk]
    assert not is_live(booked)
    assert is_live(kept)


def test_visit_elsewhere_that_is_booked_second_is_no_visit_by_visa_after_the_last_day(home, host, owner):
    person = member(home)
    with transaction.atomic():
        leaves(home, owner)()
        late = Doing(books(person, host, AFTER))
        waits_for_a_lock()

    assert late.result().basis == "drop_in"
    assert take(person, host, day=LEAVES + DAY, now=NOW).basis == "visa"


# A request that waits for its answer


def test_request_that_is_answered_meanwhile_is_answered_once(home, host, owner):
    person = member(home)
    Terms.objects.create(space=host.space, opens=time(10), closes=time(18))
    for number in range(3):
        day = LEAVES + number * DAY
        request = ask(
            user=person,
            space=host.space,
            resource_id=host.pk,
            span=span("18:00", "19:00", day),
            message="",
            now=NOW,
        )

        _done, errors = outcomes(
            at_once(leaves(host, owner, day), lambda request=request: accept(request=request, by=owner, now=NOW))
        )

        assert set().union(*said(errors)) <= {"leaves", "request_refused"}
        request.refresh_from_db()
        assert request.answer in ("accepted", "refused")
        assert not Booking.objects.live().filter(starts_at__gte=at("00:00", day)).exists()
        Space.objects.filter(pk=host.space_id).update(left_on=None)


# All at once


@pytest.mark.parametrize("attempt", range(3))
def test_everything_at_once_leaves_nobody_before_a_closed_door(home, host, owner, attempt):
    people = [member(home, f"{number}@example.jp") for number in range(4)]
    campaign = make_campaign(home.space, host.space, seats_a_day=9)
    moving = visit(make_ticket(campaign), home.space, day=LEAVES, email="mover@example.jp")
    standing = make_booking(home, starts="15:00", ends="16:00", day=LEAVES, user=people[0], basis="plan", price=0)
    ending = people[3].memberships.get()
    crowd = [
        leaves(home, owner),
        leaves(home, owner, LEAVES + DAY),
        *(books(person, home, LEAVES + DAY) for person in people[:3]),
        *(books(person, host, AFTER) for person in people),
        lambda: visit(make_ticket(campaign), home.space, day=LEAVES, email="guest@example.jp"),
        lambda: change_visit(booking=moving, space=host.space, day=LEAVES, now=NOW),
        lambda: cancel(booking=standing, by="person", now=NOW),
        lambda: end(membership=ending, last=LEAVES, by=None, by_operator=True, now=NOW),
    ]

    _done, errors = outcomes(at_once(*crowd))

    assert set().union(*said(errors)) <= {
        "leaves",
        "not_taking_part",
        "not_live",
        "visa_ends",
    }
    left_on = Space.objects.get(pk=home.space_id).left_on
    assert left_on in (LEAVES, LEAVES + DAY)
    live = Booking.objects.live()
    assert not live.filter(resource=home, starts_at__gte=at("00:00", left_on)).exists()
    assert not live.filter(visa__isnull=False, starts_at__gte=at("00:00", date(2027, 1, 1))).exists()
    assert set(Booking.objects.exclude(cancelled_at=None).values_list("cancellation_fee", flat=True)) <= {0}


def test_two_owners_leave_at_once_and_the_members_are_told_once(home, owner):
    member(home)

    done, errors = outcomes(at_once(*[leaves(home, owner)] * 4))

    assert (len(done), said(errors)) == (1, [{"leaves_then_already"}] * 3)
    assert Notice.objects.filter(kind="space.leaves").count() == 1


def test_leaving_and_staying_at_once_ends_as_one_of_both(home, owner):
    for _ in range(3):
        leaves(home, owner)()
        done, errors = outcomes(
            at_once(
                leaves(home, owner, LEAVES + DAY),
                lambda: stay(space=Space.objects.get(pk=home.space_id), by=owner, now=NOW),
            )
        )
        assert said(errors) == []
        assert len(done) == 2
        Space.objects.filter(pk=home.space_id).update(left_on=None)
