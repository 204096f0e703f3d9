"""Makers of money through the acts themselves, with dull defaults; a test states every value that it depends on."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from billing.balances import paid_by
from billing.charging import charge
from billing.invoicing import issue
from billing.models import Charge, Invoice, Issuer, Payment, Receipt
from billing.paying import pay
from billing.receipts import issue_receipt, totals_of
from billing.tax import RateTotal, by_rate
from members.models import User
from spaces.models import Space
from tests.factories import at

TODAY = date(2026, 11, 24)
NOW = at("09:00", TODAY)
_made = 0


def make_charge(space: Space, payer: User, yen: int = 1000, **fields: Any) -> Charge:
    """An open charge of today, of a source that nothing else has."""
    global _made
    _made += 1
    fields = {"kind": "plan", "text": "月額", "arises_on": TODAY, "source_key": f"test:{_made}", **fields}
    written = charge(space=space, payer_id=payer.pk, yen=yen, **fields)
    assert written is not None
    return written


def make_invoice(space: Space, payer: User, yen: int | Sequence[int] = 1000, **fields: Any) -> Invoice:
    """An invoice over charges of so many yen, and over whatever else of the payer's was open."""
    for one in [yen] if isinstance(yen, int) else yen:
        make_charge(space, payer, one)
    fields = {"addressee": "山田 花子", "language": "ja", "now": NOW, **fields}
    return issue(space=space, payer_id=payer.pk, **fields)


def rates_of(invoice: Invoice) -> list[RateTotal]:
    """Sums and tax by rate of what is printed on an invoice."""
    return by_rate((line.yen, line.tax_rate) for line in invoice.lines.all())


def make_payment(space: Space, payer: User, yen: int = 1000, **fields: Any) -> Payment:
    """Cash of today that the payer took themselves."""
    fields = {"method": "cash", "received_on": TODAY, "taken_by_id": payer.pk, **fields}
    return pay(space=space, payer_id=payer.pk, yen=yen, **fields)


def make_receipt(payment: Payment, addressee: str = "山田 花子", language: str = "ja", now: datetime = NOW) -> Receipt:
    return issue_receipt(payment=payment, addressee=addressee, language=language, now=now)


def totals_of_payment(payment: Payment) -> list[RateTotal]:
    """A payment by tax rate, as its receipt would show it."""
    return totals_of(payment, paid_by(payment))


def make_issuer(space: Space, **fields: Any) -> Issuer:
    return Issuer.objects.create(**{"space": space, "name": "合同会社どこか", **fields})
