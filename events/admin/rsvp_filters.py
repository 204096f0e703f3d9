"""Filters of the lists of sign-ups and of lines on the wall."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.admin.scope import OwnFilter
from events.admin.words import day_of
from events.models import Event
from events.models.rsvp import GOING, WAITING

EVENTS_SHOWN = 30

_STATES: dict[str, tuple[Any, Q]] = {
    "going": (_("Going"), GOING & Q(attended_at=None)),
    "waiting": (_("On the waiting list"), WAITING),
    "came": (pgettext_lazy("an event", "Came"), Q(attended_at__isnull=False)),
    "left": (_("Not coming"), Q(left_at__isnull=False)),
    "unconfirmed": (_("Not confirmed yet"), Q(confirmed_at=None, left_at=None)),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _condition) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = _STATES.get(self.value() or "")
        return queryset.filter(state[1]) if state else queryset


class TitleFilter(OwnFilter):
    """The events that are nearest to now, by day and title."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        listed = Event.objects.filter(pk__in=model_admin.get_queryset(request).order_by().values("event"))
        rows = listed.select_related("organiser").filter(cancelled_at=None)
        now = timezone.now()
        coming = list(rows.upcoming(now)[:EVENTS_SHOWN])
        past = list(rows.past(now)[: EVENTS_SHOWN - len(coming)])
        return [(event.pk, f"{day_of(event)} {event.title}") for event in [*coming, *past]]
