"""Payments, refunds, credit, and taking a mistake back."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from billing.balances import standing_of, standings_of
from billing.closing import close_month
from billing.invoicing import reissue, void
from billing.models import Payment
from billing.paying import pay, refund, take_back
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_invoice, make_issuer, make_payment
from tests.factories import at, make_space

OCTOBER = date(2026, 10, 1)


def gives_back(space, payer, yen, **asked):
    asked = {"method": "cash", "given_on": TODAY, "taken_by_id": payer.pk, **asked}
    return refund(space=space, payer_id=payer.pk, yen=yen, **asked)


def refused(act, *args, **asked):
    with pytest.raises(ValidationError) as caught:
        act(*args, **asked)
    return codes(caught.value)


def paid(space, payer):
    """What is paid of each standing invoice, by its number, and the credit."""
    standing = standing_of(space, payer.pk)
    numbers = dict(payer.invoices.values_list("pk", "number"))
    return {numbers[key]: yen for key, yen in standing.paid.items()}, standing.credit


def test_payment_is_noted_with_who_took_it(space, payer, other):
    payment = pay(
        space=space,
        payer_id=payer.pk,
        method="transfer",
        yen=1500,
        received_on=date(2026, 11, 20),
        taken_by_id=other.pk,
        note="封筒",
    )

    payment.refresh_from_db()
    assert (payment.space, payment.payer, payment.taken_by) == (space, payer, other)
    assert (payment.method, payment.yen, payment.received_on) == ("transfer", 1500, date(2026, 11, 20))
    assert (payment.note, payment.invoice, payment.bank_line, payment.voided_at) == ("封筒", None, None, None)


@pytest.mark.parametrize("yen", [0, -1])
def test_nothing_is_no_payment_and_no_refund(space, payer, yen):
    assert refused(make_payment, space, payer, yen) == {"nothing_to_pay"}
    assert refused(gives_back, space, payer, yen) == {"nothing_to_pay"}


def test_part_leaves_the_rest_open(space, payer):
    invoice = make_invoice(space, payer, 1000)
    make_payment(space, payer, 300)
    make_payment(space, payer, 200)

    standing = standing_of(space, payer.pk)

    assert (standing.open(invoice.pk), standing.credit) == (500, 0)


def test_too_much_is_kept_and_pays_the_next_invoice(space, payer):
    make_invoice(space, payer, 1000)
    make_payment(space, payer, 1600)
    assert paid(space, payer) == ({1: 1000}, 600)

    make_invoice(space, payer, 500)
    assert paid(space, payer) == ({1: 1000, 2: 500}, 100)


def test_payments_at_one_space_pay_nothing_at_another(space, payer, other):
    there = make_space("elsewhere")
    make_invoice(space, payer)
    make_payment(there, payer)
    make_payment(space, other)

    assert paid(space, payer) == ({1: 0}, 0)
    assert (standing_of(there, payer.pk).credit, standing_of(space, other.pk).credit) == (1000, 1000)


def test_payment_pays_the_invoice_that_was_meant(space, payer):
    make_invoice(space, payer)
    second = make_invoice(space, payer)
    make_payment(space, payer, invoice=second)

    assert paid(space, payer) == ({1: 0, 2: 1000}, 0)


def test_debt_that_was_due_first_is_paid_first(space, payer):
    """A space that asks for money sooner than it did before has newer invoices that are due before older ones."""
    issuer = make_issuer(space, due_days=30)
    make_invoice(space, payer, now=at("09:00", date(2026, 11, 1)))
    issuer.due_days = 7
    issuer.save()
    make_invoice(space, payer, now=at("09:00", date(2026, 11, 10)))
    make_payment(space, payer)

    assert paid(space, payer) == ({1: 0, 2: 1000}, 0)


def test_invoice_of_another_payer_or_space_can_not_be_meant(space, payer, other):
    theirs, there = make_invoice(space, other), make_invoice(make_space("elsewhere"), payer)

    assert refused(make_payment, space, payer, invoice=theirs) == {"other_payer"}
    assert refused(make_payment, space, payer, invoice=there) == {"other_payer"}
    assert not Payment.objects.exists()


def test_payment_follows_its_invoice_to_the_one_issued_instead(space, payer):
    make_invoice(space, payer)
    meant = make_invoice(space, payer)
    make_payment(space, payer, invoice=meant)

    second = reissue(invoice=meant, reason="", now=NOW)
    third = reissue(invoice=second, reason="", now=NOW)

    assert paid(space, payer) == ({1: 0, third.number: 1000}, 0)


def test_payment_of_an_invoice_that_was_voided_pays_the_oldest(space, payer):
    make_invoice(space, payer, 400)
    meant = make_invoice(space, payer)
    make_payment(space, payer, invoice=meant)

    void(invoice=meant, reason="", now=NOW)

    assert paid(space, payer) == ({1: 400}, 600)


def test_payment_of_a_chain_that_ends_in_a_void_pays_the_oldest(space, payer):
    make_invoice(space, payer, 400)
    meant = make_invoice(space, payer)
    make_payment(space, payer, invoice=meant)

    void(invoice=reissue(invoice=meant, reason="", now=NOW), reason="", now=NOW)

    assert paid(space, payer) == ({1: 400}, 600)


def test_standings_of_many_payers_cost_two_queries(space, payer, other, django_assert_num_queries):
    make_invoice(space, payer)
    make_payment(space, other, 300)

    with django_assert_num_queries(2):
        found = standings_of(space, [payer.pk, other.pk])

    assert (found[payer.pk].open_in_all, found[other.pk].credit) == (1000, 300)
    assert found == {one.pk: standing_of(space, one.pk) for one in (payer, other)}


# Giving back


def test_credit_is_given_back(space, payer):
    make_payment(space, payer, 1600)

    payment = gives_back(space, payer, 600, method="transfer", note="返金")

    assert (payment.yen, payment.method, payment.note, payment.received_on) == (-600, "transfer", "返金", TODAY)
    assert paid(space, payer) == ({}, 1000)


def test_no_more_is_given_back_than_there_is(space, payer):
    make_invoice(space, payer, 1000)
    make_payment(space, payer, 1600)

    assert refused(gives_back, space, payer, 601) == {"refund_beyond_credit"}
    gives_back(space, payer, 600)
    assert refused(gives_back, space, payer, 1) == {"refund_beyond_credit"}
    assert paid(space, payer) == ({1: 1000}, 0)


def test_refusal_says_how_much_there_is(space, payer):
    make_payment(space, payer, 12_345)

    with pytest.raises(ValidationError) as caught:
        gives_back(space, payer, 20_000)

    assert "12,345" in caught.value.messages[0]


def test_credit_of_an_invoice_below_zero_is_given_back(space, payer):
    make_invoice(space, payer, -500)

    gives_back(space, payer, 500)

    assert paid(space, payer) == ({1: 0}, 0)


def test_credit_at_another_space_is_not_given_back_here(space, payer):
    make_payment(make_space("elsewhere"), payer)

    assert refused(gives_back, space, payer, 1) == {"refund_beyond_credit"}


# Taking back


def test_payment_that_was_taken_back_pays_nothing(space, payer):
    make_invoice(space, payer)
    payment = make_payment(space, payer)

    taken = take_back(payment=payment, now=at("10:00"))

    assert (taken.voided_at, paid(space, payer)) == (at("10:00"), ({1: 0}, 0))
    assert list(Payment.objects.standing()) == []


def test_payment_is_taken_back_once(space, payer):
    payment = make_payment(space, payer)
    take_back(payment=payment, now=NOW)

    assert refused(take_back, payment=payment, now=NOW) == {"payment_voided_already"}


def test_refund_is_taken_back_as_well(space, payer):
    make_payment(space, payer)
    given = gives_back(space, payer, 1000)

    take_back(payment=given, now=NOW)

    assert paid(space, payer) == ({}, 1000)


def test_refund_of_what_never_came_is_owed_back(space, payer):
    payment = make_payment(space, payer)
    gives_back(space, payer, 400)
    take_back(payment=payment, now=NOW)
    assert paid(space, payer) == ({}, -400)

    make_payment(space, payer, 1000)
    assert paid(space, payer) == ({}, 600)


def test_closed_month_takes_no_payment_and_gives_none_back(space, payer):
    payment = make_payment(space, payer, received_on=date(2026, 10, 31))
    close_month(space=space, first_on=OCTOBER, by_id=None, now=NOW)

    assert refused(make_payment, space, payer, received_on=date(2026, 10, 31)) == {"month_closed"}
    assert refused(gives_back, space, payer, 1, given_on=OCTOBER) == {"month_closed"}
    assert refused(take_back, payment=payment, now=NOW) == {"month_closed"}
    payment.refresh_from_db()
    assert payment.voided_at is None
    make_payment(space, payer, received_on=date(2026, 11, 1))


# Lines of the bank's list


def test_line_of_the_bank_is_noted_once_with_a_sentence(space, payer):
    make_payment(space, payer, bank_line="1")

    assert refused(make_payment, space, payer, bank_line="1") == {"noted_already"}


def test_line_of_the_bank_can_be_noted_again_for_whom_it_was_from(space, payer, other):
    take_back(payment=make_payment(space, payer, bank_line="1"), now=NOW)

    assert make_payment(space, other, bank_line="1").payer == other
