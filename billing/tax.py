"""Consumption tax in prices that include it, and stamp tax on receipts. Pure; whole yen."""

from collections.abc import Iterable
from dataclasses import dataclass

# Rates in percent. None is outside the tax, as a cancellation fee is that makes good a loss: 消費税法基本通達 5-5-2.
STANDARD = 10
REDUCED = 8


@dataclass(frozen=True)
class RateTotal:
    """What a paper shows for one rate: the sum with tax, and the tax in it. `rate` None is outside the tax."""

    rate: int | None
    total: int
    tax: int


def tax_in(total: int, rate: int) -> int:
    """The tax that a sum including it holds: rounded toward zero, once for a rate on a paper.

    消費税法施行令 70条の10 allows one rounding for each rate on a qualified invoice, in a way that the issuer chooses.
    """
    tax = abs(total) * rate // (100 + rate)
    return tax if total >= 0 else -tax


def by_rate(lines: Iterable[tuple[int, int | None]]) -> list[RateTotal]:
    """Sums by rate of lines (yen, rate): the highest rate first, what is outside the tax last."""
    sums: dict[int | None, int] = {}
    for yen, rate in lines:
        sums[rate] = sums.get(rate, 0) + yen
    rates = sorted((rate for rate in sums if rate is not None), reverse=True)
    found = [RateTotal(rate, sums[rate], tax_in(sums[rate], rate)) for rate in rates]
    return [*found, RateTotal(None, sums[None], 0)] if None in sums else found


# 印紙税法 別表第一 第17号の1文書: up to which sum (yen, inclusive) a receipt on paper wants which stamp.
_STAMPS = [
    (49_999, 0),
    (1_000_000, 200),
    (2_000_000, 400),
    (3_000_000, 600),
    (5_000_000, 1_000),
    (10_000_000, 2_000),
    (20_000_000, 4_000),
    (30_000_000, 6_000),
    (50_000_000, 10_000),
    (100_000_000, 20_000),
    (200_000_000, 40_000),
    (300_000_000, 60_000),
    (500_000_000, 100_000),
    (1_000_000_000, 150_000),
]
_MOST = 200_000


def stamp_tax(without_tax: int) -> int:
    """The stamp in yen that a receipt on paper wants for a sum without consumption tax, where the tax is shown apart.

    A receipt that goes out as a file wants none, as no paper is handed over (印紙税法基本通達 44条).
    """
    return next((stamp for up_to, stamp in _STAMPS if without_tax <= up_to), _MOST)
