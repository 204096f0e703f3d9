"""What payers owe a space, or have to their credit: one query each for invoices, payments and open charges."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Sum

from billing.models import Charge, Invoice, Payment
from billing.settled import Asked, Paid, Standing, settled
from spaces.models import Space


def standing_of(space: Space, payer_id: int) -> Standing:
    """How a payer's invoices at a space are paid."""
    return standings_of(space, [payer_id])[payer_id]


def standings_of(space: Space, payer_ids: Collection[int]) -> dict[int, Standing]:
    """How the invoices of several payers at a space are paid: two queries, however many payers."""
    of_them = {"space": space, "payer_id__in": payer_ids}
    instead: dict[int, int] = {}
    asked: dict[int, list[Asked]] = defaultdict(list)
    # The oldest debt is the one that was due first (民法 488条 4項 3号).
    every = Invoice.objects.filter(**of_them).order_by("due_on", "year", "number")
    for payer, pk, total, voided_at, replaced in every.values_list(
        "payer_id", "pk", "total", "voided_at", "replaces_id"
    ):
        if replaced:
            instead[replaced] = pk
        if voided_at is None:
            asked[payer].append(Asked(pk, total))
    paid: dict[int, list[Paid]] = defaultdict(list)
    payments = Payment.objects.standing().filter(**of_them).order_by("received_on", "pk")
    for payer, yen, meant in payments.values_list("payer_id", "yen", "invoice_id"):
        paid[payer].append(Paid(yen, _now(meant, instead)))
    return {payer: settled(asked[payer], paid[payer]) for payer in payer_ids}


def open_charges(space: Space, payer_id: int) -> int:
    """What no invoice has asked for yet, in yen."""
    found = Charge.objects.open().filter(space=space, payer_id=payer_id).aggregate(sum=Sum("yen"))
    return found["sum"] or 0


def _now(meant: int | None, instead: dict[int, int]) -> int | None:
    """The invoice that stands today for the one that a payer meant."""
    while meant in instead:
        meant = instead[meant]
    return meant
