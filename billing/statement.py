"""A payer's statement (お支払い): how they stand at each space, and the papers that they were given.

Each function asks a fixed number of queries, however many spaces and rows there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import RowNumber

from billing.balances import standing_of, standings_at
from billing.ledger import OpenInvoice
from billing.models import Charge, Invoice, Payment, Receipt
from billing.settled import Standing
from spaces.models import Space

# So many charges and open invoices of a space are told one by one; more have a page, or stand among the papers.
SHOWN = 6


@dataclass(frozen=True)
class Waiting:
    """Charges that no invoice asks for yet: their sum and number, and the newest of them."""

    yen: int = 0
    count: int = 0
    newest: list[Charge] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many there are besides those that are shown."""
        return self.count - len(self.newest)


@dataclass(frozen=True)
class AtSpace:
    """How a payer stands at one space. `open` are the invoices to be paid, those first that were due first."""

    space: Space
    standing: Standing
    open: list[OpenInvoice]
    waiting: Waiting

    @property
    def owed(self) -> int:
        """All that is owed, invoiced or not; below zero the space owes the payer."""
        return self.standing.open_in_all + self.waiting.yen - self.standing.credit

    @property
    def is_settled(self) -> bool:
        """Whether nothing is open, one way or the other."""
        return not (self.open or self.waiting.count or self.standing.credit)

    @property
    def credit(self) -> int:
        """What the space owes the payer in all, in yen."""
        return max(-self.owed, 0)

    @property
    def credit_taken(self) -> int:
        """What the credit adds to `owed`: it takes away."""
        return -self.standing.credit

    @property
    def parts(self) -> int:
        """Of how many figures `owed` is made."""
        return sum(map(bool, (self.standing.open_in_all, self.waiting.yen, self.standing.credit)))

    @property
    def overdue(self) -> list[OpenInvoice]:
        return [one for one in self.open if one.days_overdue]

    @property
    def told(self) -> list[OpenInvoice]:
        """The open invoices that are told one by one."""
        return self.open[:SHOWN]

    @property
    def untold(self) -> int:
        return len(self.open) - len(self.told)


def statement(payer_id: int, now: datetime) -> list[AtSpace]:
    """The spaces that a payer has to do with in money: first where something is overdue, then where it is open.

    Five queries at most; `issuer` of each space is read.
    """
    of_payer = {"space": OuterRef("pk"), "payer_id": payer_id}
    rows = (Invoice.objects.all(), Payment.objects.standing(), Charge.objects.standing())
    is_known = [Q(Exists(each.filter(**of_payer))) for each in rows]
    spaces = list(Space.objects.filter(is_known[0] | is_known[1] | is_known[2]).select_related("issuer"))
    standings = standings_at([space.pk for space in spaces], payer_id)
    open_ = [pk for standing in standings.values() for pk in standing.asked if standing.open(pk)]
    invoices = Invoice.objects.in_bulk(open_)
    waiting = _waiting(payer_id)
    found = []
    for space in spaces:
        standing, today = standings[space.pk], space.today(now)
        own = [OpenInvoice.of(invoices[pk], standing, today) for pk in standing.asked if standing.open(pk)]
        found.append(AtSpace(space, standing, own, waiting.get(space.pk, Waiting())))
    return sorted(found, key=lambda one: (not one.overdue, one.is_settled))


def _waiting(payer_id: int) -> dict[int, Waiting]:
    """What no invoice asks for yet, by space: one query."""
    each = F("space_id")
    charges = Charge.objects.open().filter(payer_id=payer_id)
    numbered = charges.annotate(
        place=Window(RowNumber(), partition_by=each, order_by=[F("arises_on").desc(), F("pk").desc()]),
        in_all=Window(Sum("yen"), partition_by=each),
        count=Window(Count("pk"), partition_by=each),
    )
    found: dict[int, Waiting] = {}
    for one in numbered.filter(place__lte=SHOWN).order_by("place"):
        found.setdefault(one.space_id, Waiting(one.in_all, one.count)).newest.append(one)
    return found


@dataclass(frozen=True)
class Paper:
    """An invoice or a payment in the list of papers.

    `open` is what is still to be paid of an invoice; `receipt` is the first one of a payment, if it was issued.
    """

    row: Invoice | Payment
    open: int = 0
    is_overdue: bool = False
    receipt: Receipt | None = None

    @property
    def is_invoice(self) -> bool:
        return isinstance(self.row, Invoice)


def keys_of_papers(payer_id: int) -> QuerySet[Any, tuple[date, bool, int]]:
    """Of each invoice and payment its day, which of the two it is (True: a payment) and its key, the newest first.

    A payment that was noted by mistake is among them only where a receipt was issued for it.
    """
    invoices = Invoice.objects.annotate(day=F("issued_on"), is_payment=Value(False))
    payments = Payment.objects.annotate(day=F("received_on"), is_payment=Value(True))
    payments = payments.filter(Q(voided_at__isnull=True) | Exists(Receipt.objects.filter(payment=OuterRef("pk"))))
    each = [
        rows.filter(payer_id=payer_id).order_by().values_list("day", "is_payment", "pk")
        for rows in (invoices, payments)
    ]
    return each[0].union(each[1], all=True).order_by("-day", "-is_payment", "-pk")


def papers(keys: Iterable[tuple[date, bool, int]], places: Iterable[AtSpace], now: datetime) -> list[Paper]:
    """The papers of some keys, with what is open of them at `places`: three queries at most."""
    keys = list(keys)
    standings = {place.space.pk: place.standing for place in places}
    originals = Prefetch("receipts", Receipt.objects.filter(copy=0), to_attr="originals")
    payments = Payment.objects.select_related("space").prefetch_related(originals)
    paid = payments.in_bulk([pk for _day, is_payment, pk in keys if is_payment])
    invoices = Invoice.objects.select_related("space")
    asked = invoices.in_bulk([pk for _day, is_payment, pk in keys if not is_payment])
    return [_paid(paid[pk]) if is_payment else _asked(asked[pk], standings, now) for _day, is_payment, pk in keys]


def paper_of(invoice: Invoice, now: datetime) -> Paper:
    """An invoice with what is open of it: two queries."""
    return _asked(invoice, {invoice.space_id: standing_of(invoice.space, invoice.payer_id)}, now)


def _paid(payment: Payment) -> Paper:
    return Paper(payment, receipt=next(iter(payment.originals), None))  # type: ignore[attr-defined]


def _asked(invoice: Invoice, standings: dict[int, Standing], now: datetime) -> Paper:
    standing = standings.get(invoice.space_id)
    # An invoice that the standings do not know was issued since they were read.
    is_known = standing is not None and invoice.pk in standing.asked
    left = standing.open(invoice.pk) if standing and is_known else max(invoice.total, 0)
    left = 0 if invoice.voided_at else left
    return Paper(invoice, left, is_overdue=left > 0 and invoice.is_overdue_on(invoice.space.today(now)))
