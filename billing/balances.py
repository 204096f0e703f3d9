"""What payers owe spaces, or have to their credit: one query each for invoices, payments and open charges."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Sum

from billing.models import Charge, Invoice, Payment
from billing.settled import Asked, Paid, Standing, settled
from spaces.models import Space


def standing_of(space: Space, payer_id: int) -> Standing:
    """How a payer's invoices at a space are paid."""
    return standings_of(space, [payer_id])[payer_id]


def standings_of(space: Space, payer_ids: Collection[int]) -> dict[int, Standing]:
    """How the invoices of several payers at a space are paid: two queries, however many payers."""
    return _standings("payer_id", payer_ids, space=space, payer_id__in=payer_ids)


def standings_at(space_ids: Collection[int], payer_id: int) -> dict[int, Standing]:
    """How a payer's invoices at several spaces are paid: two queries, however many spaces."""
    return _standings("space_id", space_ids, space_id__in=space_ids, payer_id=payer_id)


def paid_by(payment: Payment) -> dict[int, int]:
    """What a payment has paid of each invoice that stands, in yen, when only those noted before it are counted.

    What it leaves is credit. Two queries.
    """
    payer = payment.payer_id
    asked, noted = _read("payer_id", space_id=payment.space_id, payer_id=payer)
    before = settled(asked[payer], [one for key, one in noted[payer] if key < payment.pk])
    after = settled(asked[payer], [one for key, one in noted[payer] if key <= payment.pk])
    return {key: more for key, yen in after.paid.items() if (more := yen - before.paid[key]) > 0}


def _standings(each: str, keys: Collection[int], **of_them: Any) -> dict[int, Standing]:
    """The standing of each key of a column, over the rows that are `of_them`."""
    asked, noted = _read(each, **of_them)
    return {key: settled(asked[key], [one for _payment, one in noted[key]]) for key in keys}


def _read(each: str, **of_them: Any) -> tuple[dict[int, list[Asked]], dict[int, list[tuple[int, Paid]]]]:
    """Invoices, and payments with their keys, by a column of the rows that are `of_them`."""
    instead: dict[int, int] = {}
    asked: dict[int, list[Asked]] = defaultdict(list)
    # The oldest debt is the one that was due first (民法 488条 4項 3号).
    every = Invoice.objects.filter(**of_them).order_by("due_on", "year", "number")
    for key, pk, total, voided_at, replaced in every.values_list(each, "pk", "total", "voided_at", "replaces_id"):
        if replaced:
            instead[replaced] = pk
        if voided_at is None:
            asked[key].append(Asked(pk, total))
    noted: dict[int, list[tuple[int, Paid]]] = defaultdict(list)
    payments = Payment.objects.standing().filter(**of_them).order_by("received_on", "pk")
    for key, pk, yen, meant in payments.values_list(each, "pk", "yen", "invoice_id"):
        noted[key].append((pk, Paid(yen, _now(meant, instead))))
    return asked, noted


def still_open(charge: Charge) -> int:
    """What is still to be paid of a charge that stands, or of the invoice that it is on, in yen."""
    if charge.invoice_id is None:
        return charge.yen
    return standing_of(charge.space, charge.payer_id).open(charge.invoice_id)


def open_charges(space: Space, payer_id: int) -> int:
    """What no invoice has asked for yet, in yen."""
    found = Charge.objects.open().filter(space=space, payer_id=payer_id).aggregate(sum=Sum("yen"))
    return found["sum"] or 0


def _now(meant: int | None, instead: dict[int, int]) -> int | None:
    """The invoice that stands today for the one that a payer meant."""
    while meant in instead:
        meant = instead[meant]
    return meant
