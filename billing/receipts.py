"""Receipts: one for a payment, addressed as the payer wishes before it is first issued; copies say that they are."""

from collections import defaultdict
from collections.abc import Mapping, Set
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing.balances import paid_by
from billing.invoicing import issuer_of
from billing.models import Counter, InvoiceLine, Payment, Receipt
from billing.numbering import next_number
from billing.refusals import refusal
from billing.tax import RateTotal, by_rate

# Nobody needs more; without a bound a script could write copies without end.
MOST_COPIES = 50


@transaction.atomic
def issue_receipt(*, payment: Payment, addressee: str, language: str, now: datetime) -> Receipt:
    """The receipt of a payment; asked for again, a copy of the first, to the same addressee. Raises ValidationError."""
    payment = _held(payment)
    check_has_receipt(payment)
    issued = list(payment.receipts.order_by("copy"))
    if issued:
        return _copy(issued, payment.space.today(now), now)
    if not addressee.strip():
        raise refusal("no_addressee")
    with translation.override(language):
        issuer, today = issuer_of(payment.space), payment.space.today(now)
    paid = paid_by(payment)
    return Receipt.objects.create(
        space=payment.space,
        payment=payment,
        year=today.year,
        number=next_number(payment.space_id, Counter.Paper.RECEIPT, today.year),
        issued_on=today,
        addressee=addressee.strip()[:160],
        purpose=_purpose(payment, paid.keys(), language),
        yen=payment.yen,
        rate_totals=[vars(one) for one in totals_of(payment, paid)],
        issuer_name=issuer.name,
        issuer_address=issuer.address,
        registration_number=issuer.registration_number,
        language=language,
        issued_at=now,
    )


@transaction.atomic
def first_receipt(*, payment: Payment, addressee: str, language: str, now: datetime) -> Receipt:
    """The receipt of a payment, issued if it was not yet: asked twice at once, it is still one, and no copy.

    Raises ValidationError.
    """
    issued = _held(payment).receipts.filter(copy=0).first()
    return issued or issue_receipt(payment=payment, addressee=addressee, language=language, now=now)


@transaction.atomic
def next_copy(*, payment: Payment, after: int, now: datetime) -> Receipt:
    """The copy that follows copy `after` of an issued receipt (0 is the first issue): asked twice at once, it is one.

    Raises ValidationError.
    """
    payment = _held(payment)
    check_has_receipt(payment)
    issued = list(payment.receipts.order_by("copy"))
    return next((one for one in issued if one.copy == after + 1), None) or _copy(issued, payment.space.today(now), now)


def check_has_receipt(payment: Payment) -> None:
    """Raise ValidationError if there is no receipt for such a payment."""
    if payment.voided_at:
        raise refusal("receipt_without_payment")
    if payment.yen <= 0:
        raise refusal("no_receipt_for_refund")


def totals_of(payment: Payment, paid: Mapping[int, int]) -> list[RateTotal]:
    """A payment by tax rate: what it `paid` of each invoice, as `paid_by` has it, in the proportions of that invoice.

    What is left is credit, and outside the tax: nothing was sold for it yet, and the invoice that it will pay shows the
    tax, so that no two papers show the same.
    """
    lines: dict[int | None, list[tuple[int, int | None]]] = defaultdict(list)
    for key, yen, rate in InvoiceLine.objects.filter(invoice__in=paid).values_list("invoice", "yen", "tax_rate"):
        lines[key].append((yen, rate))
    in_advance = payment.yen - sum(paid.values())
    shares = [share for key, yen in paid.items() for share in _shares(yen, lines[key])]
    return by_rate([*shares, *([(in_advance, None)] if in_advance else [])])


def _shares(yen: int, lines: list[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    """A sum shared out over the rates of lines (yen, rate); what the division leaves goes to the greatest part."""
    parts = [one for one in by_rate(lines) if one.total > 0]
    whole = sum(one.total for one in parts)
    shares = [yen * one.total // whole for one in parts]
    shares[max(range(len(parts)), key=lambda place: parts[place].total)] += yen - sum(shares)
    return [(share, part.rate) for part, share in zip(parts, shares, strict=True)]


def _held(payment: Payment) -> Payment:
    """The payment, locked until the transaction ends: its receipts are issued one after the other."""
    return Payment.objects.select_for_update(of=("self",), no_key=True).select_related("space").get(pk=payment.pk)


def _purpose(payment: Payment, paid: Set[int], language: str) -> str:
    """What the payment was for, in the language of the paper: the invoice that the payer meant is named.

    It is not where it was voided meanwhile, or where the payment paid another one as well: `paid` are the keys of all.
    """
    invoice = payment.invoice.latest if payment.invoice else None
    if invoice and not paid <= {invoice.pk}:
        invoice = None
    with translation.override(language):
        if not paid:
            return _("Payment in advance")
        if invoice and invoice.voided_at is None:
            return _("Use of the coworking space (invoice %(code)s)") % {"code": invoice.code}
        return _("Use of the coworking space")


def _copy(issued: list[Receipt], today: date, now: datetime) -> Receipt:
    first = issued[0]
    if issued[-1].copy >= MOST_COPIES:
        raise refusal("copied_often_enough", most=MOST_COPIES)
    fields = {
        field.attname: getattr(first, field.attname) for field in Receipt._meta.concrete_fields if not field.primary_key
    }
    return Receipt.objects.create(**{**fields, "copy": issued[-1].copy + 1, "issued_on": today, "issued_at": now})
