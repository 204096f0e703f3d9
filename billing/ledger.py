"""The ledger of a space: what was charged and what was paid, by day and by kind, and what each payer owes.

A charge counts on the day it arises, a payment on the day it was received, whether or not an invoice asks for it yet.
What is voided or taken back is not in it. Spans are inclusive. Sums are the database's, and each function asks a fixed
number of queries.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Sum

from billing.balances import standings_of
from billing.models import Charge, Invoice, Payment
from billing.settled import Standing
from spaces.models import Space

# Charges come before payments on one day, so that a balance is not below zero because of the order alone.
_MOVES = """
WITH moves AS (
    SELECT arises_on AS day, false AS is_payment, id, kind AS kind, text AS text, payer_id, invoice_id, yen
    FROM billing_charge WHERE space_id = %(space)s AND voided_at IS NULL AND arises_on <= %(last)s
    UNION ALL
    SELECT received_on, true, id, method, note, payer_id, invoice_id, -yen
    FROM billing_payment WHERE space_id = %(space)s AND voided_at IS NULL AND received_on <= %(last)s
), before AS (
    SELECT coalesce(sum(yen), 0)::bigint AS yen FROM moves WHERE day < %(first)s
)
"""
_ENTRIES = """
SELECT day, is_payment, id, kind, text, payer_id, invoice_id, yen,
    (SELECT yen FROM before) + sum(yen) OVER (ORDER BY day, is_payment, id)::bigint
FROM moves WHERE day >= %(first)s ORDER BY day, is_payment, id LIMIT %(most)s OFFSET %(skip)s
"""
_SUMS = """
SELECT date_trunc(%(step)s, day)::date, coalesce(sum(yen) FILTER (WHERE NOT is_payment), 0)::bigint,
    coalesce(-sum(yen) FILTER (WHERE is_payment), 0)::bigint,
    (SELECT yen FROM before) + sum(sum(yen)) OVER (ORDER BY date_trunc(%(step)s, day))::bigint
FROM moves WHERE day >= %(first)s GROUP BY date_trunc(%(step)s, day) ORDER BY 1
"""
_BALANCES = """
SELECT payer_id, sum(asked)::bigint, sum(paid)::bigint, sum(waiting)::bigint FROM (
    SELECT payer_id, total AS asked, 0 AS paid, 0 AS waiting
    FROM billing_invoice WHERE space_id = %(space)s AND voided_at IS NULL
    UNION ALL
    SELECT payer_id, 0, yen, 0 FROM billing_payment WHERE space_id = %(space)s AND voided_at IS NULL
    UNION ALL
    SELECT payer_id, 0, 0, yen
    FROM billing_charge WHERE space_id = %(space)s AND voided_at IS NULL AND invoice_id IS NULL
) AS moves GROUP BY payer_id ORDER BY payer_id
"""


@dataclass(frozen=True)
class Entry:
    """One charge or payment. `yen` is what it adds to what is owed: a payment takes away; `balance` is after it."""

    day: date
    is_payment: bool
    key: int
    kind: str
    text: str
    payer_id: int
    invoice_id: int | None
    yen: int
    balance: int


@dataclass(frozen=True)
class Day:
    """A day on which something was charged or paid; `balance` is what all payers together owe at its end.

    It also stands for a month, by its first day.
    """

    day: date
    charged: int
    paid: int
    balance: int


@dataclass(frozen=True)
class Balance:
    """A payer's standing at a space: what invoices ask for, what was paid, and what no invoice asks for yet."""

    payer_id: int
    asked: int
    paid: int
    waiting: int

    @property
    def open(self) -> int:
        """What is still to be paid of invoices."""
        return max(self.asked - self.paid, 0)

    @property
    def credit(self) -> int:
        """What was paid and no invoice has used up."""
        return max(self.paid - self.asked, 0)

    @property
    def owed(self) -> int:
        """All that is owed, invoiced or not; below zero the space owes the payer."""
        return self.asked - self.paid + self.waiting


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice that is not wholly paid. `days_overdue` is 0 until the day after it was due."""

    invoice: Invoice
    open: int
    days_overdue: int

    @classmethod
    def of(cls, invoice: Invoice, standing: Standing, today: date) -> "OpenInvoice":
        """An invoice as it stands on a day, by how its payer's invoices at the space are paid."""
        return cls(invoice, standing.open(invoice.pk), max((today - invoice.due_on).days, 0))


def entries(space: Space, first: date, last: date, *, skip: int = 0, most: int | None = None) -> list[Entry]:
    """Every charge and payment of a span, in order, with the running balance of the space; of them a part if asked."""
    asked = {"space": space.pk, "first": first, "last": last, "skip": skip, "most": most}
    return [Entry(*row) for row in _rows(_MOVES + _ENTRIES, **asked)]


def entry_count(space: Space, first: date, last: date) -> int:
    """How many charges and payments a span has."""
    charges = Charge.objects.standing().filter(space=space, arises_on__range=(first, last))
    return charges.count() + Payment.objects.standing().filter(space=space, received_on__range=(first, last)).count()


def by_day(space: Space, first: date, last: date) -> list[Day]:
    """Sums of each day of a span on which anything was charged or paid."""
    return [Day(*row) for row in _rows(_MOVES + _SUMS, space=space.pk, first=first, last=last, step="day")]


def by_month(space: Space, first: date = date.min, last: date = date.max) -> list[Day]:
    """Sums of each month in which anything was charged or paid, of its days within a span."""
    return [Day(*row) for row in _rows(_MOVES + _SUMS, space=space.pk, first=first, last=last, step="month")]


def balance_on(space: Space, day: date) -> int:
    """What all payers together owe a space at the end of a day, in yen."""
    charged = Charge.objects.standing().filter(space=space, arises_on__lte=day).aggregate(sum=Sum("yen"))
    paid = Payment.objects.standing().filter(space=space, received_on__lte=day).aggregate(sum=Sum("yen"))
    return (charged["sum"] or 0) - (paid["sum"] or 0)


def by_kind(space: Space, first: date, last: date) -> dict[str, list[dict[str, Any]]]:
    """Sums of a span in yen: charges by kind and tax rate, payments by method."""
    charges = Charge.objects.standing().filter(space=space, arises_on__range=(first, last)).order_by("kind", "tax_rate")
    payments = Payment.objects.standing().filter(space=space, received_on__range=(first, last)).order_by("method")
    return {
        "charges": [
            {"kind": kind, "tax_rate": rate, "yen": yen}
            for kind, rate, yen in charges.values_list("kind", "tax_rate").annotate(sum=Sum("yen"))
        ],
        "payments": [
            {"method": method, "yen": yen} for method, yen in payments.values_list("method").annotate(sum=Sum("yen"))
        ],
    }


def balances(space: Space) -> list[Balance]:
    """Everybody who was ever charged or paid at a space, and how they stand."""
    return [Balance(*row) for row in _rows(_BALANCES, space=space.pk)]


def open_invoices(space: Space, *, today: date) -> list[OpenInvoice]:
    """All invoices that are not wholly paid, each payer's in the order in which debts are paid.

    `space` and `payer` are read: four queries.
    """
    standings = standings_of(space, [one.payer_id for one in balances(space) if one.open]).values()
    left = [key for standing in standings for key in standing.asked if standing.open(key)]
    invoices = Invoice.objects.select_related("space", "payer").in_bulk(left)
    return [
        OpenInvoice.of(invoices[key], standing, today)
        for standing in standings
        for key in standing.asked
        if standing.open(key)
    ]


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
