"""What PostgreSQL refuses of bookings, whoever writes the rows. Seats that run out: test_capacity.py."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from bookings.models import Booking, FirstVisit, VisaRequest
from members.person_key import person_key
from tests.factories import (
    at,
    make_booking,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
)
from tests.postgres import change, copy, named_without_a_test, refused, refused_copy
from tests.visas.acts import make_campaign, make_ticket, visit


@pytest.fixture
def space(db):
    return make_space()


@pytest.fixture
def booking(space):
    return make_booking(make_resource(space), user=make_user())


def test_every_constraint_has_a_test_named_like_it():
    assert named_without_a_test("bookings", tests=globals()) == set()


def test_booking_ends_after_it_starts(booking):
    assert refused(booking, ends_at=booking.starts_at) == "booking_ends_after_it_starts"


def test_reversed_period_is_refused_by_the_check_and_not_as_a_range(booking):
    assert refused(booking, ends_at=booking.starts_at - timedelta(hours=1)) == "booking_ends_after_it_starts"


def test_booking_within_a_day(booking):
    change(booking, ends_at=booking.starts_at + timedelta(hours=25))

    assert refused(booking, ends_at=booking.starts_at + timedelta(hours=25, seconds=1)) == "booking_within_a_day"


def test_booking_takes_a_seat(booking):
    assert refused(booking, seats=0) == "booking_takes_a_seat"


@pytest.mark.parametrize("fact", [{"missed_at": at("11:30")}, {"cancelled_at": at("11:30"), "cancelled_by": "person"}])
def test_booking_came_or_did_not(booking, fact):
    change(booking, **fact)

    assert refused(booking, checked_in_at=at("11:10")) == "booking_came_or_did_not"


def test_booking_out_after_in(booking):
    change(booking, checked_in_at=at("11:10"), checked_out_at=at("11:10"))

    assert refused(booking, checked_out_at=at("11:09")) == "booking_out_after_in"


def test_booking_out_after_in_asks_for_a_check_in(booking):
    assert refused(booking, checked_out_at=at("12:00")) == "booking_out_after_in"


def test_booking_cancelled_by_someone(booking):
    assert refused(booking, cancelled_at=at("10:00")) == "booking_cancelled_by_someone"
    assert refused(booking, cancelled_by="person") == "booking_cancelled_by_someone"
    assert refused(booking, cancellation_fee=800) == "booking_cancelled_by_someone"
    assert refused(booking, cancelled_at=at("10:00"), cancelled_by="nobody") == "booking_cancelled_by_someone"

    change(booking, cancelled_at=at("10:00"), cancelled_by="space")


def test_booking_cancelled_late_is_cancelled(booking):
    assert refused(booking, cancelled_late=True) == "booking_cancelled_by_someone"

    change(booking, cancelled_at=at("10:00"), cancelled_by="person", cancelled_late=True)


def test_booking_minutes_from_a_membership(booking, space):
    membership = make_membership(booking.user, make_plan(space, kind="monthly", room_minutes=600))
    change(booking, plan_minutes=60, membership_id=membership.pk)

    assert refused(booking, membership_id=None) == "booking_minutes_from_a_membership"


@pytest.mark.parametrize("wrong", [{"basis": "drop_in"}, {"price": 1}, {"seats": 2}])
def test_booking_ticket_is_its_basis(space, booking, wrong):
    by_ticket = visit(make_ticket(make_campaign(space)), space)

    assert refused(by_ticket, **wrong) == "booking_ticket_is_its_basis"
    assert refused(booking, ticket_id=by_ticket.ticket_id) == "booking_ticket_is_its_basis"


def test_membership_that_bookings_draw_on_is_not_deleted(booking, space):
    membership = make_membership(booking.user, make_plan(space, kind="monthly"))
    change(booking, membership_id=membership.pk)

    with pytest.raises(ProtectedError):
        membership.delete()


def test_first_visit_once_at_a_space(booking, space):
    first = FirstVisit.objects.create(space=space, person_key=person_key(booking.person), booking=booking)
    copy(first, space_id=make_space("elsewhere").pk, booking_id=None)
    copy(first, person_key=person_key("other@example.jp"), booking_id=None)

    assert refused_copy(first, booking_id=None) == "first_visit_once_at_a_space"


def test_bookings_firstvisit_booking_is_unique(booking, space):
    first = FirstVisit.objects.create(space=space, person_key=person_key(booking.person), booking=booking)

    assert refused_copy(first, person_key=person_key("other@example.jp")) == "bookings_firstvisit_booking_id_key"


def test_booking_room_taken_once(space):
    booking = make_booking(make_room(space), starts="11:00", ends="13:00")
    copy(booking, reference="NEXT", starts_at=at("13:00"), ends_at=at("14:00"))
    copy(booking, reference="NEXTDOOR", resource_id=make_room(space).pk)
    copy(booking, reference="CANCELLD", cancelled_at=at("10:00"), cancelled_by="person")
    copy(booking, reference="MISSED", missed_at=at("11:30"))

    # The exclusion constraint speaks before the trigger that counts, which would refuse it too.
    assert refused_copy(booking, reference="AGAIN") == "booking_room_taken_once"
    assert refused_copy(booking, reference="AGAIN", starts_at=at("12:59")) == "booking_room_taken_once"


def test_booking_person_in_one_seat(space):
    seats, elsewhere = make_resource(space), make_resource(make_space("elsewhere"))
    booking = make_booking(seats, starts="11:00", ends="13:00", user=make_user())
    copy(booking, reference="NEXT", starts_at=at("13:00"), ends_at=at("14:00"))
    copy(booking, reference="SOMEBODY", person="other@example.jp", user_id=None)
    copy(booking, reference="NOBODY", person=None, user_id=None)
    copy(booking, reference="NOBODY2", person=None, user_id=None)
    copy(booking, reference="ROOM", resource_id=make_room(space).pk)
    copy(booking, reference="CANCELLD", cancelled_at=at("10:00"), cancelled_by="person")

    assert refused_copy(booking, reference="AGAIN") == "booking_person_in_one_seat"
    assert refused_copy(booking, reference="AGAIN", resource_id=elsewhere.pk) == "booking_person_in_one_seat"
    assert refused(Booking.objects.get(reference="NOBODY"), person=booking.person) == "booking_person_in_one_seat"


def test_bookings_booking_reference_is_unique(booking):
    assert refused_copy(booking, person=None) == "bookings_booking_reference_key"


def test_negative_yen_are_refused(booking):
    assert refused(booking, price=-1) == "bookings_booking_price_check"


def test_what_the_resource_is_can_not_be_claimed_by_the_booking(space):
    room, seats = make_booking(make_room(space)), make_booking(make_resource(space))

    Booking.objects.update(holds_seat=True, is_exclusive=False)
    facts = [(row.holds_seat, row.is_exclusive) for row in Booking.objects.order_by("pk")]

    assert facts == [(False, True), (True, False)]
    change(room, resource_id=seats.resource_id)
    room.refresh_from_db()
    assert (room.holds_seat, room.is_exclusive) == (True, False)


def test_booking_of_a_resource_that_is_not_there_is_refused(booking):
    with pytest.raises(IntegrityError):
        change(booking, resource_id=0)


# Visits by visa


@pytest.fixture
def visa(space):
    home = make_space("home")
    holder = make_user("member@example.jp")
    return make_membership(holder, make_plan(home, make_resource(home), kind="free_pass", grants_visa=True)).visa


@pytest.fixture
def request_of(visa, booking):
    return VisaRequest.objects.create(
        visa=visa, resource=booking.resource, starts_at=at("11:00"), ends_at=at("13:00"), asked_at=at("09:00")
    )


def test_booking_visa_is_its_basis(booking, visa):
    assert refused(booking, basis="visa") == "booking_visa_is_its_basis"
    assert refused(booking, visa_id=visa.pk) == "booking_visa_is_its_basis"
    visit = make_booking(booking.resource, user=visa.membership.user, basis="visa", price=0, visa=visa)
    assert refused(visit, seats=2) == "booking_visa_is_its_basis"


def test_visa_request_once(request_of):
    copy(request_of, answer="withdrawn", answered_at=at("10:00"))
    copy(request_of, starts_at=at("12:00"))

    assert refused_copy(request_of) == "visa_request_once"


def test_visa_request_ends_after_start(request_of):
    assert refused(request_of, ends_at=request_of.starts_at) == "visa_request_ends_after_start"


def test_visa_request_answered_once(request_of):
    assert refused(request_of, answered_at=at("10:00")) == "visa_request_answered_once"
    assert refused(request_of, answer="withdrawn") == "visa_request_answered_once"
    assert refused(request_of, reason="満席のため") == "visa_request_answered_once"

    change(request_of, answer="withdrawn", answered_at=at("10:00"))


def test_visa_request_booked_if_accepted(request_of, booking):
    assert refused(request_of, answer="accepted", answered_at=at("10:00")) == "visa_request_booked_if_accepted"
    refusing = {"answer": "refused", "answered_at": at("10:00"), "reason": "満席のため"}
    assert refused(request_of, booking_id=booking.pk, **refusing) == "visa_request_booked_if_accepted"

    change(request_of, answer="accepted", answered_at=at("10:00"), booking_id=booking.pk)


def test_visa_request_refused_with_a_reason(request_of):
    assert refused(request_of, answer="refused", answered_at=at("10:00")) == "visa_request_refused_with_a_reason"

    change(request_of, answer="refused", answered_at=at("10:00"), reason="満席のため")
