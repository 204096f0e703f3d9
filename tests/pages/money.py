"""Makers of money that has a page: Ben pays Koharubiyori, unless a test says otherwise."""

from datetime import date

from billing.invoicing import issue
from billing.models import Invoice, Payment, Receipt
from members.models import User
from spaces.models import Space
from tests.billing.acts import make_charge, make_payment
from tests.factories import at


def invoice_on(day: date, space: Space, payer: User, yen: int = 1000, **fields: str) -> Invoice:
    """An invoice of a day, over a charge of that day and whatever else was open."""
    make_charge(space, payer, yen, arises_on=day)
    asked = {"addressee": "Ben Miller", "language": "en", **fields}
    return issue(space=space, payer_id=payer.pk, now=at("09:00", day), **asked)


def invoice_page(invoice: Invoice) -> str:
    return f"/money/invoices/{invoice.space.slug}/{invoice.code}/"


def receipt_page(receipt: Receipt) -> str:
    return f"/money/receipts/{receipt.space.slug}/{receipt.code}/"


def asking_page(payment: Payment) -> str:
    return f"/money/payments/{payment.pk}/receipt/"


def fill_with_money(space: Space, payer: User, count: int) -> None:
    """So many of each: invoices paid and not, payments with a receipt and without, charges that wait."""
    for _ in range(count):
        make_payment(space, payer, 500, invoice=invoice_on(date(2026, 10, 1), space, payer, 1000))
    for _ in range(count):
        make_charge(space, payer, 300)
