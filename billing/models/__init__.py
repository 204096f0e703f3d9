"""Tables of money, cut by topic."""

from billing.models.charge import Charge
from billing.models.counter import Counter
from billing.models.invoice import Invoice, InvoiceLine
from billing.models.issuer import Issuer
from billing.models.month import CashCount, Month
from billing.models.payment import Payment
from billing.models.receipt import Receipt

__all__ = ["CashCount", "Charge", "Counter", "Invoice", "InvoiceLine", "Issuer", "Month", "Payment", "Receipt"]
