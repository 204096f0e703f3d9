"""Closing a month: its figures are kept, and nothing that arose in it changes any more."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum

from billing.models import Charge, Month, Payment
from billing.months import hold_alone
from billing.refusals import refusal, refused_politely
from spaces.models import Space


def close_month(*, space: Space, first_on: date, by_id: int | None, now: datetime) -> Month:
    """Close a month of a space that is over. Raises ValidationError."""
    if space.today(now) < next_month(first_on):
        raise refusal("month_not_over")
    with refused_politely(), transaction.atomic():
        hold_alone(space.pk)
        return Month.objects.create(
            space=space, first_on=first_on, closed_by_id=by_id, closed_at=now, figures=figures(space, first_on)
        )


def figures(space: Space, first_on: date) -> dict[str, Any]:
    """Sums of a month in yen: charges by kind and tax rate, payments by method."""
    days = {"gte": first_on, "lt": next_month(first_on)}
    charges = Charge.objects.standing().filter(space=space, arises_on__gte=days["gte"], arises_on__lt=days["lt"])
    payments = Payment.objects.standing().filter(space=space, received_on__gte=days["gte"], received_on__lt=days["lt"])
    return {
        "charges": [
            {"kind": kind, "tax_rate": rate, "yen": yen}
            for kind, rate, yen in charges.values_list("kind", "tax_rate")
            .annotate(sum=Sum("yen"))
            .order_by("kind", "tax_rate")
        ],
        "payments": [
            {"method": method, "yen": yen}
            for method, yen in payments.values_list("method").annotate(sum=Sum("yen")).order_by("method")
        ],
    }


def next_month(first_on: date) -> date:
    """The first day of the month after."""
    return (first_on + timedelta(days=31)).replace(day=1)
