"""A booking that changes while somebody acts on the money for it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from billing.closing import close_month, figures
from billing.invoicing import issue, void
from billing.models import Charge, Invoice, Month
from bookings import attendance, uncovered
from bookings.booking import locked_booking
from bookings.cancelling import cancel
from bookings.erasing import erase
from bookings.models import Booking
from bookings.moving import move
from bookings.owing import charges_of
from members.dues import bill
from spaces.refusing import codes
from tests.bookings.taking import take
from tests.factories import (
    TUESDAY,
    at,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
    span,
)
from tests.races.connections import Doing, at_once, outcomes, raw, run, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

WEDNESDAY = TUESDAY + timedelta(days=1)
OCTOBER, LAST_OF_OCTOBER = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def space():
    return make_space(free_cancellation_minutes=120)


@pytest.fixture
def seats(space):
    seats = make_resource(space)
    make_plan(space, seats, price=800)
    return seats


@pytest.fixture
def payer():
    return make_user()


def issues(space, payer):
    return lambda: issue(space=space, payer_id=payer.pk, addressee="山田", language="ja", now=at("10:00"))


def cancels(booking, by="person", now=None):
    return lambda: cancel(booking=booking, by=by, now=now or at("10:30"))


def net(payer):
    """What is charged in all, by kind."""
    found = {}
    for one in Charge.objects.standing().filter(payer=payer):
        found[one.kind] = found.get(one.kind, 0) + one.yen
    return {kind: yen for kind, yen in found.items() if yen}


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def test_booking_that_is_cancelled_while_it_is_invoiced_is_reversed(space, seats, payer):
    booking = take(payer, seats)

    with transaction.atomic():
        paper = issues(space, payer)()
        cancelling = Doing(cancels(booking))
        waits_for_a_lock()
    cancelling.result()

    assert paper.charges.get().reversed_by.yen == -800
    assert net(payer) == {"cancellation": 800}


def test_invoice_that_comes_while_a_booking_is_cancelled_asks_for_the_fee_alone(space, seats, payer):
    booking = take(payer, seats)

    with transaction.atomic():
        cancels(booking)()
        invoicing = Doing(issues(space, payer))
        waits_for_a_lock()
    invoicing.settle()
    _done, refused = outcomes([invoicing])

    # The fee was not there yet when the invoice was begun: it is on the next.
    assert said(refused) in ([], [{"nothing_open"}])
    assert net(payer) == {"cancellation": 800}
    on_paper = sum(one.total for one in Invoice.objects.all())
    assert on_paper + sum(one.yen for one in Charge.objects.open()) == 800


def test_booking_that_is_cancelled_while_its_invoice_is_voided_is_charged_once(space, seats, payer):
    booking = take(payer, seats)
    paper = issues(space, payer)()

    with transaction.atomic():
        void(invoice=paper, reason="", now=at("10:10"))
        cancelling = Doing(cancels(booking))
        waits_for_a_lock()
    cancelling.result()

    assert net(payer) == {"cancellation": 800}
    assert [one.yen for one in Charge.objects.open()] == [800]


def test_booking_that_two_people_cancel_is_charged_once(seats, payer):
    booking = take(payer, seats)

    done, refused = outcomes(at_once(*[cancels(booking)] * 6))

    assert (len(done), said(refused)) == (1, [{"not_live"}] * 5)
    assert net(payer) == {"cancellation": 800}


def test_booking_that_the_person_and_the_space_cancel_at_once_costs_what_it_says(seats, payer):
    for turn in range(6):
        booking = take(payer, seats, day=TUESDAY + timedelta(days=turn))
        late = at("10:30", TUESDAY + timedelta(days=turn))

        done, _refused = outcomes(at_once(cancels(booking, "space", late), cancels(booking, "person", late)))

        assert len(done) == 1
        booking.refresh_from_db()
        fees = list(charges_of(booking).values_list("kind", "yen"))
        assert fees == ([("cancellation", 800)] if booking.cancelled_by == "person" else [])


def test_visit_that_is_missed_while_its_month_is_closed_stays_in_the_figures(space, seats, payer):
    booking = take(payer, seats, day=LAST_OF_OCTOBER, now=at("09:00", LAST_OF_OCTOBER))

    with transaction.atomic():
        close_month(space=space, first_on=OCTOBER, by_id=None, now=at("09:00"))
        missing = Doing(lambda: attendance.miss(booking=booking, now=at("09:00")))
        waits_for_a_lock()
    missing.result()

    assert Month.objects.get().figures == figures(space, OCTOBER)
    assert [row["yen"] for row in Month.objects.get().figures["charges"]] == [800]
    assert charges_of(booking).values_list("kind", "arises_on").get() == ("cancellation", TUESDAY)


def test_month_that_is_closed_while_a_visit_is_missed_counts_the_fee(space, seats, payer):
    booking = take(payer, seats, day=LAST_OF_OCTOBER, now=at("09:00", LAST_OF_OCTOBER))

    with transaction.atomic():
        attendance.miss(booking=booking, now=at("09:00"))
        closing = Doing(lambda: close_month(space=space, first_on=OCTOBER, by_id=None, now=at("09:00")))
        waits_for_a_lock()

    assert closing.result().figures["charges"] == [{"kind": "cancellation", "tax_rate": None, "yen": 800}]


def test_bookings_are_moved_cancelled_and_invoiced_at_once_again_and_again(space, seats, payer):
    room = make_room(space, price_per_hour=600)
    for turn in range(8):
        day = TUESDAY + timedelta(days=turn)
        here, there = take(payer, seats, day=day), take(payer, room, "14:00", "15:00", day=day)

        acts = (
            issues(space, payer),
            lambda b=there, d=day: move(
                booking=b, resource_id=room.pk, span=span("16:00", "18:00", d), seats=1, now=at("09:00")
            ),
            cancels(here, now=at("09:00")),
            issues(space, payer),
            cancels(there, "space", at("09:00")),
        )
        _done, refused = outcomes(at_once(*acts))

        assert {code for one in said(refused) for code in one} <= {"nothing_open", "not_live"}
        for booking in Booking.objects.filter(pk__in=[here.pk, there.pk]):
            assert list(charges_of(booking)) == []
        assert net(payer) == {}


def test_membership_that_ends_while_its_payer_is_invoiced_waits_for_the_paper(payer):
    # An end takes back a month first and a booking after it; an invoice takes hold of the older charge first.
    space = make_space(renewal_day=1)
    plan = make_plan(space, kind="monthly", price=12000, room_minutes=60)
    member = make_membership(payer, plan, starts_on=TUESDAY)
    with transaction.atomic():
        bill(member, today=TUESDAY)
    issues(space, payer)()
    room = make_room(space, price_per_hour=600)
    booking = take(payer, room, "11:00", "13:00", day=date(2026, 12, 10))
    with transaction.atomic():
        bill(member, today=date(2026, 12, 1))

    def ends():
        now = at("09:00", date(2026, 12, 2))
        return uncovered.end(membership=member, last=date(2026, 12, 2), by=None, by_operator=True, now=now)

    with raw() as [desk]:
        of_booking = charges_of(booking).get()
        run(desk, "SELECT FROM billing_charge WHERE id = %s FOR NO KEY UPDATE", of_booking.pk)
        ending = Doing(ends)
        waits_for_a_lock()
        invoicing = Doing(issues(space, payer))
        waits_for_a_lock(kind="advisory")
    ending.result()
    invoicing.result()

    assert net(payer) == {"plan": 12000 * 7 // 30 + 12000 * 2 // 31}


@pytest.fixture
def under_way(payer):
    """A membership of a month that is billed, and a booking by its plan that has begun by eleven and was not met."""
    space = make_space(renewal_day=1)
    plan = make_plan(space, make_resource(space), kind="monthly", price=12000, room_minutes=60)
    member = make_membership(payer, plan, starts_on=date(2026, 11, 1))
    with transaction.atomic():
        bill(member, today=TUESDAY)
    booking = take(payer, make_room(space, price_per_hour=600), "11:00", "13:00")
    assert (booking.membership, booking.price) == (member, 600)
    return booking


def pauses_today(member):
    first, now = TUESDAY, at("11:30")
    return lambda: uncovered.pause(membership=member, first=first, last=None, by=None, by_operator=True, now=now)


def test_pause_holds_no_money_while_it_waits_for_a_booking_that_is_noted_as_missed(payer, under_way):
    space = under_way.resource.space

    with transaction.atomic():
        locked_booking(under_way)
        pausing = Doing(pauses_today(under_way.membership))
        waits_for_a_lock()
        invoicing = Doing(issues(space, payer))
        assert invoicing.result().total == 12600
        attendance.miss(booking=under_way, now=at("11:30"))

    assert pausing.result() == []
    assert net(payer)["cancellation"] == 600


def test_booking_that_is_noted_as_missed_waits_for_a_pause_that_has_cancelled_it(payer, under_way):
    space = under_way.resource.space

    with transaction.atomic():
        cancelled = pauses_today(under_way.membership)()
        missing = Doing(lambda: attendance.miss(booking=under_way, now=at("11:30")))
        waits_for_a_lock()
        invoicing = Doing(issues(space, payer))
        waits_for_a_lock(kind="advisory")

    assert cancelled == [under_way]
    assert said([missing.settle()]) == [{"not_live"}]
    assert invoicing.result().total == 12000 * 23 // 30
    assert net(payer) == {"plan": 12000 * 23 // 30}


def test_two_people_who_delete_their_accounts_at_once_get_their_last_invoices(space):
    for turn in range(4):
        people = [make_user(f"{turn}-{number}@example.jp") for number in range(3)]
        rooms = [make_room(space, price_per_hour=600) for _ in people]
        for person, room in zip(people, rooms, strict=True):
            take(person, room, "11:00", "12:00")

        acts = [lambda one=person: erase(user=one, typed=one.email, now=at("10:30")) for person in people]
        _done, refused = outcomes(at_once(*acts))

        assert said(refused) == []
        for person in people:
            assert [one.total for one in Invoice.objects.filter(payer=person)] == [600]


def test_account_that_is_deleted_while_the_space_cancels_a_booking_of_it(space, payer):
    room, other = (make_room(space, price_per_hour=600) for _ in range(2))
    bookings = [take(payer, room, "11:00", "12:00"), take(payer, other, "13:00", "14:00")]

    with transaction.atomic():
        cancel(booking=bookings[1], by="space", now=at("09:00"))
        deleting = Doing(lambda: erase(user=payer, typed=payer.email, now=at("10:30")))
        waits_for_a_lock()
    deleting.result()

    assert net(payer) == {"cancellation": 600}
