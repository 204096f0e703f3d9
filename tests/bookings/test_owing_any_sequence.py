"""Whatever happens to bookings and to the money for them, what is charged for each is what is owed for it, once.

Design rule 5 at the door: what is owed is worked out anew from the rows of the bookings, in the plainest way there is.
"""

from collections import Counter as Tally
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from billing.balances import open_charges, standing_of
from billing.closing import close_month, figures
from billing.invoicing import issue, reissue, void
from billing.models import Charge, Invoice, Month, Payment
from billing.paying import pay, refund, take_back
from bookings import attendance
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Booking
from bookings.moving import move
from spaces.calendar import Span
from spaces.refusing import codes
from tests.factories import JAPAN, make_membership, make_plan, make_resource, make_room, make_space, make_user
from tests.properties import examples

# The end of a month, so that it is closed while its bookings are still changed. The trigger that guards the capacity
# asks the database's own clock what is past: this must not be, for long.
FIRST = date(2090, 11, 28)
DAY = timedelta(days=1)
starts = st.tuples(st.integers(0, 6), st.sampled_from([11, 13, 15, 17]))
one_of_few = st.integers(0, 11)


class Desk(RuleBasedStateMachine):
    """One space with seats and two rooms, three people, and all that happens between booking and paying."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.now = datetime.combine(FIRST, time(9), JAPAN)

    @initialize()
    def open_doors(self):
        self.space = make_space(free_cancellation_minutes=24 * 60)
        seats = make_resource(self.space)
        make_plan(self.space, seats, price=800)
        make_plan(self.space, seats, kind="mini_drop_in", minutes=60, price=500, first_visit_free=True)
        self.resources = [seats, make_room(self.space, price_per_hour=600), make_room(self.space, price_per_hour=900)]
        self.people = [make_user(f"{number}@example.jp") for number in range(3)]
        plan = make_plan(self.space, kind="monthly", price=12000, room_minutes=60)
        make_membership(self.people[2], plan, starts_on=FIRST)
        for number in range(3):
            self.somebody_books(number, number, (1 + number, 11), 2)
        self.somebody_is_invoiced(0)

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @property
    def today(self):
        return self.space.today(self.now)

    def tries(self, act, **asked):
        """Do something, or be refused with a sentence."""
        try:
            with transaction.atomic():
                act(**asked)
        except ValidationError as error:
            event(f"{act.__name__}: {sorted(codes(error))}")
        else:
            event(f"{act.__name__}: done")

    def chosen(self, rows, number):
        rows = list(rows.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def booking(self, number):
        """Mostly one that has not begun."""
        return self.chosen(Booking.objects.filter(starts_at__gt=self.now) if number < 9 else Booking.objects, number)

    def begun(self, number, **fitting):
        """Mostly one to which this may happen at the door."""
        begun = Booking.objects.filter(starts_at__lte=self.now)
        return self.chosen(begun.filter(**fitting) if number < 9 else begun, number)

    def span(self, start, hours):
        starts_at = datetime.combine(FIRST + start[0] * DAY, time(start[1]), JAPAN)
        return Span(starts_at, starts_at + timedelta(hours=hours))

    @rule(who=one_of_few, what=one_of_few, start=starts, hours=st.integers(1, 2))
    def somebody_books(self, who, what, start, hours):
        wish = {"resource_id": self.resources[what % 3].pk, "span": self.span(start, hours)}
        self.tries(book, user=self.people[who % 3], space=self.space, now=self.now, **wish)

    @rule(which=one_of_few, what=one_of_few, start=starts, hours=st.integers(1, 2), by_operator=st.booleans())
    def somebody_moves(self, which, what, start, hours, by_operator):
        if booking := self.booking(which):
            wish = {"resource_id": self.resources[what % 3].pk, "span": self.span(start, hours), "seats": 1}
            self.tries(move, booking=booking, by_operator=by_operator, now=self.now, **wish)

    @rule(which=one_of_few, by=st.sampled_from(["person", "person", "space"]))
    def somebody_cancels(self, which, by):
        if booking := self.booking(which):
            self.tries(cancel, booking=booking, by=by, now=self.now)

    @rule(which=one_of_few, act=st.sampled_from([attendance.miss, attendance.miss, attendance.check_in]))
    def somebody_comes_or_does_not(self, which, act):
        if booking := self.begun(which, cancelled_at=None, missed_at=None, checked_in_at=None):
            self.tries(act, booking=booking, now=self.now)

    @rule(which=one_of_few)
    def note_of_the_door_is_taken_back(self, which):
        if booking := self.begun(which, missed_at__isnull=False):
            self.tries(attendance.undo, booking=booking, now=self.now)

    @rule(who=one_of_few)
    def somebody_is_invoiced(self, who):
        payer = self.people[who % 3]
        self.tries(issue, space=self.space, payer_id=payer.pk, addressee="山田", language="ja", now=self.now)

    @rule(which=one_of_few, act=st.sampled_from([void, reissue]))
    def invoice_is_void(self, which, act):
        if invoice := self.chosen(Invoice.objects, which):
            self.tries(act, invoice=invoice, reason="", now=self.now)

    @rule(who=one_of_few, yen=st.sampled_from([500, 800, 5000]), back=st.booleans())
    def money_changes_hands(self, who, yen, back):
        payer, day = self.people[who % 3], {"given_on" if back else "received_on": self.today}
        asked = {"space": self.space, "payer_id": payer.pk, "method": "cash", "taken_by_id": payer.pk, **day}
        self.tries(refund if back else pay, yen=yen, **asked)

    @rule(which=one_of_few)
    def payment_was_a_mistake(self, which):
        if payment := self.chosen(Payment.objects, which):
            self.tries(take_back, payment=payment, now=self.now)

    @rule()
    def last_month_is_closed(self):
        last = self.today.replace(day=1) - DAY
        self.tries(close_month, space=self.space, first_on=last.replace(day=1), by_id=None, now=self.now)

    @rule(hours=st.sampled_from([1, 5, 24, 24, 48]))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)

    @invariant()
    def what_is_charged_for_a_booking_is_what_is_owed_for_it(self):
        charged, live = Tally(), Tally()
        for one in Charge.objects.filter(voided_at=None).select_related("reverses"):
            of = one.reverses or one
            charged[of.source_key.split(":")[1], of.payer_id, of.kind, of.tax_rate] += one.yen
            live[of.source_key.split(":")[1]] += 1 if one.reverses is None else -1
        wanted = Tally()
        for booking in Booking.objects.select_related("resource"):
            kind, rate, yen = owed_plainly(booking)
            wanted[str(booking.pk), booking.user_id, kind, rate] += yen
        assert +charged == +wanted
        assert -charged == Tally()
        assert set(live.values()) <= {0, 1}

    @invariant()
    def ledger_balances_to_the_yen(self):
        for payer in self.people:
            charges = Charge.objects.filter(payer=payer, voided_at=None)
            payments = Payment.objects.filter(payer=payer, voided_at=None)
            standing = standing_of(self.space, payer.pk)
            owed = sum(one.yen for one in charges) - sum(one.yen for one in payments)
            assert owed == standing.open_in_all + open_charges(self.space, payer.pk) - standing.credit

    @invariant()
    def closed_months_stay(self):
        for kept in Month.objects.all():
            assert figures(self.space, kept.first_on) == kept.figures

    @invariant()
    def every_charge_is_of_a_day_that_the_booking_knows(self):
        for one in Charge.objects.filter(voided_at=None, reverses=None):
            assert (one.kind == "cancellation") == (one.tax_rate is None)
            assert one.arises_on >= FIRST


def owed_plainly(booking):
    """Kind, rate and yen of what a booking costs as its row stands."""
    if booking.cancelled_at:
        is_late = booking.cancelled_by == "person" and booking.starts_at - booking.cancelled_at < timedelta(hours=24)
        return "cancellation", None, booking.price if is_late else 0
    if booking.missed_at:
        return "cancellation", None, booking.price
    return ("drop_in" if booking.resource.kind == "open_seats" else "room"), 10, booking.price


def test_any_sequence_of_acts_charges_each_booking_once(db):
    run_state_machine_as_test(Desk, settings=examples(20, stateful_step_count=40))
