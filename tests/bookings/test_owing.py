"""What is owed for a booking as it stands, and that the charges say so after every act."""

from datetime import date, timedelta

import pytest

from billing.closing import close_month
from billing.invoicing import issue, void
from billing.models import Charge
from bookings import uncovered
from bookings.attendance import miss, undo
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from bookings.owing import charges_of
from tests.bookings.taking import take
from tests.factories import (
    TUESDAY,
    at,
    make_booking,
    make_companion,
    make_membership,
    make_plan,
    make_resource,
    make_room,
    make_space,
    make_user,
    span,
)

PERSON, SPACE = Booking.Side.PERSON, Booking.Side.SPACE
WEDNESDAY = date(2026, 11, 25)
LAST_OF_OCTOBER = date(2026, 10, 31)


@pytest.fixture
def space(db):
    return make_space(free_cancellation_minutes=120, renewal_day=1)


@pytest.fixture
def seats(space):
    seats = make_resource(space)
    make_plan(space, seats, price=800)
    return seats


@pytest.fixture
def room(space):
    return make_room(space, price_per_hour=600)


@pytest.fixture
def payer(db):
    return make_user("hanako@example.jp")


def owed_for(booking):
    """The charges for a booking that stand and that nothing takes back: kind, yen, rate and day."""
    return [(one.kind, one.yen, one.tax_rate, one.arises_on) for one in charges_of(booking)]


def entries(payer):
    """All that counts in the ledger of a payer, reversals too, as it was written."""
    rows = Charge.objects.standing().filter(payer=payer).order_by("pk")
    return [(one.kind, one.yen, one.arises_on) for one in rows]


def invoice(payer, space):
    return issue(space=space, payer_id=payer.pk, addressee="山田", language="ja", now=at("10:00"))


def moved(booking, resource, starts, ends, day=TUESDAY, **asked):
    asked = {"now": at("09:00"), "seats": booking.seats, **asked}
    return move(booking=booking, resource_id=resource.pk, span=span(starts, ends, day), **asked)


# What is booked


@pytest.mark.parametrize(
    ("language", "text"), [("ja", "席　11月24日（火） 11:00–13:00"), ("en", "Seats, Tue 24 Nov 11:00–13:00")]
)
def test_visit_is_one_charge_with_tax_on_its_day_in_the_language_of_the_payer(seats, language, text):
    payer = make_user("ben@example.com", language=language)

    booking = take(payer, seats)

    [charge] = Charge.objects.all()
    assert (charge.kind, charge.yen, charge.tax_rate, charge.arises_on) == ("drop_in", 800, 10, TUESDAY)
    assert (charge.payer, charge.space, charge.invoice_id) == (payer, seats.space, None)
    assert charge.text == text
    assert list(charges_of(booking)) == [charge]


def test_several_seats_are_one_charge(seats, payer):
    assert owed_for(take(payer, seats, seats=3)) == [("drop_in", 2400, 10, TUESDAY)]


def test_room_is_charged_by_the_hour_on_the_day_of_the_visit(room, payer):
    booking = take(payer, room, "11:00", "12:30", day=WEDNESDAY)

    assert owed_for(booking) == [("room", 900, 10, WEDNESDAY)]


def test_day_of_a_charge_is_the_day_at_the_space(payer):
    night = make_space("night", opens="00:00", closes="00:00")
    room = make_room(night, price_per_hour=600)

    # In UTC it is still Tuesday.
    assert owed_for(take(payer, room, "01:00", "02:00", day=WEDNESDAY)) == [("room", 600, 10, WEDNESDAY)]


def test_what_a_plan_covers_is_not_charged(space, seats, payer):
    make_membership(payer, make_plan(space, seats, kind="monthly", price=12000))

    assert take(payer, seats).basis == "plan"
    assert entries(payer) == []


def test_room_hours_beyond_the_plan_are_charged_alone(space, room, payer):
    make_membership(payer, make_plan(space, kind="monthly", price=12000, room_minutes=60))

    assert owed_for(take(payer, room, "11:00", "13:00")) == [("room", 600, 10, TUESDAY)]


def test_first_visit_that_is_free_is_not_charged(space, payer):
    seats = make_resource(space)
    make_plan(space, seats, kind="mini_drop_in", minutes=120, price=500, first_visit_free=True)

    assert take(payer, seats).basis == "first_visit"
    assert entries(payer) == []


def test_two_bookings_of_one_payer_are_charged_each_by_itself(seats, room, payer):
    one, other = take(payer, seats), take(payer, room, "14:00", "15:00")

    cancel(booking=one, by=PERSON, now=at("08:59"))

    assert owed_for(one) == []
    assert owed_for(other) == [("room", 600, 10, TUESDAY)]


def test_what_the_desk_holds_for_nobody_is_nobodys_charge(seats):
    nobodys = make_booking(seats, price=800)

    miss(booking=nobodys, now=at("11:30"))
    undo(booking=nobodys, now=at("11:30"))

    assert not Charge.objects.exists()


# Cancelled


def test_cancelled_in_time_costs_nothing_and_leaves_no_entry(seats, payer):
    booking = take(payer, seats)

    cancel(booking=booking, by=PERSON, now=at("09:00"))

    assert entries(payer) == []
    assert Charge.objects.get().voided_at


def test_cancelled_late_costs_a_fee_outside_the_tax_instead_of_the_visit(seats, payer):
    booking = take(payer, seats, day=WEDNESDAY)

    cancel(booking=booking, by=PERSON, now=at("09:01", WEDNESDAY))

    assert owed_for(booking) == [("cancellation", 800, None, WEDNESDAY)]
    assert entries(payer) == [("cancellation", 800, WEDNESDAY)]
    assert charges_of(booking).get().text == "期限後のキャンセル：席　11月25日（水） 11:00–13:00"


def test_fee_arises_on_the_day_of_cancelling(space, seats, payer):
    type(space).objects.update(free_cancellation_minutes=2880)
    booking = take(payer, seats, day=WEDNESDAY)

    cancel(booking=booking, by=PERSON, now=at("20:00"))

    assert owed_for(booking) == [("cancellation", 800, None, TUESDAY)]


def test_sale_that_was_invoiced_is_reversed_by_a_late_cancellation(space, seats, payer):
    booking = take(payer, seats)
    paper = invoice(payer, space)

    cancel(booking=booking, by=PERSON, now=at("10:30"))

    assert entries(payer) == [("drop_in", 800, TUESDAY), ("drop_in", -800, TUESDAY), ("cancellation", 800, TUESDAY)]
    assert owed_for(booking) == [("cancellation", 800, None, TUESDAY)]
    assert paper.charges.get().yen == 800


def test_sale_that_was_invoiced_is_given_back_where_cancelling_is_free(space, seats, payer):
    booking = take(payer, seats, day=WEDNESDAY)
    invoice(payer, space)

    cancel(booking=booking, by=PERSON, now=at("11:00"))

    assert owed_for(booking) == []
    assert entries(payer) == [("drop_in", 800, WEDNESDAY), ("drop_in", -800, TUESDAY)]


@pytest.mark.parametrize("is_invoiced", [False, True])
def test_space_that_cancels_asks_for_nothing(space, seats, payer, is_invoiced):
    booking = take(payer, seats)
    if is_invoiced:
        invoice(payer, space)

    cancel(booking=booking, by=SPACE, now=at("10:59"))

    assert owed_for(booking) == []
    assert sum(yen for _kind, yen, _day in entries(payer)) == 0


def test_booking_from_before_there_were_charges_costs_its_fee(seats, payer):
    booking = make_booking(seats, user=payer, price=800)

    cancel(booking=booking, by=PERSON, now=at("10:30"))

    assert owed_for(booking) == [("cancellation", 800, None, TUESDAY)]


def test_booking_from_before_there_were_charges_is_cancelled_in_time_without_one(seats, payer):
    cancel(booking=make_booking(seats, user=payer, price=800), by=PERSON, now=at("08:59"))

    assert not Charge.objects.exists()


def test_booking_from_before_there_were_charges_is_charged_once_when_it_is_moved(room, payer):
    booking = make_booking(room, user=payer, price=600, day=WEDNESDAY)
    assert not Charge.objects.exists()

    for starts in ("14:00", "15:00"):
        booking = moved(booking, room, starts, "16:00", day=WEDNESDAY)

    assert [(kind, yen) for kind, yen, _day in entries(payer)] == [("room", 600)]
    assert owed_for(booking) == [("room", 600, 10, WEDNESDAY)]


def test_membership_that_an_operator_ends_gives_what_it_covers_back_for_nothing(space, seats, room, payer):
    member = make_membership(payer, make_plan(space, seats, kind="monthly", price=3000, room_minutes=60))
    visit, meeting = take(payer, seats, day=WEDNESDAY), take(payer, room, "11:00", "13:00", day=WEDNESDAY)

    uncovered.end(membership=member, last=TUESDAY, by=None, by_operator=True, now=at("09:30"))

    assert (owed_for(visit), owed_for(meeting)) == ([], [])


def test_looking_at_what_an_end_would_cancel_writes_no_charge(space, room, payer):
    member = make_membership(payer, make_plan(space, kind="monthly", price=3000, room_minutes=60))
    meeting = take(payer, room, "11:00", "13:00", day=WEDNESDAY)
    before = list(Charge.objects.values_list("pk", "voided_at"))

    gone = uncovered.preview(
        member, lambda: uncovered.end(membership=member, last=TUESDAY, by=None, by_operator=True, now=at("09:30"))
    )

    assert gone == [meeting]
    assert list(Charge.objects.values_list("pk", "voided_at")) == before


def test_companion_pays_for_what_the_booth_does_not_include(space, payer):
    booth = make_resource(space, kind="booth", capacity=1, persons=3)
    tenant = make_user("tenant@example.jp")
    plan = make_plan(space, booth, kind="booth", price=30000, room_minutes=60)
    make_companion(make_membership(tenant, plan, booth=booth), payer)

    booking = take(payer, make_room(space, price_per_hour=600), "11:00", "13:00")

    assert owed_for(booking) == [("room", 600, 10, TUESDAY)]
    assert charges_of(booking).get().payer == payer


# Did not come


def test_who_did_not_come_owes_a_fee_outside_the_tax_on_the_day_of_the_visit(seats, payer):
    booking = take(payer, seats)

    miss(booking=booking, now=at("10:00", WEDNESDAY))

    assert owed_for(booking) == [("cancellation", 800, None, TUESDAY)]
    assert entries(payer) == [("cancellation", 800, TUESDAY)]
    assert charges_of(booking).get().text == "利用なし：席　11月24日（火） 11:00–13:00"


@pytest.mark.parametrize("is_invoiced", [False, True])
def test_who_did_come_after_all_owes_the_visit_again(space, seats, payer, is_invoiced):
    booking = take(payer, seats)
    miss(booking=booking, now=at("11:30"))
    if is_invoiced:
        invoice(payer, space)

    undo(booking=booking, now=at("11:40"))

    assert owed_for(booking) == [("drop_in", 800, 10, TUESDAY)]
    assert sum(yen for _kind, yen, _day in entries(payer)) == 800


def test_miss_that_is_noted_and_taken_back_again_and_again_is_charged_once(space, seats, payer):
    booking = take(payer, seats)
    for _ in range(3):
        miss(booking=booking, now=at("11:30"))
        invoice(payer, space)
        undo(booking=booking, now=at("11:40"))

    assert owed_for(booking) == [("drop_in", 800, 10, TUESDAY)]
    assert sum(yen for _kind, yen, _day in entries(payer)) == 800


# Moved


def test_move_to_another_price_charges_the_new_one_alone(seats, room, payer):
    booking = take(payer, seats)

    moved(booking, room, "14:00", "16:00", day=WEDNESDAY)

    assert owed_for(booking) == [("room", 1200, 10, WEDNESDAY)]
    assert entries(payer) == [("room", 1200, WEDNESDAY)]


def test_move_to_another_hour_before_the_invoice_changes_what_the_charge_says(seats, payer):
    booking = take(payer, seats)

    moved(booking, seats, "14:00", "16:00")

    assert entries(payer) == [("drop_in", 800, TUESDAY)]
    assert charges_of(booking).get().text == "席　11月24日（火） 14:00–16:00"


def test_move_to_another_hour_at_the_same_price_leaves_the_invoice_as_it_is(space, seats, payer):
    booking = take(payer, seats)
    invoice(payer, space)

    moved(booking, seats, "14:00", "16:00")

    assert entries(payer) == [("drop_in", 800, TUESDAY)]


def test_move_after_the_invoice_reverses_the_old_charge(space, seats, room, payer):
    booking = take(payer, room, "11:00", "12:00", day=WEDNESDAY)
    invoice(payer, space)

    moved(booking, room, "11:00", "13:00", day=WEDNESDAY)

    assert entries(payer) == [("room", 600, WEDNESDAY), ("room", -600, TUESDAY), ("room", 1200, WEDNESDAY)]
    assert owed_for(booking) == [("room", 1200, 10, WEDNESDAY)]


def test_move_to_what_a_plan_covers_leaves_nothing_to_pay(space, seats, room, payer):
    make_membership(payer, make_plan(space, seats, kind="monthly", price=12000))
    booking = take(payer, room, "11:00", "12:00", day=WEDNESDAY)

    moved(booking, seats, "11:00", "12:00", day=WEDNESDAY)

    assert entries(payer) == []


# The month was closed meanwhile


@pytest.fixture
def last_month(space, seats, payer):
    """A visit of October, whose month is closed."""
    booking = take(payer, seats, day=LAST_OF_OCTOBER, now=at("09:00", LAST_OF_OCTOBER))
    close_month(space=space, first_on=date(2026, 10, 1), by_id=None, now=at("09:00"))
    return booking


def test_miss_that_is_noted_after_the_month_was_closed_is_corrected_today(last_month, payer):
    miss(booking=last_month, now=at("09:00"))

    assert owed_for(last_month) == [("cancellation", 800, None, TUESDAY)]
    assert entries(payer) == [
        ("drop_in", 800, LAST_OF_OCTOBER),
        ("drop_in", -800, TUESDAY),
        ("cancellation", 800, TUESDAY),
    ]


def test_miss_that_is_taken_back_after_the_month_was_closed_is_a_visit_of_today(last_month, payer):
    miss(booking=last_month, now=at("09:00"))

    undo(booking=last_month, now=at("09:05"))

    assert owed_for(last_month) == [("drop_in", 800, 10, TUESDAY)]
    assert sum(yen for _kind, yen, _day in entries(payer)) == 800
    assert [day for _kind, _yen, day in entries(payer)].count(LAST_OF_OCTOBER) == 1


def test_invoice_over_a_closed_month_that_is_voided_leaves_the_charge_once(space, last_month, payer):
    void(invoice=invoice(payer, space), reason="", now=at("10:00"))

    miss(booking=last_month, now=at("10:00") + timedelta(minutes=5))

    assert owed_for(last_month) == [("cancellation", 800, None, TUESDAY)]
    assert sum(yen for _kind, yen, _day in entries(payer)) == 800
