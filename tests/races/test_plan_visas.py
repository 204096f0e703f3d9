"""A plan stops granting visas while a member books by one: who is first is cancelled, who is second finds no visa."""

from datetime import timedelta

import pytest
from django.db import transaction

from bookings.models import Booking
from bookings.plan_visas import end_visas
from members.models import Plan
from tests.bookings.taking import take
from tests.factories import TUESDAY, at, make_membership, make_plan, make_resource, make_space, make_user
from tests.races.connections import Doing, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

NOW = at("09:00")


@pytest.fixture
def plan():
    return make_plan(make_resource(make_space("home")).space, kind="free_pass", price=0, grants_visa=True)


@pytest.fixture
def host():
    seats = make_resource(make_space("host"))
    make_plan(seats.space, seats)
    return seats


@pytest.fixture
def member(plan):
    person = make_user("member@example.jp")
    make_membership(person, plan)
    return person


def books(member, host):
    return lambda: take(member, host, day=TUESDAY + timedelta(days=1), now=NOW)


@transaction.atomic
def stops(plan):
    plan = Plan.objects.get(pk=plan.pk)
    plan.grants_visa = False
    plan.save()
    return end_visas(plan=plan, now=NOW)


def test_who_books_first_is_cancelled(plan, member, host):
    with transaction.atomic():
        booked = books(member, host)()
        stopping = Doing(lambda: stops(plan))
        waits_for_a_lock()

    assert stopping.result() == [booked]
    assert not Booking.objects.live().exists()


def test_who_books_second_finds_no_visa(plan, member, host):
    with transaction.atomic():
        assert stops(plan) == []
        booking = Doing(books(member, host))
        waits_for_a_lock()

    # Who has agreed to no price is quoted what everybody pays.
    assert booking.result().visa is None
