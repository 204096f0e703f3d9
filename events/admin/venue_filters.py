"""Filters of the list of venues."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.admin.words import VENUE_STATES
from events.models import Venue


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("coming", _("Upcoming")), ("past", _("Past"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        chosen = {"coming": Q(event__ends_at__gt=now), "past": Q(event__ends_at__lte=now)}.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


class VenueStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _colour) in VENUE_STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Venue]) -> QuerySet[Venue]:
        chosen = {
            "asked": Q(agreed_at=None, left_at=None),
            "declined": Q(agreed_at=None, left_at__isnull=False),
            "takes part": Q(agreed_at__isnull=False, left_at=None),
            "left": Q(agreed_at__isnull=False, left_at__isnull=False),
        }.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset
