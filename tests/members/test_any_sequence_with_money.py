"""Whatever is done with memberships and with the money for them, everybody is charged what they owe, once.

The house of test_any_sequence, with its line for booths and its late midnights, and besides: renewals that come late or
twice, bookings, invoices, payments and closed months. What is owed is counted anew, day by day, after every act.
"""

from collections import Counter as Tally
from collections import defaultdict
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from billing.balances import open_charges, standing_of
from billing.charging import WAIVER, undo
from billing.closing import close_month, figures
from billing.invoicing import issue, reissue, void
from billing.ledger import balance_on
from billing.models import Charge, Invoice, Month, Payment
from billing.monthly import issue_monthly
from billing.paying import pay, refund, take_back
from billing.tax import tax_in
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Booking
from members.models import Membership, User
from members.renewing import bill_begun
from spaces.calendar import Span
from spaces.refusing import codes
from tests.billing.acts import rates_of
from tests.factories import JAPAN, make_plan, make_resource
from tests.members.plainly import months_owed
from tests.members.test_any_sequence import DAY, House, one_of_few
from tests.properties import examples


class Till(House):
    """The house, and what is done at its desk."""

    def __init__(self):
        super().__init__()
        self.billed_at = self.now
        self.visit = None
        # What months came to whose charge an operator gave up: by membership, month and agreed plan.
        self.given_up = {}

    @property
    def is_billed(self):
        """Whether the renewal has run since time went by: else months that have begun may not be charged yet."""
        return self.space.today(self.billed_at) == self.today

    def seats(self):
        if self.visit is None:
            self.visit = make_resource(self.space, capacity=3)
            make_plan(self.space, self.visit, price=800)
        return self.visit

    def chosen(self, rows, number):
        rows = list(rows.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def payer(self, number):
        """Mostly somebody who owes something."""
        owing = User.objects.filter(charges__isnull=False).distinct()
        return self.chosen(owing if number < 10 else User.objects.all(), number)

    def tries_with_money(self, act, **asked):
        """Do something or be refused with a sentence, to be rolled back as a view does."""
        try:
            with transaction.atomic():
                act(**asked)
        except ValidationError as error:
            note(f"refused: {codes(error)}")

    @rule(who=one_of_few, ahead=st.integers(0, 3))
    def somebody_books(self, who, ahead):
        starts_at = datetime.combine(self.today + timedelta(days=ahead), time(15), JAPAN)
        span = Span(starts_at, starts_at + timedelta(hours=2))
        wish = {"resource_id": self.seats().pk, "span": span, "now": self.now}
        self.tries_with_money(book, user=self.people[who % 8], space=self.space, **wish)

    @rule(which=one_of_few, by=st.sampled_from(["person", "space"]))
    def booking_is_cancelled(self, which, by):
        if booking := self.chosen(Booking.objects.live(), which):
            self.tries_with_money(cancel, booking=booking, by=by, now=self.now)

    @rule(days=st.sampled_from([0, 1, 5, 40]))
    def renewal_comes_late_and_twice(self, days):
        self.now += timedelta(days=days)
        self.is_settled = self.is_settled and not days
        bill_begun(now=self.now)
        assert bill_begun(now=self.now) == 0
        self.billed_at = self.now

    @rule(hours=st.sampled_from([1, 24, 24 * 12, 24 * 31]))
    def time_goes_by_without_a_renewal(self, hours):
        self.now += timedelta(hours=hours)
        self.is_settled = False

    @rule(which=one_of_few)
    def charge_is_given_up(self, which):
        rows = Charge.objects.filter(source_key__regex="^(month|sign-up):", reverses=None)
        if charge := self.chosen(rows.filter(voided_at=None) if which < 10 else rows, which):
            self.tries_with_money(undo, written=charge, today=self.today, for_good=True)
            kind, *source = charge.source_key.split(":")
            if kind == "month" and charge.voided_at is None:
                months, _fees, _bookings = charged_for()
                self.given_up.setdefault(tuple(source[:3]), months[int(source[0])][tuple(source[1:3])])

    @rule(who=one_of_few)
    def somebody_is_invoiced(self, who):
        if payer := self.payer(who):
            asked = {"payer_id": payer.pk, "addressee": "山田", "language": "ja", "now": self.now}
            self.tries_with_money(issue, space=self.space, **asked)

    @rule()
    def everybody_is_invoiced(self):
        issue_monthly(self.space, self.today, self.now)

    @rule(which=one_of_few, act=st.sampled_from([void, reissue]))
    def invoice_is_void(self, which, act):
        if invoice := self.chosen(Invoice.objects.filter(voided_at=None) if which < 10 else Invoice.objects, which):
            self.tries_with_money(act, invoice=invoice, reason="", now=self.now)

    @rule(who=one_of_few, yen=st.sampled_from([1, 5000, 42000, 200000]), is_refund=st.booleans())
    def money_changes_hands(self, who, yen, is_refund):
        if payer := self.payer(who):
            day = {"given_on" if is_refund else "received_on": self.today}
            asked = {"payer_id": payer.pk, "method": "cash", "taken_by_id": payer.pk, "yen": yen, **day}
            self.tries_with_money(refund if is_refund else pay, space=self.space, **asked)

    @rule(which=one_of_few)
    def payment_was_a_mistake(self, which):
        if payment := self.chosen(Payment.objects, which):
            self.tries_with_money(take_back, payment=payment, now=self.now)

    @rule(back=st.integers(1, 2))
    def month_is_closed(self, back):
        first_on = self.today.replace(day=1)
        for _ in range(back):
            first_on = (first_on - DAY).replace(day=1)
        self.tries_with_money(close_month, space=self.space, first_on=first_on, by_id=None, now=self.now)

    @invariant()
    def everybody_is_charged_what_they_owe(self):
        charged, fees, bookings = charged_for()
        waivers = Charge.objects.filter(source_key__startswith=WAIVER).annotate(source=F("reverses__source_key"))
        for membership in Membership.objects.prefetch_related("agreed_plans", "pauses"):
            rows = [(row.pk, row.price, row.starts_on, row.ends_on) for row in rows_of(membership)]
            rests = [(rest.starts_on, rest.ends_on) for rest in membership.pauses.all()]
            is_member = membership.status not in ("applied", "declined")
            owed = months_owed(rows, rests, renewal_day=membership.renewal_day, until=self.today) if is_member else {}
            owed = {(str(month), str(row)): part.yen for month, parts in owed.items() for row, part in parts.items()}
            billed = charged.pop(membership.pk, {})
            months = {month for month, _row in billed}
            for month, row in {*owed, *billed}:
                # What nobody has charged yet is charged by the next renewal; all else is right at any moment.
                if self.is_billed or month in months:
                    yen = self.given_up.get((str(membership.pk), month, row), owed.get((month, row), 0))
                    assert billed.get((month, row), 0) == yen, (membership, month, rows, rests)
            fee, charged_fee = fee_owed(membership, self.today) if is_member else 0, fees[membership.pk]
            has_all = self.is_billed and not waivers.filter(source__startswith=f"sign-up:{membership.pk}:").exists()
            assert charged_fee == fee if has_all else 0 <= charged_fee <= fee
        assert charged == {}
        for booking in Booking.objects.all():
            assert bookings[booking.pk] == (booking.cancellation_fee if booking.cancelled_at else booking.price)

    @invariant()
    def ledger_balances_to_the_yen(self):
        in_all = 0
        for payer in User.objects.filter(charges__isnull=False).distinct():
            charges = Charge.objects.filter(payer=payer, voided_at=None)
            payments = Payment.objects.filter(payer=payer, voided_at=None)
            asked = sum(one.total for one in Invoice.objects.filter(payer=payer, voided_at=None))
            paid = sum(one.yen for one in payments)
            owed = sum(one.yen for one in charges) - paid
            waiting = open_charges(self.space, payer.pk)
            standing = standing_of(self.space, payer.pk)
            assert owed == asked - paid + waiting == standing.open_in_all + waiting - standing.credit
            in_all += owed
        assert balance_on(self.space, self.today + timedelta(days=3660)) == in_all

    @invariant()
    def papers_add_up_and_their_numbers_have_no_gaps(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        numbers = defaultdict(list)
        for invoice in Invoice.objects.order_by("pk").prefetch_related("lines"):
            numbers[invoice.year].append(invoice.number)
            lines = invoice.lines.all()
            assert invoice.total == sum(line.yen for line in lines)
            for one in rates_of(invoice):
                total = sum(line.yen for line in lines if line.tax_rate == one.rate)
                assert (one.total, one.tax) == (total, tax_in(total, one.rate) if one.rate else 0)
        for found in numbers.values():
            assert found == list(range(1, len(found) + 1))

    @invariant()
    def closed_months_stay(self):
        for kept in Month.objects.all():
            assert figures(self.space, kept.first_on) == kept.figures


def rows_of(membership):
    return sorted(membership.agreed_plans.all(), key=lambda row: row.starts_on)


def charged_for():
    """Yen that stand, reversals taken off: of each membership by month and plan, of its fees, and of each booking."""
    months, fees, bookings = defaultdict(Tally), Tally(), Tally()
    for one in Charge.objects.filter(voided_at=None).select_related("reverses"):
        kind, key, *rest = (one.reverses or one).source_key.split(":")
        if kind == "month":
            months[int(key)][tuple(rest[:2])] += one.yen
        elif kind == "sign-up":
            fees[int(key)] += one.yen
        else:
            assert kind == "booking"
            bookings[int(key)] += one.yen
    return dict(months), fees, bookings


def fee_owed(membership, today):
    """The highest fee of the plans that have begun; the first one's is due at once, unless nothing ever begins."""
    rows = [row for row in rows_of(membership) if row.ends_on is None or row.ends_on >= row.starts_on]
    return max((row.sign_up_fee for row in rows if row is rows[0] or row.starts_on <= today), default=0)


def test_any_sequence_of_acts_charges_what_is_owed(db):
    run_state_machine_as_test(Till, settings=examples(12, stateful_step_count=50))
