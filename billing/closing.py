"""Closing a month: its figures are kept, and nothing that arose in it changes any more."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from billing.ledger import by_kind
from billing.models import Month
from billing.months import hold_alone
from billing.refusals import refusal, refused_politely
from spaces.models import Space


def close_month(*, space: Space, first_on: date, by_id: int | None, seen: str = "", now: datetime) -> Month:
    """Close a month of a space that is over. Raises ValidationError.

    `seen` is the print of the figures that were agreed to; if others would be kept, nothing is.
    """
    if space.today(now) < next_month(first_on):
        raise refusal("month_not_over")
    with refused_politely(), transaction.atomic():
        hold_alone(space.pk)
        kept = figures(space, first_on)
        if seen and seen != print_of(kept):
            raise refusal("month_moved")
        return Month.objects.create(space=space, first_on=first_on, closed_by_id=by_id, closed_at=now, figures=kept)


def figures(space: Space, first_on: date) -> dict[str, Any]:
    """Sums of a month in yen: charges by kind and tax rate, payments by method."""
    return by_kind(space, first_on, next_month(first_on) - timedelta(days=1))


def print_of(kept: dict[str, Any]) -> str:
    """A short text that is the same for the same figures only."""
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def next_month(first_on: date) -> date:
    """The first day of the month after."""
    return (first_on + timedelta(days=31)).replace(day=1)
