"""What is kept about the money of one payer, for them to take away."""

from typing import Any

from billing.models import Charge, Invoice, Payment, Receipt


def my_money(payer_id: int) -> dict[str, list[dict[str, Any]]]:
    """Charges, invoices, payments and receipts of a payer at all spaces: yen, tax included; days and moments ISO 8601.

    Five queries, however much there is. Who took a payment, and what operators wrote about it, is theirs.
    """
    of_them = {"payer": payer_id}
    charges = Charge.objects.filter(**of_them).select_related("space", "invoice").order_by("arises_on", "pk")
    invoices = Invoice.objects.filter(**of_them).select_related("space").prefetch_related("lines")
    payments = Payment.objects.filter(**of_them).select_related("space", "invoice").order_by("received_on", "pk")
    receipts = Receipt.objects.filter(payment__payer=payer_id).select_related("space", "payment")
    return {
        "charges": [_charge(one) for one in charges],
        "invoices": [_invoice(one) for one in invoices.order_by("issued_on", "pk")],
        "payments": [_payment(one) for one in payments],
        "receipts": [_receipt(one) for one in receipts.order_by("issued_on", "pk")],
    }


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "space": charge.space.slug,
        "day": charge.arises_on.isoformat(),
        "kind": charge.kind,
        "text": charge.text,
        "yen": charge.yen,
        "tax_rate": charge.tax_rate,
        "invoice": charge.invoice.code if charge.invoice else None,
        "voided_at": charge.voided_at.isoformat() if charge.voided_at else None,
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "space": invoice.space.slug,
        "number": invoice.code,
        "addressee": invoice.addressee,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "total": invoice.total,
        "lines": [
            {"day": line.on.isoformat(), "text": line.text, "yen": line.yen, "tax_rate": line.tax_rate}
            for line in invoice.lines.all()
        ],
        "voided_at": invoice.voided_at.isoformat() if invoice.voided_at else None,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "space": payment.space.slug,
        "day": payment.received_on.isoformat(),
        "method": payment.method,
        "yen": payment.yen,
        "invoice": payment.invoice.code if payment.invoice else None,
        "voided_at": payment.voided_at.isoformat() if payment.voided_at else None,
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "space": receipt.space.slug,
        "number": receipt.code,
        "copy": receipt.copy,
        "addressee": receipt.addressee,
        "purpose": receipt.purpose,
        "issued_on": receipt.issued_on.isoformat(),
        "yen": receipt.yen,
        "payment_day": receipt.payment.received_on.isoformat(),
    }
