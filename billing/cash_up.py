"""Cashing up: what should be in a space's box at the end of a day, and noting what was in it.

The box holds what was counted last, and the cash that came in and went back on the days since. Cash of the day of a
count is part of that count, whenever it was written down.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum

from billing.models import CashCount, Payment
from billing.months import hold_alone
from billing.refusals import refusal, refused_politely
from spaces.models import Space

MOST_YEN = 999_999_999


@dataclass(frozen=True)
class Box:
    """What should be in the box, in yen. `counted` is the last count; without one the box began empty."""

    counted: CashCount | None
    came_in: int
    went_out: int

    @property
    def expected(self) -> int:
        return (self.counted.counted if self.counted else 0) + self.came_in - self.went_out


def box(space: Space, day: date) -> Box:
    """What should be in the box at the end of a day: two queries."""
    last = CashCount.objects.filter(space=space, day__lt=day).order_by("-day").first()
    cash = Payment.objects.standing().filter(space=space, method=Payment.Method.CASH, received_on__lte=day)
    if last:
        cash = cash.filter(received_on__gt=last.day)
    sums = cash.aggregate(came_in=Sum("yen", filter=Q(yen__gt=0)), went_out=Sum("yen", filter=Q(yen__lt=0)))
    return Box(last, sums["came_in"] or 0, -(sums["went_out"] or 0))


def count(
    *, space: Space, day: date, counted: int, by_id: int, note: str = "", seen: int | None = None, now: datetime
) -> CashCount:
    """Note what is in the box at the end of a day, beside what should be. Raises ValidationError.

    `seen` is what should be in it by what was agreed to, in yen; if it is another sum by now, nothing is noted.
    """
    if day > space.today(now):
        raise refusal("count_in_future")
    if not 0 <= counted <= MOST_YEN:
        raise refusal("count_of_yen")
    with refused_politely(), transaction.atomic():
        hold_alone(space.pk)
        expected = box(space, day).expected
        if seen is not None and seen != expected:
            raise refusal("box_moved")
        return CashCount.objects.create(
            space=space,
            day=day,
            counted=counted,
            expected=expected,
            note=note[:200],
            counted_by_id=by_id,
            counted_at=now,
        )
