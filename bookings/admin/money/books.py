"""The ledger of a space over some days, and the accountant's file of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from billing.accountant import LANGUAGES, accountant_csv
from billing.ledger import Entry, balance_on, by_day, by_kind, by_month, entries, entry_count
from billing.models import Charge, Invoice, Payment
from bookings.admin.money.figures import shown
from bookings.admin.money.places import BOOKS, framed, space_or_404
from bookings.admin.money.span import SpanForm, in_words, month_of, usual_spans
from members.models import User

PER_PAGE = 50
# Beyond so many days the sums are by month.
MOST_DAYS = 62


@dataclass(frozen=True)
class Told:
    """An entry with the names that its row shows."""

    entry: Entry
    kind: str
    payer: User
    invoice: Invoice | None


def books_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The ledger of a span, by default of this month; a fixed number of queries."""
    space = space_or_404(request, BOOKS, slug)
    today = space.today(timezone.now())
    form, first, last = _asked(request, today)
    waiting = (
        Charge.objects.open()
        .filter(space=space)
        .aggregate(
            sum=Sum("yen"),
            count=Count("pk"),
            sum_here=Sum("yen", filter=Q(arises_on__range=(first, last))),
            count_here=Count("pk", filter=Q(arises_on__range=(first, last))),
        )
    )
    figures = shown(by_kind(space, first, last))
    balance = balance_on(space, last)
    is_long = (last - first).days > MOST_DAYS
    # The paginator only counts: of the entries themselves those of one page are read.
    page = Paginator(range(entry_count(space, first, last)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **framed(request, space, BOOKS),
        "form": form,
        "first": first,
        "last": last,
        "spans": [
            {"title": title, "address": f"?from={start}&to={end}", "is_here": (start, end) == (first, last)}
            for title, start, end in usual_spans(today)
        ],
        "span": f"from={first}&to={last}",
        "csv": f"{reverse('admin:billing_books_csv', args=[space.slug])}?from={first}&to={last}",
        "figures": figures,
        "before": balance - figures.charged + figures.paid,
        "balance": balance,
        "waiting": waiting,
        "is_long": is_long,
        "sums": (by_month if is_long else by_day)(space, first, last),
        "page": page,
        "rows": _told(entries(space, first, last, skip=max(page.start_index() - 1, 0), most=PER_PAGE)),
    }
    status = 400 if form.is_bound and not form.is_valid() else 200
    return TemplateResponse(request, "admin/billing/books.html", context, status=status)


def csv_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The accountant's file of a span, in the language of the page."""
    space = space_or_404(request, BOOKS, slug)
    form, first, last = _asked(request, space.today(timezone.now()))
    if form.is_bound and not form.is_valid():
        return books_view(request, slug)
    language = get_language() or "ja"
    written = accountant_csv(space, first, last, language=language if language in LANGUAGES else "ja")
    named = f'attachment; filename="{space.slug}-{in_words(first, last)}.csv"'
    headers = {"Content-Disposition": named, "Cache-Control": "private, no-store"}
    return HttpResponse(written, content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: HttpRequest, today: date) -> tuple[SpanForm, date, date]:
    """The span that the address names, else this month; with the form, which says what was wrong with it."""
    first, last = month_of(today)
    sent: Any = request.GET if {"from", "to"} & set(request.GET) else None
    form = SpanForm(sent, initial={"from": first, "to": last})
    if form.is_bound and form.is_valid():
        return form, form.cleaned_data["from"], form.cleaned_data["to"]
    return form, first, last


def _told(found: list[Entry]) -> list[Told]:
    payers = User.objects.in_bulk({one.payer_id for one in found})
    invoices = Invoice.objects.in_bulk({one.invoice_id for one in found if one.invoice_id})
    return [
        Told(one, _kind(one), payers[one.payer_id], invoices.get(one.invoice_id) if one.invoice_id else None)
        for one in found
    ]


def _kind(entry: Entry) -> str:
    choices: Any = Payment.Method if entry.is_payment else Charge.Kind
    return str(choices(entry.kind).label)
