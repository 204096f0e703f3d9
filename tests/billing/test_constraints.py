"""What PostgreSQL refuses of money, whoever writes the rows."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError

from billing.charging import undo
from billing.closing import close_month
from billing.invoicing import reissue, void
from billing.models import CashCount, Charge, Counter, Issuer, Payment
from billing.paying import take_back
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_issuer, make_payment, make_receipt
from tests.factories import at, make_space
from tests.postgres import change, copy, named_without_a_test, refusal_of, refused, refused_copy

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def charge(space, payer):
    return make_charge(space, payer)


@pytest.fixture
def invoice(space, payer):
    return make_invoice(space, payer, [1000, 500])


@pytest.fixture
def payment(space, payer):
    return make_payment(space, payer)


@pytest.fixture
def receipt(payment):
    return make_receipt(payment)


@pytest.fixture
def closed(space, payer):
    """October is closed, with a charge and a payment in it."""
    make_charge(space, payer, arises_on=date(2026, 10, 31), source_key="october")
    make_payment(space, payer, received_on=date(2026, 10, 31))
    return close_month(space=space, first_on=OCTOBER, by_id=None, now=NOW)


def refused_delete(row):
    return refusal_of(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608


def refused_at_commit(act):
    """By which deferred constraint the transaction that does this would be refused at its end."""
    with transaction.atomic():
        act()
        name = refusal_of("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return name


def settle_constraints():
    """Ask now what is otherwise asked at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_every_constraint_has_a_test_named_like_it():
    assert named_without_a_test("billing", tests=globals()) == set()


def test_every_trigger_has_a_test_named_like_it(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'billing_%%'")
        names = {name for (name,) in cursor.fetchall()}

    assert len(names) >= 8
    assert {name for name in names if f"test_{name}" not in globals()} == set()


# Charges


def test_charge_of_something(charge):
    assert refused_copy(charge, yen=0, source_key="other") == "charge_of_something"


def test_charge_tax_rate_known(charge):
    for rate in (8, None):
        copy(charge, tax_rate=rate, source_key=f"at {rate}")

    assert refused_copy(charge, tax_rate=5, source_key="other") == "charge_tax_rate_known"
    assert refused_copy(charge, tax_rate=0, source_key="other") == "charge_tax_rate_known"


def test_billing_charge_source_key_is_unique_everywhere(charge, other):
    assert refused_copy(charge) == "billing_charge_source_key_key"
    assert refused_copy(charge, payer_id=other.pk) == "billing_charge_source_key_key"
    assert refused_copy(charge, space_id=make_space("elsewhere").pk) == "billing_charge_source_key_key"


def test_source_key_of_a_voided_charge_is_used_up(charge):
    change(charge, voided_at=NOW)

    assert refused_copy(charge, voided_at=None) == "billing_charge_source_key_key"


def test_charge_voided_is_on_no_invoice(invoice):
    assert refused(invoice.charges.first(), voided_at=NOW) == "charge_voided_is_on_no_invoice"


def test_charge_reversal_stands(invoice):
    reversal = undo(invoice.charges.first(), today=TODAY)

    assert refused(reversal, voided_at=NOW) == "charge_reversal_stands"


def test_charge_is_reversed_once(invoice):
    reversal = undo(invoice.charges.first(), today=TODAY)

    assert refused_copy(reversal, source_key="again") == "billing_charge_reverses_id_key"


@pytest.mark.parametrize("wrong", [{"yen": -999}, {"tax_rate": 8}, {"tax_rate": None}, {"kind": "room"}])
def test_billing_reversal_mirrors(charge, wrong):
    mirror = {"yen": -charge.yen, "source_key": "mirror", "reverses_id": charge.pk}

    assert refused_copy(charge, **{**mirror, **wrong}) == "billing_reversal_mirrors"
    copy(charge, **mirror)


def test_reversal_is_of_the_same_space_and_payer(charge, other):
    mirror = {"yen": -charge.yen, "source_key": "mirror", "reverses_id": charge.pk}

    assert refused_copy(charge, **mirror, payer_id=other.pk) == "billing_reversal_mirrors"
    assert refused_copy(charge, **mirror, space_id=make_space("elsewhere").pk) == "billing_reversal_mirrors"


def test_reversal_of_a_reversal_is_refused(invoice):
    reversal = undo(invoice.charges.first(), today=TODAY)

    mirror = {"yen": -reversal.yen, "source_key": "mirror", "reverses_id": reversal.pk}
    assert refused_copy(reversal, **mirror) == "billing_reversal_mirrors"


def test_reversal_of_what_is_voided_is_refused(charge):
    change(charge, voided_at=NOW)

    mirror = {"yen": -charge.yen, "source_key": "mirror", "reverses_id": charge.pk, "voided_at": None}
    assert refused_copy(charge, **mirror) == "billing_reversal_mirrors"


def test_billing_reversed_stands(space, payer):
    invoice = make_invoice(space, payer)
    charge = invoice.charges.get()
    undo(charge, today=TODAY)
    void(invoice=invoice, reason="", now=NOW)

    assert refused(charge, voided_at=NOW) == "billing_reversal_mirrors"


@pytest.mark.parametrize(
    "column",
    [
        {"yen": 1},
        {"text": "x"},
        {"kind": "room"},
        {"tax_rate": None},
        {"arises_on": date(2026, 11, 1)},
        {"source_key": "x"},
        {"written_at": at("08:00")},
    ],
)
def test_charge_keeps_what_was_written(charge, column):
    assert refused(charge, **column) == "billing_frozen"


def test_charge_keeps_its_payer_and_space(charge, other):
    assert refused(charge, payer_id=other.pk) == "billing_frozen"
    assert refused(charge, space_id=make_space("elsewhere").pk) == "billing_frozen"


def test_billing_charge_stays_invoiced(invoice, space, payer):
    charge, another = invoice.charges.first(), make_invoice(space, payer)

    assert refused(charge, invoice_id=None) == "billing_charge_stays_invoiced"
    assert refused(charge, invoice_id=another.pk) == "billing_charge_stays_invoiced"


def test_billing_of_one_payer(invoice, payment, other):
    elsewhere = make_space("elsewhere")
    theirs, there = make_invoice(invoice.space, other), make_invoice(elsewhere, invoice.payer)

    for wrong in (theirs, there):
        assert refused(make_charge(invoice.space, invoice.payer), invoice_id=wrong.pk) == "billing_of_one_payer"
        assert refused_copy(payment, invoice_id=wrong.pk) == "billing_of_one_payer"
        assert refused_copy(invoice, replaces_id=wrong.pk, number=3) == "billing_of_one_payer"
    copy(payment, invoice_id=invoice.pk)


# Invoices


def test_invoice_number_once(invoice, space, payer):
    make_invoice(space, payer)

    # The trigger says it first; beside it stands the index, for what two transactions do at once.
    assert refused_copy(invoice) == "billing_no_gaps"
    with without_trigger("billing_no_gaps", "billing_invoice"):
        assert refused_copy(invoice) == "invoice_number_once"


def test_billing_no_gaps(invoice, receipt, space, payer):
    for row in (invoice, receipt):
        assert row.number == 1
        assert refused_copy(row, number=3, **({"payment_id": new_payment(row)} if row is receipt else {})) == (
            "billing_no_gaps"
        )


def new_payment(receipt):
    return make_payment(receipt.space, receipt.payment.payer, receipt.yen).pk


def test_numbers_begin_at_one_in_each_space_and_year(invoice, other):
    there = make_space("elsewhere")
    next_year = {"year": 2027, "issued_on": date(2027, 1, 1), "due_on": date(2027, 1, 31)}

    assert refused_copy(invoice, **next_year, number=2) == "billing_no_gaps"
    assert refused_copy(invoice, space_id=there.pk, number=2) == "billing_no_gaps"
    assert make_invoice(there, other).number == 1


def test_invoice_number_counts_from_one(invoice):
    with without_trigger("billing_no_gaps", "billing_invoice"):
        assert refused_copy(invoice, number=0) == "invoice_number_counts_from_one"


def test_invoice_due_after_issue(invoice):
    assert refused_copy(invoice, number=2, due_on=date(2026, 11, 23)) == "invoice_due_after_issue"


def test_invoice_numbered_in_its_year(invoice):
    assert refused_copy(invoice, number=1, year=2025) == "invoice_numbered_in_its_year"


def test_invoice_void_reason_of_a_void(invoice):
    assert refused(invoice, void_reason="Wrong name") == "invoice_void_reason_of_a_void"


def test_invoice_is_replaced_once(invoice):
    second = reissue(invoice=invoice, reason="", now=NOW)

    assert refused_copy(second, number=3) == "billing_invoice_replaces_id_key"


@pytest.mark.parametrize(
    "column",
    [
        {"addressee": "x"},
        {"total": 1},
        {"number": 2},
        {"year": 2025},
        {"issued_on": OCTOBER},
        {"due_on": date(2027, 1, 1)},
        {"issuer_name": "x"},
        {"issuer_address": "x"},
        {"registration_number": "T5835678256246"},
        {"bank_account": "x"},
        {"language": "en"},
    ],
)
def test_billing_frozen(invoice, column):
    assert refused(invoice, **column) == "billing_frozen"


def test_line_keeps_what_was_printed(invoice):
    line = invoice.lines.first()

    for column in ({"yen": 1}, {"text": "x"}, {"tax_rate": None}, {"position": 9}, {"on": OCTOBER}):
        assert refused(line, **column) == "billing_frozen"


def test_payment_keeps_what_was_noted(payment, invoice, other):
    for column in ({"yen": 1}, {"method": "other"}, {"received_on": OCTOBER}, {"taken_by_id": other.pk}):
        assert refused(payment, **column) == "billing_frozen"
    assert refused(payment, invoice_id=invoice.pk) == "billing_frozen"


def test_receipt_keeps_what_was_printed(receipt):
    for column in ({"yen": 1}, {"addressee": "x"}, {"number": 2}, {"rate_totals": "[]"}, {"copy": 1}):
        assert refused(receipt, **column) == "billing_frozen"


def test_month_keeps_its_figures_and_stays_closed(closed):
    assert refused(closed, figures="{}") == "billing_frozen"
    assert refused(closed, first_on=date(2026, 9, 1)) == "billing_frozen"
    assert refused_delete(closed) == "billing_frozen"


def test_nothing_of_money_is_deleted(invoice, receipt):
    for row in (invoice, invoice.lines.first(), invoice.charges.first(), receipt, receipt.payment):
        assert refused_delete(row) == "billing_frozen"


def test_what_was_voided_is_voided_for_good(invoice, payment):
    charge = make_charge(invoice.space, invoice.payer)
    change(charge, voided_at=NOW)
    take_back(payment=payment, now=NOW)
    void(invoice=invoice, reason="Wrong name", now=NOW)

    for row in (charge, invoice, payment):
        assert refused(row, voided_at=None) == "billing_voided_for_good"
        assert refused(row, voided_at=at("10:00")) == "billing_voided_for_good"
    assert refused(invoice, void_reason="Something else") == "billing_voided_for_good"


def test_space_and_payer_of_money_are_not_deleted(charge, payer):
    with pytest.raises(ProtectedError):
        payer.delete()


def test_invoice_line_position_once(invoice):
    assert refused_copy(invoice.lines.first()) == "invoice_line_position_once"


def test_billing_invoice_adds_up(invoice):
    line = invoice.lines.first()

    assert refused_at_commit(lambda: copy(line, position=9)) == "billing_invoice_adds_up"
    settle_constraints()


def test_lines_that_cancel_each_other_are_not_added_to_a_paper(invoice):
    def add_two():
        copy(invoice.lines.first(), position=8, yen=700)
        copy(invoice.lines.first(), position=9, yen=-700)

    assert refused_at_commit(add_two) == "billing_invoice_adds_up"


def test_charge_is_not_slipped_onto_an_invoice(invoice, space, payer):
    charge = make_charge(space, payer)

    assert refused_at_commit(lambda: change(charge, invoice_id=invoice.pk)) == "billing_invoice_adds_up"


def test_voided_invoice_keeps_no_charge(invoice):
    charge = make_charge(invoice.space, invoice.payer)

    assert refused_at_commit(lambda: change(invoice, voided_at=NOW)) == "billing_invoice_adds_up"
    void(invoice=invoice, reason="", now=NOW)
    assert refused_at_commit(lambda: change(charge, invoice_id=invoice.pk)) == "billing_invoice_adds_up"
    settle_constraints()


def test_invoice_without_lines_is_refused(invoice):
    assert refused_at_commit(lambda: copy(invoice, number=2)) == "billing_invoice_adds_up"


# Payments and receipts


def test_payment_of_something(payment):
    assert refused_copy(payment, yen=0) == "payment_of_something"


def test_payment_bank_line_once(space, payer, other):
    payment = make_payment(space, payer, method="transfer", bank_line="2026-11-24 1000 ﾔﾏﾀﾞ 1")

    assert refused_copy(payment) == "payment_bank_line_once"
    assert refused_copy(payment, payer_id=other.pk) == "payment_bank_line_once"
    copy(payment, space_id=make_space("elsewhere").pk)
    copy(payment, bank_line=None)
    copy(payment, bank_line=None)


def test_line_of_the_bank_is_free_again_when_its_payment_was_taken_back(space, payer, other):
    payment = make_payment(space, payer, bank_line="1")
    take_back(payment=payment, now=NOW)

    copy(payment, payer_id=other.pk, voided_at=None)


def test_payment_form_sent_once(space, payer, other):
    payment = make_payment(space, payer, form_key=UUID(int=1))

    assert refused_copy(payment, payer_id=other.pk) == "payment_form_sent_once"
    copy(payment, form_key=None)
    copy(payment, form_key=None)


def test_receipt_number_once(receipt):
    with without_trigger("billing_receipt_as_paid", "billing_receipt"):
        copy(receipt, payment_id=new_payment(receipt), copy=1)
        assert refused_copy(receipt, payment_id=new_payment(receipt), copy=1) == "receipt_number_once"


def test_receipt_copy_once(receipt):
    make_receipt(receipt.payment)

    assert refused_copy(receipt, number=2) == "receipt_copy_once"


def test_receipt_numbered_in_its_year(receipt):
    assert refused_copy(receipt, payment_id=new_payment(receipt), year=2025) == "receipt_numbered_in_its_year"


def test_billing_receipt_as_paid(receipt, payer):
    payment = make_payment(receipt.space, payer, 700)

    assert refused_copy(receipt, number=2, payment_id=payment.pk) == "billing_receipt_as_paid"
    elsewhere = make_payment(make_space("elsewhere"), payer, receipt.yen)
    assert refused_copy(receipt, number=2, payment_id=elsewhere.pk) == "billing_receipt_as_paid"
    take_back(payment=payment, now=NOW)
    assert refused_copy(receipt, number=2, payment_id=payment.pk, yen=700) == "billing_receipt_as_paid"


@pytest.mark.parametrize("column", [{"addressee": "x"}, {"number": 2}, {"rate_totals": "[]"}, {"issuer_name": "x"}])
def test_copy_of_a_receipt_says_what_the_first_one_says(receipt, column):
    assert refused_copy(receipt, copy=1, **column) == "billing_receipt_as_paid"
    assert refused_copy(receipt, copy=2) == "billing_receipt_as_paid"
    copy(receipt, copy=1, issued_on=date(2027, 2, 1))


# Months, counts, counters


def test_month_closed_once(closed):
    assert refused_copy(closed) == "month_closed_once"
    copy(closed, space_id=make_space("elsewhere").pk)


def test_month_begins_on_the_first(closed):
    assert refused_copy(closed, first_on=date(2026, 9, 2)) == "month_begins_on_the_first"


def test_billing_month_is_open(closed, space, payer):
    charge, payment = Charge.objects.get(source_key="october"), Payment.objects.get()

    for row in (charge, payment):
        assert refused(row, voided_at=NOW) == "billing_month_is_closed"
    assert refused_copy(charge, source_key="late", arises_on=OCTOBER) == "billing_month_is_closed"
    assert refused_copy(payment, received_on=OCTOBER) == "billing_month_is_closed"
    copy(charge, source_key="november", arises_on=date(2026, 11, 1))
    copy(charge, source_key="september", arises_on=date(2026, 9, 30))
    copy(charge, source_key="elsewhere", space_id=make_space("elsewhere").pk)


def test_charge_of_a_closed_month_can_still_be_invoiced(closed, space, payer):
    invoice = make_invoice(space, payer, [])

    assert [line.on for line in invoice.lines.all()] == [date(2026, 10, 31)]


def test_cash_counted_once_a_day(space, payer):
    count = CashCount.objects.create(space=space, day=TODAY, counted=5000, expected=5000, counted_by=payer)
    copy(count, day=date(2026, 11, 25))

    assert refused_copy(count) == "cash_counted_once_a_day"


def test_counter_once_a_year(invoice):
    counter = Counter.objects.get(paper="invoice")
    copy(counter, year=2027)
    copy(counter, paper="receipt")

    assert refused_copy(counter) == "counter_once_a_year"


@pytest.mark.parametrize(
    "number", ["T583567825624", "5835678256246", "t5835678256246", "T５835678256246", "T 83567825624"]
)
def test_issuer_registration_number_shape(space, number):
    issuer = make_issuer(space)
    sql = "UPDATE billing_issuer SET registration_number = %s WHERE space_id = %s"

    assert refusal_of(sql, [number, issuer.pk]) == "issuer_registration_number_shape"
    Issuer.objects.update(registration_number="T5835678256246")


@pytest.mark.parametrize("day", [0, 29, 31])
def test_issuer_invoice_day_in_every_month(space, day):
    issuer = make_issuer(space)
    sql = "UPDATE billing_issuer SET invoice_day = %s WHERE space_id = %s"

    assert refusal_of(sql, [day, issuer.pk]) == "issuer_invoice_day_in_every_month"
    Issuer.objects.update(invoice_day=28)


class without_trigger:  # noqa: N801 - it reads as a verb's object: with without_trigger(…)
    """A trigger is asleep for a while, so that what stands behind it can be seen."""

    def __init__(self, name, table):
        self.name, self.table = name, table

    def __enter__(self):
        self.switch("DISABLE")

    def __exit__(self, *_):
        self.switch("ENABLE")

    def switch(self, verb):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {self.table} {verb} TRIGGER {self.name}")
