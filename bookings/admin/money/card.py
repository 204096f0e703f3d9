"""The card of money on a person's page: how they stand at a space, the last papers and payments, and what to do."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.http import HttpRequest

from billing.models import Charge, Invoice, Payment, Receipt
from bookings.admin.money.owed import Owed, owed_at
from bookings.admin.scope import may_at
from spaces.models import Space

ROWS_SHOWN = 5


@dataclass(frozen=True)
class MoneyCard:
    """What the card shows; `settled` are invoices that are paid or void, `may` names what the viewer's role allows."""

    owed: Owed
    settled: list[Invoice]
    payments: list[Payment]
    may: frozenset[str]

    @property
    def is_anything(self) -> bool:
        return bool(self.owed.charges or self.owed.invoices or self.settled or self.payments)

    @property
    def is_owed(self) -> bool:
        return bool(self.owed.invoices or self.owed.due)

    @property
    def is_overdue(self) -> bool:
        return any(one.days_overdue for one in self.owed.invoices)

    @property
    def charges(self) -> list[Charge]:
        """The charges that have waited longest for an invoice."""
        return self.owed.charges[:ROWS_SHOWN]


def money_card(request: HttpRequest, space: Space, payer_id: int, *, today: date) -> MoneyCard:
    """What the card of a payer at a space shows: seven queries."""
    of_them = {"space": space, "payer_id": payer_id}
    receipts = Prefetch("receipts", Receipt.objects.filter(copy=0), to_attr="originals")
    payments = Payment.objects.filter(**of_them).prefetch_related(receipts).order_by("-received_on", "-pk")
    acts = {
        "take": ("add", Payment),
        "refund": ("change", Payment),
        "invoice": ("add", Invoice),
        "charge": ("add", Charge),
    }
    owed = owed_at(space, payer_id, today=today)
    settled = Invoice.objects.filter(**of_them).exclude(pk__in=[one.invoice.pk for one in owed.invoices])
    return MoneyCard(
        owed,
        list(settled.order_by("-issued_on", "-number")[:ROWS_SHOWN]),
        list(payments[:ROWS_SHOWN]),
        frozenset(
            name for name, (action, model) in acts.items() if may_at(request, space.pk, action, model._meta.label_lower)
        ),
    )
