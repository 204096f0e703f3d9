"""Whatever is charged, invoiced, paid and corrected one after the other, the ledger balances to the yen.

Design rule 5, worked out plainly from the rows after each act and compared with what a few lists of our own remember:
nothing is billed twice or lost, numbers have no gaps, papers never change, a closed month keeps its figures.
"""

from collections import Counter as Tally
from collections import defaultdict
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from billing.balances import open_charges, standing_of
from billing.charging import undo
from billing.closing import close_month
from billing.invoicing import issue, reissue, void
from billing.models import Charge, Invoice, InvoiceLine, Month, Payment, Receipt
from billing.paying import pay, refund, take_back
from billing.receipts import issue_receipt
from billing.refusals import refused_politely
from members.models import User
from spaces.models import Space
from spaces.refusing import codes
from tests.billing.acts import make_charge, rates_of
from tests.factories import at, make_space, make_user
from tests.properties import examples

one_of_few = st.integers(0, 11)
yen = st.sampled_from([1, 99, 500, 500, 1000, 1000, 3333, -1, -500, -1000])
days_back = st.sampled_from([0, 0, 0, 5, 40])
VARYING = {"voided_at", "void_reason"}


def month(day):
    return day.replace(day=1)


def papers():
    """Everything that was ever printed, as it stands in the tables."""
    rows = [row for table in (Invoice, InvoiceLine, Receipt) for row in table.objects.all()]
    return {
        (type(row), row.pk): {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if field.attname not in VARYING
        }
        for row in rows
    }


class Till(RuleBasedStateMachine):
    """Two spaces, two payers at each, and everything that can be done with money, as the days go by."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.today = date(2026, 10, 25)
        self.wanted = {}  # what each thing costs today, by the key of its charge
        self.received = Tally()  # what each payer of each space has paid, refunds taken off
        self.printed = {}
        self.closed = {}

    @initialize()
    def open_doors(self):
        """A little has happened already at each space, so that every act finds something to be done with."""
        self.spaces = [make_space("here"), make_space("there")]
        self.payers = [make_user(f"{number}@example.jp") for number in range(2)]
        for who in (0, 1, 3):
            self.something_is_charged(who, 1000, 5, 10)
            self.something_is_charged(who, 500, 0, None)
            self.invoice_is_issued(who, None)
            self.somebody_pays(who, 2500 if who else 1000, None, 0)
            self.something_is_charged(who, 99, 0, 8)

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @property
    def now(self):
        return at("12:00", self.today)

    def pair(self, number):
        return self.spaces[number % 2], self.payers[number // 2 % 2]

    def chosen(self, rows, number):
        rows = list(rows.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def is_closed(self, space, day):
        return (space.pk, month(day)) in self.closed

    def credit(self, space, payer):
        """What is left when all that came has paid all that was asked for, if anything is."""
        asked = sum(one.total for one in Invoice.objects.filter(space=space, payer=payer, voided_at=None))
        return max(self.received[space.pk, payer.pk] - asked, 0)

    def tries(self, act, *, refused=None, **asked):
        """Do something that must go well, or be refused with that code."""
        done, said = None, set()
        try:
            with refused_politely(), transaction.atomic():
                done = act(**asked)
        except ValidationError as error:
            said = codes(error)
        assert said == ({refused} if refused else set())
        return done

    @rule(who=one_of_few, yen=yen, back=days_back, rate=st.sampled_from([10, 10, 8, None]))
    def something_is_charged(self, who, yen, back, rate):
        (space, payer), day = self.pair(who), self.today - timedelta(days=back)
        key = f"thing:{len(self.wanted)}"
        closed = "month_closed" if self.is_closed(space, day) else None
        asked = {"arises_on": day, "tax_rate": rate, "source_key": key}
        if self.tries(make_charge, refused=closed, space=space, payer=payer, yen=yen, **asked):
            self.wanted[key] = yen

    @rule(which=one_of_few, yen=yen)
    def something_is_charged_again(self, which, yen):
        if charge := self.chosen(Charge.objects, which):
            asked = {"space": charge.space, "payer": charge.payer, "arises_on": self.today}
            self.tries(make_charge, refused="billed_already", yen=yen, source_key=charge.source_key, **asked)

    @rule(which=one_of_few)
    def something_is_undone(self, which):
        if charge := self.chosen(Charge.objects.filter(reverses=None), which):
            undone = "reversed_already" if self.wanted[charge.source_key] == 0 else None
            self.tries(undo, refused=undone, written=charge, today=self.today)
            self.wanted[charge.source_key] = 0

    @rule(which=one_of_few)
    def something_is_done_after_all(self, which):
        if reversal := self.chosen(Charge.objects.exclude(reverses=None), which):
            self.tries(undo, refused="reversal_stands", written=reversal, today=self.today)

    @rule(who=one_of_few, back=st.sampled_from([None, 0, 5, 40]))
    def invoice_is_issued(self, who, back):
        space, payer = self.pair(who)
        up_to = None if back is None else self.today - timedelta(days=back)
        waiting = [
            one
            for one in Charge.objects.filter(space=space, payer=payer, invoice=None, voided_at=None)
            if up_to is None or one.arises_on <= up_to
        ]
        asked = {"space": space, "payer_id": payer.pk, "addressee": "山田", "language": "ja", "now": self.now}
        invoice = self.tries(issue, refused=None if waiting else "nothing_open", up_to=up_to, **asked)
        if invoice:
            assert set(invoice.charges.all()) == set(waiting)
            assert invoice.total == sum(one.yen for one in waiting)

    @rule(which=one_of_few, again=st.booleans())
    def invoice_is_voided(self, which, again):
        if invoice := self.chosen(Invoice.objects, which):
            voided = "voided_already" if invoice.voided_at else None
            self.tries(reissue if again else void, refused=voided, invoice=invoice, reason="", now=self.now)

    @rule(who=one_of_few, yen=st.sampled_from([1, 500, 1000, 2500]), which=st.none() | one_of_few, back=days_back)
    def somebody_pays(self, who, yen, which, back):
        (space, payer), day = self.pair(who), self.today - timedelta(days=back)
        meant = None if which is None else self.chosen(Invoice.objects, which)
        refused = "month_closed" if self.is_closed(space, day) else None
        if refused is None and meant and (meant.space, meant.payer) != (space, payer):
            refused = "other_payer"
        done = self.tries(
            pay,
            refused=refused,
            space=space,
            payer_id=payer.pk,
            method="cash",
            yen=yen,
            received_on=day,
            taken_by_id=payer.pk,
            invoice=meant,
        )
        self.received[space.pk, payer.pk] += yen if done else 0

    @rule(who=one_of_few, yen=st.sampled_from([1, 500, 1000]))
    def credit_is_given_back(self, who, yen):
        space, payer = self.pair(who)
        beyond = "refund_beyond_credit" if yen > self.credit(space, payer) else None
        asked = {"space": space, "payer_id": payer.pk, "method": "cash", "yen": yen, "taken_by_id": payer.pk}
        done = self.tries(refund, refused=beyond, given_on=self.today, **asked)
        self.received[space.pk, payer.pk] -= yen if done else 0

    @rule(which=one_of_few)
    def payment_is_taken_back(self, which):
        if payment := self.chosen(Payment.objects, which):
            refused = "payment_voided_already" if payment.voided_at else None
            if refused is None and self.is_closed(payment.space, payment.received_on):
                refused = "month_closed"
            if self.tries(take_back, refused=refused, payment=payment, now=self.now):
                self.received[payment.space_id, payment.payer_id] -= payment.yen

    @rule(which=one_of_few)
    def receipt_is_issued(self, which):
        if payment := self.chosen(Payment.objects, which):
            refused = "no_receipt_for_refund" if payment.yen < 0 else None
            refused = "receipt_without_payment" if payment.voided_at else refused
            asked = {"payment": payment, "addressee": "山田", "language": "ja", "now": self.now}
            self.tries(issue_receipt, refused=refused, **asked)

    @rule(which=one_of_few, back=st.integers(0, 2))
    def month_is_closed(self, which, back):
        space, first_on = self.spaces[which % 2], month(self.today)
        for _ in range(back):
            first_on = month(first_on - timedelta(days=1))
        refused = "month_not_over" if back == 0 else None
        refused = "month_closed_already" if (space.pk, first_on) in self.closed else refused
        done = self.tries(close_month, refused=refused, space=space, first_on=first_on, by_id=None, now=self.now)
        if done:
            self.closed[space.pk, first_on] = done.figures

    @rule(days=st.sampled_from([1, 10, 31]))
    def time_goes_by(self, days):
        self.today += timedelta(days=days)

    @invariant()
    def the_database_has_nothing_against_it(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def nothing_is_billed_twice_or_lost(self):
        net = Tally()
        for one in Charge.objects.filter(voided_at=None).select_related("reverses"):
            net[one.reverses.source_key if one.reverses else one.source_key] += one.yen
        assert {key: net[key] for key in self.wanted} == self.wanted
        assert set(net) <= set(self.wanted)

    @invariant()
    def each_standing_invoice_asks_for_its_charges_and_no_charge_is_asked_for_elsewhere(self):
        asked, charged = defaultdict(Tally), defaultdict(Tally)
        for line in InvoiceLine.objects.filter(invoice__voided_at=None):
            asked[line.invoice_id][line.on, line.text, line.yen, line.tax_rate] += 1
        for one in Charge.objects.exclude(invoice=None):
            charged[one.invoice_id][one.arises_on, one.text, one.yen, one.tax_rate] += 1
        assert asked == charged
        for invoice in Invoice.objects.prefetch_related("lines"):
            assert invoice.total == sum(line.yen for line in invoice.lines.all())
            assert invoice.total == sum(one.total for one in rates_of(invoice))

    @invariant()
    def ledger_balances_to_the_yen(self):
        for space in Space.objects.all():
            for payer in User.objects.all():
                charges = Charge.objects.filter(space=space, payer=payer, voided_at=None)
                payments = Payment.objects.filter(space=space, payer=payer, voided_at=None)
                standing = standing_of(space, payer.pk)
                owed = sum(one.yen for one in charges) - sum(one.yen for one in payments)
                assert sum(one.yen for one in payments) == self.received[space.pk, payer.pk]
                assert owed == standing.open_in_all + open_charges(space, payer.pk) - standing.credit
                assert max(standing.credit, 0) == self.credit(space, payer)

    @invariant()
    def numbers_have_no_gaps(self):
        for table in (Invoice.objects, Receipt.objects.filter(copy=0)):
            numbers = defaultdict(list)
            for row in table.order_by("pk"):
                numbers[row.space_id, row.year].append(row.number)
            for found in numbers.values():
                assert found == list(range(1, len(found) + 1))

    @invariant()
    def papers_never_change(self):
        now = papers()
        assert {key: now.get(key) for key in self.printed} == self.printed
        self.printed = now

    @invariant()
    def closed_months_stay(self):
        for kept in Month.objects.all():
            assert kept.figures == self.closed[kept.space_id, kept.first_on]
        charges, payments = Tally(), Tally()
        for one in Charge.objects.filter(voided_at=None):
            charges[one.space_id, month(one.arises_on)] += one.yen
        for one in Payment.objects.filter(voided_at=None):
            payments[one.space_id, month(one.received_on)] += one.yen
        for place, kept in self.closed.items():
            assert sum(row["yen"] for row in kept["charges"]) == charges[place]
            assert sum(row["yen"] for row in kept["payments"]) == payments[place]


def test_any_sequence_of_acts_balances_to_the_yen(db):
    run_state_machine_as_test(Till, settings=examples(30, stateful_step_count=40))
