"""Which invoices are paid, and what credit is left: worked out anew each time, never kept beside the rows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """An invoice that stands, in the order in which debts are paid; `yen` below zero is given back."""

    key: int
    yen: int


@dataclass(frozen=True)
class Paid:
    """A payment that stands; below zero a refund. `meant` is the invoice that the payer named."""

    yen: int
    meant: int | None = None


@dataclass(frozen=True)
class Standing:
    """How much of each invoice is paid, and the credit that no invoice has used up yet."""

    paid: dict[int, int]
    asked: dict[int, int]
    credit: int

    def open(self, key: int) -> int:
        """What is still to be paid of an invoice."""
        return max(self.asked[key], 0) - self.paid[key]

    @property
    def open_in_all(self) -> int:
        return sum(self.open(key) for key in self.asked)


def settled(invoices: Iterable[Asked], payments: Iterable[Paid]) -> Standing:
    """Share payments out over invoices: first to the one that was meant, then to the oldest (民法 488条 1項, 4項 3号).

    A refund is taken from the credit, and where that is not enough from what was paid last. The credit is below zero
    where more was given back than ever came in, as after a payment that was taken back. The order of the payments
    makes no difference.
    """
    asked = {one.key: one.yen for one in invoices}
    paid = dict.fromkeys(asked, 0)
    pool = sum(-yen for yen in asked.values() if yen < 0)
    for payment in payments:
        if payment.yen > 0 and payment.meant in asked:
            taken = min(payment.yen, max(asked[payment.meant], 0) - paid[payment.meant])
            paid[payment.meant] += taken
            pool += payment.yen - taken
        else:
            pool += payment.yen
    for key, yen in asked.items():
        taken = min(max(pool, 0), max(yen, 0) - paid[key])
        paid[key] += taken
        pool -= taken
    for key in reversed(asked):
        given_back = min(max(-pool, 0), paid[key])
        paid[key] -= given_back
        pool += given_back
    return Standing(paid, asked, pool)
