"""Taking money at the desk: for charges, for an invoice, in advance; a form that is sent twice is one payment."""

from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from billing.balances import open_charges, standing_of
from billing.models import Invoice, Payment
from billing.paying import refund, take_back
from billing.taking import take
from spaces.refusing import codes
from tests.billing.acts import NOW, TODAY, make_charge, make_invoice, make_payment

FORM = UUID(int=7)


def takes(space, payer, yen, **asked):
    asked = {"method": "cash", "received_on": TODAY, "taken_by_id": payer.pk, "now": NOW, **asked}
    return take(space=space, payer_id=payer.pk, yen=yen, **asked)


def refused(act, *args, **asked):
    with pytest.raises(ValidationError) as caught:
        act(*args, **asked)
    return codes(caught.value)


def test_charges_are_invoiced_and_paid_in_one_step(space, payer):
    today, later = make_charge(space, payer, 1000), make_charge(space, payer, 700)

    payment = takes(space, payer, 1000, charges=[today.pk], addressee="山田商店")

    assert (payment.invoice.total, payment.invoice.addressee) == (1000, "山田商店")
    assert standing_of(space, payer.pk).open_in_all == 0
    assert open_charges(space, payer.pk) == later.yen


def test_form_that_is_sent_again_is_refused_and_noted_once(space, payer):
    invoice = make_invoice(space, payer, 1000)
    payment = takes(space, payer, 1000, invoice=invoice, form_key=FORM)

    assert refused(takes, space, payer, 1000, invoice=invoice, form_key=FORM) == {"form_sent_already"}
    assert refused(takes, space, payer, 500, form_key=FORM) == {"form_sent_already"}
    assert list(Payment.objects.all()) == [payment]


def test_form_with_charges_that_is_sent_again_makes_no_second_invoice(space, payer):
    charge = make_charge(space, payer, 1000)
    asked = {"charges": [charge.pk], "addressee": "山田", "form_key": FORM}
    takes(space, payer, 1000, **asked)

    assert refused(takes, space, payer, 1000, **asked) == {"nothing_open"}
    assert (Payment.objects.count(), Invoice.objects.count()) == (1, 1)


def test_form_stays_sent_when_its_payment_was_taken_back(space, payer):
    take_back(payment=takes(space, payer, 1000, form_key=FORM), now=NOW)

    assert refused(takes, space, payer, 1000, form_key=FORM) == {"form_sent_already"}


def test_refund_form_that_is_sent_again_gives_back_once(space, payer):
    make_payment(space, payer, 5000)
    asked = {"method": "cash", "yen": 1000, "given_on": TODAY, "taken_by_id": payer.pk, "form_key": FORM}
    refund(space=space, payer_id=payer.pk, **asked)

    assert refused(refund, space=space, payer_id=payer.pk, **asked) == {"form_sent_already"}
    assert standing_of(space, payer.pk).credit == 4000


def test_payments_without_a_form_are_as_many_as_are_noted(space, payer):
    assert len({takes(space, payer, 1000).pk for _ in range(3)}) == 3
