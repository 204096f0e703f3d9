"""Worldwide Jelly Week: the Jellies of one week, of all spaces."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.feeds import Subscription
from events.finding import by_day, rows_of
from events.jelly_weeks import FIRST, coming_year, jellies_of, years_with_jellies
from events.repeating import jelly_week as week_of
from members.requests import VisitorRequest

# Nobody plans a Jelly further ahead.
AHEAD = 3


@require_safe
@login_not_required
def jelly_week(request: VisitorRequest, year: int | None = None) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    coming = coming_year(today)
    shown_year = coming if year is None else year_or_404(year, coming)
    first, last = week_of(shown_year)
    rows = rows_of(jellies_of(shown_year, now), request.user, now=now)
    on = [row for row in rows if not row.event.cancelled_at]
    context = {
        "year": shown_year,
        "coming": coming,
        "first": first,
        "last": last,
        "is_on": first <= today <= last,
        "is_over": last < today,
        "days": by_day(rows),
        "jellies": len(on),
        "spaces": len({place.venue.space_id for row in on for place in row.places if place.venue.space_id}),
        "subscription": Subscription.to("feed", jelly_week=shown_year),
        "years": [other for other in years_with_jellies() if other != shown_year],
    }
    return render(request, "events/jelly_week.html", context)


def year_or_404(year: int, coming: int) -> int:
    """A year since there are Jelly Weeks, and not too far ahead."""
    if not FIRST <= year <= coming + AHEAD:
        raise Http404
    return year
