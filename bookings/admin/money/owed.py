"""What a payer owes a space today, or has to their credit there, as the pages of money show it."""

from dataclasses import dataclass
from datetime import date

from billing.balances import standing_of
from billing.ledger import OpenInvoice
from billing.models import Charge, Invoice
from spaces.models import Space

# A page asks no more at once; the oldest come first, and the rest moves up.
CHARGES_SHOWN = 200


@dataclass(frozen=True)
class Owed:
    """Open invoices in the order in which they are paid, charges that no invoice has yet, and credit in yen."""

    invoices: list[OpenInvoice]
    charges: list[Charge]
    credit: int
    today: date
    more_charges: bool

    @property
    def due(self) -> list[Charge]:
        """Charges that have arisen."""
        return [one for one in self.charges if one.arises_on <= self.today]

    @property
    def later(self) -> list[Charge]:
        """Charges of days to come."""
        return [one for one in self.charges if one.arises_on > self.today]

    @property
    def invoiced(self) -> int:
        """What is open of invoices, in yen."""
        return sum(one.open for one in self.invoices)

    @property
    def not_invoiced(self) -> int:
        """What has arisen and no invoice asks for yet, in yen."""
        return sum(one.yen for one in self.due)


def owed_at(space: Space, payer_id: int, *, today: date) -> Owed:
    """What a payer owes a space: four queries."""
    standing = standing_of(space, payer_id)
    left = [key for key in standing.asked if standing.open(key)]
    invoices = Invoice.objects.in_bulk(left)
    charges = Charge.objects.open().filter(space=space, payer_id=payer_id).order_by("arises_on", "pk")
    shown = list(charges[: CHARGES_SHOWN + 1])
    return Owed(
        [OpenInvoice.of(invoices[key], standing, today) for key in left],
        shown[:CHARGES_SHOWN],
        standing.credit,
        today,
        len(shown) > CHARGES_SHOWN,
    )
