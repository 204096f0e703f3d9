"""How the house is, for who runs a space: its parts in words, and what has not gone out of their own notices."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bookings.admin.scope import signed_in
from desk import health, rounds
from desk.admin.health_words import parts
from members.roles import spaces_where
from notices.kinds import labels
from notices.models import Notice

DAY = timedelta(days=1)
# A try that failed puts the next one off, so it says nothing of how long they wait.
FAILING = Q(attempts__gt=0)


def health_view(request: HttpRequest) -> HttpResponse:
    """For owners and operators, and superusers: three queries beside those of the parts."""
    user = signed_in(request)
    if not (user.is_superuser or spaces_where(user.roles, "change", "notices.notice")):
        raise PermissionDenied
    now = timezone.now()
    found = health.look(now=now)
    rows: QuerySet[Notice] = admin.site.get_model_admin(Notice).get_queryset(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Health of the house"),
        "parts": parts(found, rounds.last() if found.redis else None),
        "notices": _counts(rows, now),
        "parked": _parked(rows),
        "all_parked": _list_of(state__exact=Notice.State.PARKED),
        "now": now,
        "version": settings.VERSION,
    }
    return TemplateResponse(request, "admin/desk/health.html", context)


def _counts(rows: QuerySet[Notice], now: datetime) -> dict[str, Any]:
    """What waits, with the oldest, and what was settled within a day."""
    states = Notice.State
    waiting = rows.filter(state=states.WAITING).aggregate(
        count=Count("pk"),
        failing=Count("pk", filter=FAILING),
        oldest=Min("created_at"),
        next_try=Min("try_at"),
        failing_since=Min("due_at", filter=FAILING),
    )
    due = [moment for moment in (waiting["next_try"], waiting["failing_since"]) if moment and moment <= now]
    recent = rows.filter(state__in=(states.SENT, states.DROPPED), settled_at__gt=now - DAY)
    settled = dict(recent.order_by().values_list("state").annotate(Count("pk")))
    return {
        "waiting": waiting["count"],
        "oldest": waiting["oldest"],
        "failing": waiting["failing"],
        "due_since": min(due, default=None),
        "sent": settled.get(states.SENT, 0),
        "dropped": settled.get(states.DROPPED, 0),
        "waiting_list": _list_of(state__exact=states.WAITING),
    }


def _parked(rows: QuerySet[Notice]) -> list[dict[str, Any]]:
    """Parked notices by kind, with the list that shows them."""
    parked = rows.filter(state=Notice.State.PARKED).order_by().values_list("kind").annotate(Count("pk"))
    names = labels()
    return [
        {
            "kind": names.get(kind, kind),
            "count": count,
            "list": _list_of(state__exact=Notice.State.PARKED, kind=kind),
        }
        for kind, count in sorted(parked)
    ]


def _list_of(**filters: str) -> str:
    return f"{reverse('admin:notices_notice_changelist')}?{urlencode(filters)}"
