"""How each payer stands at a space, and which invoices are open or overdue."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.invoicing import issuer_of
from billing.ledger import Balance, OpenInvoice, balances, open_invoices
from billing.overdue import next_reminder
from bookings.admin.money.places import BALANCES, OPEN, framed, space_or_404
from bookings.admin.scope import may_at
from members.models import User
from members.named import people_named

PER_PAGE = 50
SHOWN = {
    "all": (_("Everybody"), lambda _balance: True),
    "owes": (_("Owes something"), lambda balance: balance.owed > 0),
    "waiting": (pgettext_lazy("of a balance", "Not invoiced yet"), lambda balance: balance.waiting != 0),
    "credit": (_("Has credit"), lambda balance: balance.credit > 0),
}


@dataclass(frozen=True)
class Payer:
    """Somebody who was charged or has paid, and how they stand."""

    person: User
    balance: Balance


@dataclass(frozen=True)
class Late:
    """An open invoice with the day of its next reminder, if one goes out yet."""

    open: OpenInvoice
    reminded_on: date | None


def balances_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody's balance, by name; a fixed number of queries."""
    space = space_or_404(request, BALANCES, slug)
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    shown = request.GET.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    found = {one.payer_id: one for one in balances(space)}
    people = User.objects.filter(pk__in=found)
    if words:
        people = people.filter(pk__in=people_named(words))
    people = people.order_by("family_reading", "given_reading", "email")
    payers = [Payer(one, found[one.pk]) for one in people if SHOWN[shown][1](found[one.pk])]
    context = {
        **framed(request, space, BALANCES),
        "words": words,
        "shown": shown,
        "choices": [
            {"title": title, "address": f"?{urlencode({'q': words, 'show': name})}", "is_here": name == shown}
            for name, (title, _is_in) in SHOWN.items()
        ],
        "kept": urlencode({"q": words, "show": shown}),
        "totals": _totals([one.balance for one in payers]),
        "page": Paginator(payers, PER_PAGE).get_page(request.GET.get("page")),
    }
    return TemplateResponse(request, "admin/billing/balances.html", context)


def open_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Invoices that are not wholly paid, those that wait longest first; a fixed number of queries."""
    space = space_or_404(request, OPEN, slug)
    today = space.today(timezone.now())
    reminder_days = issuer_of(space).reminder_days
    found = open_invoices(space, today=today)
    found.sort(key=lambda one: (one.invoice.due_on, one.invoice.year, one.invoice.number))
    late = [one for one in found if one.days_overdue]
    only_late = request.GET.get("show") == "overdue"
    page = Paginator(late if only_late else found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **framed(request, space, OPEN),
        "count": len(found),
        "sum": sum(one.open for one in found),
        "late_count": len(late),
        "late_sum": sum(one.open for one in late),
        "only_late": only_late,
        "kept": "show=overdue" if only_late else "",
        "page": page,
        "rows": [Late(one, next_reminder(reminder_days, one.invoice.due_on, today=today)) for one in page],
        "reminds": bool(reminder_days),
        "may_take": may_at(request, space.pk, "add", "billing.payment"),
        "may_issue": may_at(request, space.pk, "add", "billing.invoice"),
    }
    return TemplateResponse(request, "admin/billing/open.html", context)


def _totals(rows: list[Balance]) -> dict[str, Any]:
    return {name: sum(getattr(one, name) for one in rows) for name in ("open", "waiting", "credit", "owed")}
