"""What a payer owes a space, or has to their credit: one query each for invoices, payments and open charges."""

from django.db.models import Sum

from billing.models import Charge, Invoice, Payment
from billing.settled import Asked, Paid, Standing, settled
from spaces.models import Space


def standing_of(space: Space, payer_id: int) -> Standing:
    """How a payer's invoices at a space are paid."""
    every = Invoice.objects.filter(space=space, payer_id=payer_id).order_by("issued_on", "year", "number")
    rows = list(every.values_list("pk", "total", "voided_at", "replaces_id"))
    instead = {replaced: pk for pk, _total, _voided, replaced in rows if replaced}
    asked = [Asked(pk, total) for pk, total, voided_at, _replaces in rows if voided_at is None]
    payments = Payment.objects.standing().filter(space=space, payer_id=payer_id).order_by("received_on", "pk")
    paid = [Paid(yen, _now(meant, instead)) for yen, meant in payments.values_list("yen", "invoice_id")]
    return settled(asked, paid)


def open_charges(space: Space, payer_id: int) -> int:
    """What no invoice has asked for yet, in yen."""
    found = Charge.objects.open().filter(space=space, payer_id=payer_id).aggregate(sum=Sum("yen"))
    return found["sum"] or 0


def _now(meant: int | None, instead: dict[int, int]) -> int | None:
    """The invoice that stands today for the one that a payer meant."""
    while meant in instead:
        meant = instead[meant]
    return meant
