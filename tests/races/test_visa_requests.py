"""Operators who answer a request at the same moment, and a visitor, a visa and a seat that change meanwhile."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from bookings.models import Booking, VisaRequest
from bookings.revoking import revoke
from bookings.uncovered import end
from bookings.visa_requests import accept, ask, refuse, withdraw
from notices.models import Notice
from spaces.refusing import codes
from tests.conftest import make_operator
from tests.factories import (
    TUESDAY,
    at,
    make_booking,
    make_membership,
    make_plan,
    make_resource,
    make_space,
    make_user,
    span,
)
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock
from visas.models import Terms, Visa

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

NOW = at("09:00")
DAY = timedelta(days=1)
BY_VISA = {"basis": "visa", "price": 0}


@pytest.fixture
def host():
    """A space with two seats, which takes visitors by visa until six."""
    space = make_space("host")
    make_resource(space, capacity=2)
    Terms.objects.create(space=space, opens=time(10), closes=time(18))
    return space


@pytest.fixture
def seats(host):
    return host.resources.get()


@pytest.fixture
def operators(host):
    return [make_operator(f"{name}@host.example", host) for name in ("one", "two")]


@pytest.fixture
def plan():
    home = make_space("home")
    return make_plan(home, make_resource(home), kind="free_pass", price=10000, grants_visa=True)


@pytest.fixture
def member(plan):
    return joined(plan, "member@example.jp")


def joined(plan, email):
    return make_membership(make_user(email), plan).user


def asks(user, seats, day=TUESDAY):
    return lambda: ask(
        user=user,
        space=seats.space,
        resource_id=seats.pk,
        span=span("18:00", "20:00", day),
        message="",
        now=NOW,
    )


def accepts(request, by):
    return lambda: accept(request=request, by=by, now=NOW)


def refuses(request, by):
    return lambda: refuse(request=request, by=by, reason="A party.", now=NOW)


def withdraws(request):
    return lambda: withdraw(request=request, by=request.visa.membership.user, now=NOW)


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def test_member_who_presses_twice_asks_once(member, seats, operators):
    for day in range(4):
        later = TUESDAY + day * DAY

        made, errors = outcomes(at_once(*[asks(member, seats, later)] * 4))

        assert (len(made), said(errors)) == (1, [{"asked_already"}] * 3)
        assert Notice.objects.filter(kind="visa.asked", subject_key=f"visa_request:{made[0].pk}").count() == 2


@pytest.mark.parametrize("attempt", range(3))
def test_two_operators_accept_at_once_and_one_booking_is_made(member, seats, operators, attempt):
    request = asks(member, seats)()

    booked, errors = outcomes(at_once(*[accepts(request, by) for by in operators * 2]))

    assert (len(booked), said(errors)) == (1, [{"request_accepted"}] * 3)
    assert Booking.objects.get() == booked[0]
    assert Notice.objects.filter(kind="booking.confirmed").count() == 1


def test_one_operator_accepts_and_one_refuses_at_once_and_one_answer_counts(member, seats, operators):
    for day in range(2):
        request = asks(member, seats, TUESDAY + day * DAY)()

        done, errors = outcomes(at_once(accepts(request, operators[0]), refuses(request, operators[1])))

        request.refresh_from_db()
        assert (len(done), said(errors)) == (1, [{f"request_{request.answer}"}])
        assert Booking.objects.filter(visa_request=request).count() == (request.answer == "accepted")


def test_who_answers_second_waits_for_the_first_and_answers_when_that_comes_to_nothing(member, seats, operators):
    request = asks(member, seats)()
    with transaction.atomic():
        accepts(request, operators[0])()
        second = Doing(refuses(request, operators[1]))
        waits_for_a_lock()
        transaction.set_rollback(True)

    assert second.result().answer == "refused"
    assert not Booking.objects.exists()


def test_request_that_is_withdrawn_while_it_is_accepted_is_one_of_the_two(member, seats, operators):
    for day in range(3):
        request = asks(member, seats, TUESDAY + day * DAY)()

        done, errors = outcomes(at_once(withdraws(request), accepts(request, operators[0])))

        request.refresh_from_db()
        assert (len(done), said(errors)) == (1, [{f"request_{request.answer}"}])
        assert Booking.objects.filter(starts_at=request.starts_at).count() == (request.answer == "accepted")


def test_last_seat_goes_to_one_of_two_who_are_accepted_at_once(plan, seats, operators):
    for day in range(3):
        later = TUESDAY + day * DAY
        make_booking(seats, starts="19:00", ends="19:30", day=later)
        people = [joined(plan, f"{day}.{number}@example.jp") for number in range(2)]
        requests = [asks(person, seats, later)() for person in people]

        booked, errors = outcomes(at_once(*map(accepts, requests, operators)))

        assert (len(booked), said(errors)) == (1, [{"full"}])
        assert VisaRequest.objects.filter(starts_at__date=later, answer="").count() == 1


def test_last_free_day_is_given_to_one_of_two_visits_that_are_accepted_at_once(member, seats, operators):
    visa = Visa.objects.get()
    for day in range(2):
        make_booking(seats, starts="11:00", ends="12:00", day=TUESDAY + day * DAY, user=member, visa=visa, **BY_VISA)
    requests = [asks(member, seats, TUESDAY + day * DAY)() for day in (3, 4)]

    booked, errors = outcomes(at_once(*map(accepts, requests, operators)))

    assert (len(booked), said(errors)) == (1, [{"visa_days_used"}])
    assert VisaRequest.objects.filter(answer="").count() == 1


def revokes(member):
    return lambda: revoke(visa=Visa.objects.get(), by=member, reason="Lent it out.", now=NOW)


def ends(member):
    membership = member.memberships.get()
    return lambda: end(membership=membership, last=TUESDAY, by=member, by_operator=True, now=NOW)


@pytest.mark.parametrize("meanwhile", [revokes, ends])
@pytest.mark.parametrize("attempt", range(2))
def test_visa_that_goes_while_its_visit_is_accepted_leaves_no_visit(member, seats, operators, meanwhile, attempt):
    request = asks(member, seats, TUESDAY + DAY)()

    _done, errors = outcomes(at_once(meanwhile(member), accepts(request, operators[0])))

    assert said(errors) in ([], [{"request_withdrawn"}])
    assert not Booking.objects.live().exists()
    request.refresh_from_db()
    assert request.answer == ("withdrawn" if errors else "accepted")


@pytest.mark.parametrize("meanwhile", [revokes, ends])
def test_who_accepts_waits_for_the_end_of_the_visa_and_finds_the_request_withdrawn(member, seats, operators, meanwhile):
    request = asks(member, seats, TUESDAY + DAY)()
    with transaction.atomic():
        meanwhile(member)()
        desk = Doing(accepts(request, operators[0]))
        waits_for_a_lock()

    assert said([desk.settle()]) == [{"request_withdrawn"}]
    assert not Booking.objects.exists()


@pytest.mark.parametrize("attempt", range(3))
def test_visit_that_another_visa_would_pay_for_is_accepted_while_that_ends(member, seats, operators, attempt):
    request = asks(member, seats, TUESDAY + DAY)()
    for day in (2, 3, 4):
        make_booking(
            seats, starts="11:00", ends="12:00", day=TUESDAY + day * DAY, user=member, visa=request.visa, **BY_VISA
        )
    home = make_space("second")
    other = make_membership(member, make_plan(home, make_resource(home), kind="free_pass", price=1, grants_visa=True))

    def ends_other():
        return end(membership=other, last=TUESDAY, by=member, by_operator=True, now=NOW)

    _done, errors = outcomes(at_once(ends_other, accepts(request, operators[0])))

    assert said(errors) in ([], [{"visa_days_used"}])
    assert not Booking.objects.live().filter(visa=other.visa).exists()
    request.refresh_from_db()
    assert (request.answer, request.visa) == (("", request.visa) if errors else ("accepted", other.visa))
