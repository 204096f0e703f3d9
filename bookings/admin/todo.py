"""The list of what waits for the operators, with a count in the menu."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import todo
from bookings.admin.scope import signed_in
from bookings.models import VisaRequest
from bookings.standing import Standing
from members.models import AgreedPlan, BoothWait, Membership
from members.roles import spaces_where
from spaces.models import Space
from visas.models import Participation

SHOWN = 50


def todo_view(request: HttpRequest, site: Any) -> HttpResponse:
    """What waits, by kind: a fixed number of queries."""
    now = timezone.now()
    found = []
    for task in todo.tasks():
        rows = task.rows(_own_spaces(request, task), now)
        found.append((task, list((rows.select_related(*task.related) if task.related else rows)[: SHOWN + 1])))
    memberships = [row for task, rows in found for row in rows if isinstance(row, Membership)]
    agreed = Prefetch("agreed_plans", AgreedPlan.objects.select_related("plan", "booth").order_by("starts_on"))
    prefetch_related_objects(memberships, agreed)
    context = {
        **site.each_context(request),
        "title": _("To do"),
        "tasks": [_group(task, rows, now) for task, rows in found if rows],
        "may_act": spaces_where(signed_in(request).roles, "change", "members.membership"),
        "may_answer": spaces_where(signed_in(request).roles, "change", "visas.participation"),
        "is_superuser": request.user.is_superuser,
    }
    return TemplateResponse(request, "admin/members/todo.html", context)


def waiting_count(request: HttpRequest) -> int:
    """How many entries the menu says; asked once for a page."""
    if not hasattr(request, "_todo_count"):
        request._todo_count = todo.count(partial(_own_spaces, request), timezone.now())  # type: ignore[attr-defined]
    return int(request._todo_count)  # type: ignore[attr-defined]


def _own_spaces(request: HttpRequest, task: todo.Task) -> Iterable[int] | None:
    user = signed_in(request)
    return None if user.is_superuser else spaces_where(user.roles, "view", task.label)


def _group(task: todo.Task, rows: list[Any], now: datetime) -> dict[str, Any]:
    shown = rows[:SHOWN]
    return {
        "name": task.name,
        "title": task.title,
        "more": len(rows) > SHOWN,
        "row_template": task.row_template,
        "rows": shown if task.row_template else [],
        "places": [
            {"place": row, "is_urgent": row.lapses_at and row.lapses_at - now <= todo.LAPSING_WITHIN}
            for row in shown
            if isinstance(row, BoothWait)
        ],
        "standings": [Standing(row, now) for row in shown if isinstance(row, Membership)],
        "parts": [row for row in shown if isinstance(row, Participation)],
        "requests": [row for row in shown if isinstance(row, VisaRequest)],
        "spaces": [
            {"space": row, "last_month": row.today(now).replace(day=1) - timedelta(days=1)}
            for row in shown
            if isinstance(row, Space)
        ],
    }
