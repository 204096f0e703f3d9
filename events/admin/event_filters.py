"""Filters of the list of events."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.admin.scope import OwnFilter
from events.models import Event

_STATES: dict[str, tuple[Any, Callable[[datetime], Q]]] = {
    "draft": (_("Draft"), lambda now: Q(published_at=None, cancelled_at=None)),
    "announced": (_("Announced"), lambda now: Q(published_at__isnull=False, cancelled_at=None, ends_at__gt=now)),
    "over": (
        pgettext_lazy("an event", "Over"),
        lambda now: Q(published_at__isnull=False, cancelled_at=None, ends_at__lte=now),
    ),
    "cancelled": (_("Cancelled"), lambda now: Q(cancelled_at__isnull=False)),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _condition) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        state = _STATES.get(self.value() or "")
        return queryset.filter(state[1](timezone.now())) if state else queryset


class SeriesFilter(OwnFilter):
    """A series by the title of its latest event: its rule says little to people."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        own = model_admin.get_queryset(request).filter(series__isnull=False).order_by("series_id", "-occurs_on")
        titles = {event.series_id: event.title for event in own.prefetch_related(None).distinct("series_id")}
        return sorted(titles.items(), key=lambda one: str(one[1]))
