"""People who act on the same money at the same moment."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from billing.balances import open_charges, standing_of
from billing.cash_up import count
from billing.charging import undo
from billing.closing import close_month, figures
from billing.invoicing import issue, reissue, void
from billing.models import CashCount, Charge, Counter, Invoice, Month, Payment, Receipt
from billing.numbering import next_number
from billing.paying import pay, refund, take_back
from billing.receipts import first_receipt, issue_receipt, next_copy
from billing.refusals import refused_politely
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment, make_receipt
from tests.factories import make_space, make_user
from tests.races.connections import Doing, at_once, outcomes, waits_for_a_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

OCTOBER, IN_OCTOBER = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def space():
    return make_space()


@pytest.fixture
def payer():
    return make_user()


def issues(space, payer):
    return lambda: issue(space=space, payer_id=payer.pk, addressee="山田", language="ja", now=NOW)


def gives_back(space, payer, yen):
    asked = {"method": "cash", "given_on": TODAY, "taken_by_id": payer.pk}
    return lambda: refund(space=space, payer_id=payer.pk, yen=yen, **asked)


def closes(space, first_on=OCTOBER):
    return lambda: close_month(space=space, first_on=first_on, by_id=None, now=NOW)


def said(errors):
    """The codes of refusals; whatever is no refusal is raised."""
    for error in errors:
        if not isinstance(error, ValidationError):
            raise error
    return [codes(error) for error in errors]


def check_ledger(space, payer):
    """What is owed is what was charged less what was paid."""
    standing = standing_of(space, payer.pk)
    charged = sum(one.yen for one in Charge.objects.standing().filter(space=space, payer=payer))
    came = sum(one.yen for one in Payment.objects.standing().filter(space=space, payer=payer))
    assert charged - came == standing.open_in_all + open_charges(space, payer.pk) - standing.credit


# Numbers


def test_fifty_invoices_at_once_have_the_numbers_one_to_fifty(space):
    people = [make_user(f"{number}@example.jp") for number in range(50)]
    for person in people:
        make_charge(space, person)

    issued, refused = outcomes(at_once(*[issues(space, person) for person in people]))

    assert (len(issued), said(refused)) == (50, [])
    assert sorted(invoice.number for invoice in issued) == list(range(1, 51))
    assert Counter.objects.get().last == 50
    assert {invoice.payer_id for invoice in issued} == {person.pk for person in people}


def test_invoices_of_two_spaces_do_not_wait_for_each_other(space, payer):
    there = make_space("elsewhere")
    make_charge(there, payer)

    with transaction.atomic():
        make_invoice(space, payer)
        assert Doing(issues(there, payer)).result().number == 1


def test_number_of_an_invoice_that_fails_goes_to_who_waited_for_it(space, payer):
    other = make_user("other@example.jp")
    make_charge(space, other)

    with transaction.atomic():
        assert make_invoice(space, payer).number == 1
        waiting = Doing(issues(space, other))
        waits_for_a_lock()
        transaction.set_rollback(True)

    assert waiting.result().number == 1


def test_reissues_and_invoices_at_once_leave_no_gap(space):
    people = [make_user(f"{number}@example.jp") for number in range(12)]
    papers = [make_invoice(space, person) for person in people[:6]]
    for person in people[6:]:
        make_charge(space, person)

    again = [lambda paper=paper: reissue(invoice=paper, reason="", now=NOW) for paper in papers]
    issued, refused = outcomes(at_once(*again, *[issues(space, person) for person in people[6:]]))

    assert (len(issued), said(refused)) == (12, [])
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, 19))


def test_counter_that_is_wrong_makes_a_refusal_and_not_a_gap(space, payer):
    with transaction.atomic():
        next_number(space.pk, Counter.Paper.INVOICE, 2026)

    with pytest.raises(IntegrityError, match="The next number is 1"):
        make_invoice(space, payer)


# One charge


def test_payer_who_is_invoiced_twice_at_once_gets_one_paper(space, payer):
    for _ in range(3):
        make_charge(space, payer)

    issued, refused = outcomes(at_once(*[issues(space, payer)] * 6))

    assert (len(issued), said(refused)) == (1, [{"nothing_open"}] * 5)
    assert (issued[0].total, issued[0].number) == (3000, 1)


def test_charge_that_is_undone_while_it_is_invoiced_is_reversed(space, payer):
    charge = make_charge(space, payer)

    with transaction.atomic():
        invoice = issues(space, payer)()
        undoing = Doing(lambda: undo(charge, today=TODAY))
        waits_for_a_lock()

    assert undoing.result().reverses == charge
    assert (invoice.total, open_charges(space, payer.pk)) == (1000, -1000)


def test_charge_that_was_undone_before_its_invoice_came_is_not_on_it(space, payer):
    charge = make_charge(space, payer)
    make_charge(space, payer, 500)

    with transaction.atomic():
        undo(charge, today=TODAY)
        issuing = Doing(issues(space, payer))
        waits_for_a_lock()

    assert issuing.result().total == 500


def test_invoice_whose_only_charge_is_undone_meanwhile_is_refused(space, payer):
    charge = make_charge(space, payer)

    with transaction.atomic():
        undo(charge, today=TODAY)
        issuing = Doing(issues(space, payer))
        waits_for_a_lock()

    assert codes(issuing.settle()) == {"nothing_open"}
    assert not Counter.objects.exists()


def test_charges_are_undone_and_invoiced_at_once_again_and_again(space):
    for turn in range(15):
        payer = make_user(f"{turn}@example.jp")
        charge = make_charge(space, payer)

        _done, refused = outcomes(at_once(lambda c=charge: undo(c, today=TODAY), issues(space, payer)))

        assert said(refused) in ([], [{"nothing_open"}])
        assert sum(Charge.objects.standing().filter(payer=payer).values_list("yen", flat=True)) == 0
        check_ledger(space, payer)
    numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_charge_that_two_people_undo_is_reversed_once(space, payer):
    charge = make_charge(space, payer)
    make_invoice(space, payer, [])

    undone, refused = outcomes(at_once(*[lambda: undo(charge, today=TODAY)] * 4))

    assert (len(undone), said(refused)) == (1, [{"reversed_already"}] * 3)
    assert open_charges(space, payer.pk) == -1000


def test_charge_is_undone_while_its_invoice_is_voided(space):
    for turn in range(10):
        payer = make_user(f"{turn}@example.jp")
        invoice = make_invoice(space, payer)
        charge = invoice.charges.get()

        acts = (lambda c=charge: undo(c, today=TODAY), lambda i=invoice: void(invoice=i, reason="", now=NOW))
        done, refused = outcomes(at_once(*acts))

        assert (len(done), said(refused)) == (2, [])
        assert open_charges(space, payer.pk) == 0
        check_ledger(space, payer)


def test_invoice_that_two_people_void_or_reissue_is_voided_once(space, payer):
    invoice = make_invoice(space, payer)

    again = [lambda: reissue(invoice=invoice, reason="", now=NOW)] * 3
    done, refused = outcomes(at_once(*again, lambda: void(invoice=invoice, reason="", now=NOW)))

    assert (len(done), said(refused)) == (1, [{"voided_already"}] * 3)
    check_ledger(space, payer)


def test_same_source_twice_at_once_is_billed_once(space, payer):
    def writes():
        with refused_politely(), transaction.atomic():
            return make_charge(space, payer, source_key="booking:1")

    written, refused = outcomes(at_once(*[writes] * 8))

    assert (len(written), said(refused)) == (1, [{"billed_already"}] * 7)
    assert Charge.objects.count() == 1


# Payments


def test_two_refunds_of_one_credit_give_it_back_once(space, payer):
    make_payment(space, payer, 1000)

    given, refused = outcomes(at_once(*[gives_back(space, payer, 1000)] * 4))

    assert (len(given), said(refused)) == (1, [{"refund_beyond_credit"}] * 3)
    assert standing_of(space, payer.pk).credit == 0


def test_two_refunds_of_what_only_an_invoice_gives_back(space, payer):
    """There is no payment whose row could be waited for."""
    make_invoice(space, payer, -1000)

    given, refused = outcomes(at_once(*[gives_back(space, payer, 1000)] * 4))

    assert (len(given), said(refused)) == (1, [{"refund_beyond_credit"}] * 3)


def test_refunds_of_parts_never_give_back_more_than_there_is(space, payer):
    make_payment(space, payer, 1000)

    given, refused = outcomes(at_once(*[gives_back(space, payer, 300)] * 8))

    assert (len(given), said(refused)) == (3, [{"refund_beyond_credit"}] * 5)


def test_refund_waits_for_a_payment_that_is_taken_back(space, payer):
    payment = make_payment(space, payer)

    with transaction.atomic():
        take_back(payment=payment, now=NOW)
        giving = Doing(gives_back(space, payer, 1000))
        waits_for_a_lock()

    assert codes(giving.settle()) == {"refund_beyond_credit"}


def test_refund_waits_for_an_invoice_that_is_voided(space, payer):
    invoice = make_invoice(space, payer, -1000)

    with transaction.atomic():
        void(invoice=invoice, reason="", now=NOW)
        giving = Doing(gives_back(space, payer, 1000))
        waits_for_a_lock()

    assert codes(giving.settle()) == {"refund_beyond_credit"}


def test_payment_that_two_people_take_back_is_taken_back_once(space, payer):
    payment = make_payment(space, payer)

    done, refused = outcomes(at_once(*[lambda: take_back(payment=payment, now=NOW)] * 4))

    assert (len(done), said(refused)) == (1, [{"payment_voided_already"}] * 3)


def test_line_of_the_bank_that_two_people_note_is_noted_once(space, payer):
    def notes():
        return make_payment(space, payer, method="transfer", bank_line="1")

    done, refused = outcomes(at_once(*[notes] * 4))

    assert (len(done), said(refused)) == (1, [{"noted_already"}] * 3)


# Receipts


def test_receipts_of_one_payment_at_once_are_one_and_its_copies(space, payer):
    payment = make_payment(space, payer)

    issued, refused = outcomes(at_once(*[lambda: make_receipt(payment)] * 6))

    assert said(refused) == []
    assert sorted(receipt.copy for receipt in issued) == [0, 1, 2, 3, 4, 5]
    assert {receipt.number for receipt in issued} == {1}


def test_first_receipt_and_its_copy_asked_for_by_several_at_once_are_one_each(space, payer):
    payment = make_payment(space, payer)

    def asks():
        return first_receipt(payment=payment, addressee="山田", language="ja", now=NOW)

    def asks_again():
        return next_copy(payment=payment, after=0, now=NOW)

    first, refused = outcomes(at_once(*[asks] * 5))
    copies, refused_again = outcomes(at_once(*[asks_again] * 5))

    assert said([*refused, *refused_again]) == []
    assert [len({one.pk for one in issued}) for issued in (first, copies)] == [1, 1]
    assert Receipt.objects.count() == 2


def test_receipts_of_many_payments_at_once_have_no_gap(space, payer):
    payments = [make_payment(space, payer) for _ in range(20)]

    issued, refused = outcomes(at_once(*[lambda one=one: make_receipt(one) for one in payments]))

    assert said(refused) == []
    assert sorted(receipt.number for receipt in issued) == list(range(1, 21))


def test_receipt_of_a_payment_that_is_taken_back_meanwhile_is_refused(space, payer):
    payment = make_payment(space, payer)

    with transaction.atomic():
        take_back(payment=payment, now=NOW)
        issuing = Doing(lambda: issue_receipt(payment=payment, addressee="山田", language="ja", now=NOW))
        waits_for_a_lock()

    assert codes(issuing.settle()) == {"receipt_without_payment"}
    assert not Receipt.objects.exists()


# Months


def test_month_waits_for_a_charge_that_is_being_written_and_counts_it(space, payer):
    with transaction.atomic():
        make_charge(space, payer, arises_on=IN_OCTOBER)
        closing = Doing(closes(space))
        waits_for_a_lock(kind="advisory")

    assert closing.result().figures["charges"] == [{"kind": "plan", "tax_rate": 10, "yen": 1000}]


def test_charge_waits_for_a_month_that_is_being_closed_and_is_refused(space, payer):
    def writes():
        with refused_politely(), transaction.atomic():
            return make_charge(space, payer, arises_on=IN_OCTOBER)

    with transaction.atomic():
        closes(space)()
        writing = Doing(writes)
        waits_for_a_lock(kind="advisory")

    assert codes(writing.settle()) == {"month_closed"}
    assert Month.objects.get().figures == figures(space, OCTOBER)


def test_charge_that_is_undone_while_its_month_is_closed_is_reversed(space, payer):
    charge = make_charge(space, payer, arises_on=IN_OCTOBER)

    with transaction.atomic():
        closed = closes(space)()
        undoing = Doing(lambda: undo(charge, today=TODAY))
        waits_for_a_lock(kind="advisory")

    assert undoing.result().arises_on == TODAY
    assert closed.figures == figures(space, OCTOBER)


def test_payment_that_is_taken_back_while_its_month_is_closed_is_refused(space, payer):
    payment = make_payment(space, payer, received_on=IN_OCTOBER)

    with transaction.atomic():
        closes(space)()
        taking = Doing(lambda: take_back(payment=payment, now=NOW))
        waits_for_a_lock(kind="advisory")

    assert codes(taking.settle()) == {"month_closed"}


def test_month_that_two_people_close_is_closed_once(space):
    closed, refused = outcomes(at_once(*[closes(space)] * 4))

    assert (len(closed), said(refused)) == (1, [{"month_closed_already"}] * 3)


def test_spaces_close_without_waiting_for_each_other(space, payer):
    there = make_space("elsewhere")

    with transaction.atomic():
        make_charge(space, payer, arises_on=IN_OCTOBER)
        assert Doing(closes(there)).result().space == there


def test_writing_while_a_month_is_closed_agrees_with_its_figures(space):
    people = [make_user(f"{number}@example.jp") for number in range(6)]
    undone = [make_charge(space, person, 700, arises_on=IN_OCTOBER) for person in people]

    def writes(person, number):
        def act():
            with refused_politely(), transaction.atomic():
                return make_charge(space, person, arises_on=IN_OCTOBER, source_key=f"late:{number}")

        return act

    def pays(person):
        asked = {"method": "cash", "received_on": IN_OCTOBER, "taken_by_id": person.pk}
        return lambda: pay(space=space, payer_id=person.pk, yen=300, **asked)

    acts = [
        *[writes(person, number) for number, person in enumerate(people)],
        *[pays(person) for person in people],
        *[lambda one=one: undo(one, today=TODAY) for one in undone],
        closes(space),
    ]
    _done, refused = outcomes(at_once(*acts))

    assert all(one == {"month_closed"} for one in said(refused))
    assert Month.objects.get().figures == figures(space, OCTOBER)
    assert sum(one.yen for one in Charge.objects.standing().exclude(source_key__startswith="late:")) == 0


# Everything at once


def test_everything_that_is_done_with_one_payers_money_at_once_balances(space):
    """No deadlock whatever meets whatever; each turn the same acts on rows of their own payer."""
    for turn in range(6):
        payer = make_user(f"{turn}@example.jp")
        first, second = make_invoice(space, payer, [1000, 500]), make_invoice(space, payer, [700])
        waiting, invoiced = make_charge(space, payer, 300), first.charges.first()
        payment = make_payment(space, payer, 3000, invoice=first)

        acts = (
            lambda p=payer: issues(space, p)(),
            lambda c=waiting: undo(c, today=TODAY),
            lambda c=invoiced: undo(c, today=TODAY),
            lambda i=first: reissue(invoice=i, reason="", now=NOW),
            lambda i=second: void(invoice=i, reason="", now=NOW),
            lambda p=payment: take_back(payment=p, now=NOW),
            lambda p=payment: make_receipt(p),
            lambda p=payer: gives_back(space, p, 200)(),
            lambda p=payer, i=second: make_payment(space, p, 100, invoice=i),
        )
        _done, refused = outcomes(at_once(*acts))

        expected = {"nothing_open", "refund_beyond_credit", "receipt_without_payment"}
        assert {code for one in said(refused) for code in one} <= expected
        check_ledger(space, payer)
    numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(("seen", "is_noted"), [(0, False), (500, True)])
def test_box_is_counted_with_the_cash_that_comes_in_meanwhile(space, payer, seen, is_noted):
    asked = {"space": space, "day": TODAY, "counted": 500, "by_id": payer.pk, "now": NOW}
    with transaction.atomic():
        make_payment(space, payer, 500)
        counting = Doing(lambda: count(**asked, seen=seen))
        waits_for_a_lock(kind="advisory")
    problem = counting.settle()

    assert said([problem] if problem else []) == ([] if is_noted else [{"box_moved"}])
    assert list(CashCount.objects.values_list("expected", flat=True)) == ([500] if is_noted else [])
