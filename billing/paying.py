"""Noting payments and refunds, and taking a mistake back."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from billing.balances import standing_of
from billing.models import Invoice, Payment
from billing.months import hold_open
from billing.refusals import refusal, refused_politely
from spaces.models import Space


def pay(
    *,
    space: Space,
    payer_id: int,
    method: str,
    yen: int,
    received_on: date,
    taken_by_id: int,
    invoice: Invoice | None = None,
    note: str = "",
    bank_line: str | None = None,
    form_key: UUID | None = None,
) -> Payment:
    """Note money that came in; too much stays as credit and pays what comes. Raises ValidationError.

    `form_key` is the key of the form that was sent: one form is one payment.
    """
    if yen <= 0:
        raise refusal("nothing_to_pay")
    with refused_politely(), transaction.atomic():
        return Payment.objects.create(
            space=space,
            payer_id=payer_id,
            method=method,
            yen=yen,
            received_on=received_on,
            taken_by_id=taken_by_id,
            invoice=invoice,
            note=note,
            bank_line=bank_line,
            form_key=form_key,
        )


def refund(
    *,
    space: Space,
    payer_id: int,
    method: str,
    yen: int,
    given_on: date,
    taken_by_id: int,
    note: str = "",
    form_key: UUID | None = None,
) -> Payment:
    """Note credit that was given back. Raises ValidationError if it is more than there is.

    `form_key` is the key of the form that was sent: one form is one refund.
    """
    if yen <= 0:
        raise refusal("nothing_to_pay")
    with refused_politely(), transaction.atomic():
        hold_open(space.pk)
        # Two refunds of one credit would each see it whole. What makes credit, a payment or an invoice below zero, is
        # locked, so they come one after the other.
        for rows in (Invoice.objects.standing(), Payment.objects.standing()):
            list(rows.filter(space=space, payer_id=payer_id).select_for_update(no_key=True).order_by("pk"))
        credit = standing_of(space, payer_id).credit
        if yen > credit:
            raise refusal("refund_beyond_credit", credit=f"{credit:,}")
        return Payment.objects.create(
            space=space,
            payer_id=payer_id,
            method=method,
            yen=-yen,
            received_on=given_on,
            taken_by_id=taken_by_id,
            note=note,
            form_key=form_key,
        )


def take_back(*, payment: Payment, now: datetime) -> Payment:
    """Take back a payment that was noted by mistake. Raises ValidationError, also when its month is closed."""
    with refused_politely(), transaction.atomic():
        hold_open(payment.space_id)
        payment = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
        if payment.voided_at:
            raise refusal("payment_voided_already")
        payment.voided_at = now
        payment.save(update_fields=["voided_at"])
    return payment
