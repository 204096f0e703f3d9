"""Invoices that are past due, and which reminder of them is due. Only the rule: who sends it asks here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from billing.ledger import OpenInvoice, open_invoices
from spaces.models import Space


@dataclass(frozen=True)
class Reminder:
    """A reminder that is due. `key` is the same for the same reminder of the same invoice: each goes out once."""

    open: OpenInvoice
    after_days: int

    @property
    def key(self) -> str:
        return f"invoice:{self.open.invoice.pk}:reminder:{self.after_days}"


def overdue(space: Space, *, today: date) -> list[OpenInvoice]:
    """Invoices that are not wholly paid on a day after they were due, those that wait longest first."""
    late = [one for one in open_invoices(space, today=today) if one.days_overdue]
    return sorted(late, key=lambda one: (one.invoice.due_on, one.invoice.year, one.invoice.number))


def reminders_due(space: Space, days: Collection[int], *, today: date) -> list[Reminder]:
    """The reminder of each overdue invoice that is due by a day: only the latest, also after days of outage.

    `days` are those after the due day on which the space reminds. Four queries, none without days.
    """
    late = overdue(space, today=today) if days else []
    return [Reminder(one, after) for one in late if (after := _latest(days, one.days_overdue)) is not None]


def next_reminder(days: Iterable[int], due_on: date, *, today: date) -> date | None:
    """The day on which the next reminder of an invoice goes out, today or later; None if all have gone out."""
    return min((day for after in days if (day := due_on + timedelta(days=after)) >= today), default=None)


def _latest(days: Iterable[int], overdue_for: int) -> int | None:
    return max((after for after in days if after <= overdue_for), default=None)
