"""Closing months: which are closed, which wait, and what is looked at before one is."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.closing import close_month, figures, next_month, print_of
from billing.ledger import by_month, open_invoices
from billing.models import CashCount, Charge, Month, Payment
from bookings.admin.money.figures import shown
from bookings.admin.money.places import CASH, MONTHS, framed, shown_at, space_or_404
from bookings.admin.money.span import EARLIEST, LATEST, month_of
from bookings.admin.scope import may_at, signed_in
from spaces.models import Space
from spaces.templatetags.wording import month_name

PER_PAGE = 24
_NAMED = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Listed:
    """A month of the list: `closed` is its frozen row, if it is closed; the sums of a closed one are those it keeps."""

    first_on: date
    charged: int
    paid: int
    closed: Month | None
    is_over: bool

    @property
    def waits(self) -> bool:
        return self.is_over and self.closed is None


@dataclass(frozen=True)
class Warnings:
    """What one should know before a month is closed. None of it keeps it from being closed."""

    earlier: date | None
    charges: int
    charges_yen: int
    uncounted: list[date]
    unpaid: int
    unpaid_yen: int

    @property
    def are_none(self) -> bool:
        return not (self.earlier or self.charges or self.uncounted or self.unpaid)


def months_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Every month in which something was charged or paid, the latest first; a fixed number of queries."""
    space = space_or_404(request, MONTHS, slug)
    found = _months(space, timezone.now())
    context = {
        **framed(request, space, MONTHS),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "next": min((one.first_on for one in found if one.waits), default=None),
        "waiting": sum(one.waits for one in found),
        "may_close": may_at(request, space.pk, "add", MONTHS.label),
        "kept": "",
    }
    return shown_at(request, space, "admin/billing/months.html", context)


def month_view(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The figures of a month, kept or as they stand; a POST closes it for good."""
    space = space_or_404(request, MONTHS, slug)
    first_on = _named(name)
    may_close = may_at(request, space.pk, "add", MONTHS.label)
    refused: list[str] = []
    if request.method == "POST":
        if not may_close:
            raise PermissionDenied
        refused = _close(request, space, first_on)
        if not refused:
            return redirect("admin:billing_month", space.slug, name)
    now = timezone.now()
    closed = Month.objects.filter(space=space, first_on=first_on).select_related("closed_by").first()
    so_far = closed.figures if closed else figures(space, first_on)
    is_over = space.today(now) >= next_month(first_on)
    context = {
        **framed(request, space, MONTHS),
        "title": month_name(first_on),
        "first_on": first_on,
        "name": name,
        "closed": closed,
        "is_over": is_over,
        "figures": shown(so_far),
        "seen": print_of(so_far),
        "warnings": _warnings(space, first_on, now) if is_over and not closed else None,
        "may_count": may_at(request, space.pk, "add", CASH.label),
        "may_close": may_close,
        "refused": refused,
        "span": "from={}&to={}".format(*month_of(first_on)),
    }
    return shown_at(request, space, "admin/billing/month.html", context, status=409 if refused else 200)


def _close(request: HttpRequest, space: Space, first_on: date) -> list[str]:
    """Close a month with the figures that the page showed; what is against it, or nothing."""
    try:
        close_month(
            space=space,
            first_on=first_on,
            by_id=signed_in(request).pk,
            # Without what it showed a form agrees to nothing.
            seen=request.POST.get("seen") or "-",
            now=timezone.now(),
        )
    except ValidationError as error:
        return list(error.messages)
    messages.success(request, _("%(month)s is closed.") % {"month": month_name(first_on)})
    return []


def _named(name: str) -> date:
    """The first day of a month as an address names it: 2026-11. Raises Http404."""
    found = _NAMED.fullmatch(name)
    if not found or not 1 <= int(found[2]) <= 12 or not EARLIEST.year <= int(found[1]) <= LATEST.year:
        raise Http404
    return date(int(found[1]), int(found[2]), 1)


def _months(space: Space, now: datetime) -> list[Listed]:
    running = space.today(now).replace(day=1)
    closed = {one.first_on: one for one in Month.objects.filter(space=space).select_related("closed_by")}
    kept = {first_on: shown(one.figures) for first_on, one in closed.items()}
    sums = {one.day: (one.charged, one.paid) for one in by_month(space)}
    sums |= {first_on: (one.charged, one.paid) for first_on, one in kept.items()}
    return [
        Listed(first_on, *sums[first_on], closed=closed.get(first_on), is_over=first_on < running)
        for first_on in sorted(sums, reverse=True)
    ]


def _warnings(space: Space, first_on: date, now: datetime) -> Warnings:
    first, last = month_of(first_on)
    earlier = [one.first_on for one in _months(space, now) if one.waits and one.first_on < first_on]
    waiting = Charge.objects.open().filter(space=space, arises_on__range=(first, last))
    sums = waiting.aggregate(count=Count("pk"), sum=Sum("yen"))
    cash = Payment.objects.standing().filter(space=space, method="cash", received_on__range=(first, last))
    counted = CashCount.objects.filter(space=space, day=OuterRef("received_on"))
    uncounted = cash.filter(~Exists(counted)).order_by("received_on").values_list("received_on", flat=True).distinct()
    of_month = open_invoices(space, today=space.today(now))
    unpaid = [one for one in of_month if first <= one.invoice.issued_on <= last]
    return Warnings(
        earlier=min(earlier, default=None),
        charges=sums["count"],
        charges_yen=sums["sum"] or 0,
        uncounted=list(uncounted),
        unpaid=len(unpaid),
        unpaid_yen=sum(one.open for one in unpaid),
    )
