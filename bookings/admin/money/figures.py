"""The sums of a span as they are shown: of days that are asked for, of a month that runs, and of one that is closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from billing.models import Charge, Payment


@dataclass(frozen=True)
class Sum:
    """A row of a table: what it is, its tax rate in words (of charges only), and the yen."""

    name: str
    rate: str
    yen: int


@dataclass(frozen=True)
class Shown:
    """What was charged by kind and rate, and what was paid by method; in the order of the choices."""

    charges: list[Sum]
    payments: list[Sum]

    @property
    def charged(self) -> int:
        return sum(one.yen for one in self.charges)

    @property
    def paid(self) -> int:
        return sum(one.yen for one in self.payments)


def shown(figures: dict[str, list[dict[str, Any]]]) -> Shown:
    """Figures of `ledger.by_kind`, or as a closed month keeps them, in words."""
    kinds, methods = list(Charge.Kind), list(Payment.Method)
    return Shown(
        [
            Sum(str(Charge.Kind(one["kind"]).label), rate_in_words(one["tax_rate"]), one["yen"])
            for one in _in_order(figures["charges"], "kind", kinds)
        ],
        [
            Sum(str(Payment.Method(one["method"]).label), "", one["yen"])
            for one in _in_order(figures["payments"], "method", methods)
        ],
    )


def rate_in_words(rate: int | None) -> str:
    """10%, or that it is outside the tax."""
    return _("Not taxed") if rate is None else f"{rate}%"


def _in_order(rows: Iterable[dict[str, Any]], name: str, order: list[Any]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda one: order.index(one[name]))
