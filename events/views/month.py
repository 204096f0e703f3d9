"""The month: events in a calendar."""

import re
from datetime import date, timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.forms import near
from events.finding import between, rows_of, shown, with_venues
from events.month import last_day, month_before, next_month, weeks_of
from events.views.finding import filters
from members.requests import VisitorRequest

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@require_safe
@login_not_required
def month(request: VisitorRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    first = month_or_404(request.GET.get("month") or f"{today:%Y-%m}")
    form = filters(request, with_left=first < today)
    found = form.narrowed(between(shown(now), first, last_day(first)))
    rows = [row for row in rows_of(with_venues(found), request.user, now=now) if first <= row.day <= last_day(first)]
    context = {
        "form": form,
        "first": first,
        "weeks": weeks_of(first, rows, today=today),
        "is_empty": not rows,
        "is_this_month": first == today.replace(day=1),
        "before": near_or_none(month_before(first)),
        "after": near_or_none(next_month(first)),
        "week": [first - timedelta(days=first.weekday()) + timedelta(days=number) for number in range(7)],
    }
    return render(request, "events/month.html", context, status=200 if form.is_valid() else 400)


def month_or_404(text: str) -> date:
    """The first day of a month that is written like 2026-12, and not too far away for any page."""
    found = _MONTH.fullmatch(text)
    try:
        first = date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        first = None
    if first is None or near_or_none(first) is None:
        raise Http404
    return first


def near_or_none(first: date) -> date | None:
    """A month that the calendar reaches."""
    try:
        near(first)
    except ValidationError:
        return None
    return first
