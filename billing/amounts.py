"""Which open invoices a sum of money pays, if it pays whole ones. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Beyond this many open invoices nothing is said to be the only way: a sum could be made up in thousands of ways.
_MOST = 14


@dataclass(frozen=True)
class Open:
    """An invoice that is not wholly paid, and what is still open of it, in yen."""

    key: int
    payer: int
    code: str
    yen: int


@dataclass(frozen=True)
class Whole:
    """Invoices that a sum pays to the yen. `meant` is the one that the payment must name, None: it pays the oldest.

    `only` says that no other invoices of the payer make up the same sum.
    """

    covers: tuple[Open, ...]
    meant: int | None
    only: bool


def paid_whole(owed: Sequence[Open], yen: int) -> Whole | None:
    """Which invoices of one payer a sum pays wholly, the fewest that can be; None if it never comes out even.

    `owed` is in the order in which debts are paid. A payment names one invoice at most, and what that leaves pays the
    oldest: other choices can't be noted, so they are not offered.
    """
    named = (_first(yen, [one, *(other for other in owed if other != one)]) for one in owed)
    found = min(filter(None, [_first(yen, owed), *named]), key=len, default=None)
    if found is None:
        return None
    oldest = len(found) > 1 and set(found) == set(owed[: len(found)])
    return Whole(found, meant=None if oldest else found[0].key, only=_ways(yen, owed) == 1)


def to_name(order: Sequence[int], chosen: Collection[int], *, is_new_named: bool = False) -> int | None:
    """The invoice that a payment must name to pay the chosen ones first; None: it pays the oldest.

    `order` has all open invoices in the order in which debts are paid. `is_new_named` says that the payment names an
    invoice that is issued with it already. Raises ValueError where no payment can pay these and leave the others.
    """
    wanted = [key for key in order if key in chosen]
    if wanted == list(order[: len(wanted)]) and (is_new_named or len(wanted) != 1):
        return None
    for named in [] if is_new_named else wanted:
        others = [key for key in order if key != named]
        if set(wanted) == {named, *others[: len(wanted) - 1]}:
            return named
    raise ValueError(chosen)


def _first(yen: int, owed: Sequence[Open]) -> tuple[Open, ...] | None:
    """The invoices from the first on that make up a sum."""
    for count in range(1, len(owed) + 1):
        if sum(one.yen for one in owed[:count]) == yen:
            return tuple(owed[:count])
    return None


def _ways(yen: int, owed: Sequence[Open]) -> int:
    """How many choices of invoices make up a sum; 2 where they are too many to count."""
    if len(owed) > _MOST:
        return 2
    ways = Counter({0: 1})
    for one in owed:
        for reached, count in list(ways.items()):
            if reached + one.yen <= yen:
                ways[reached + one.yen] += count
    return ways[yen]
