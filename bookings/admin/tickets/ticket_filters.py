"""What the list of tickets is narrowed down by."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.admin.tickets.reach import TICKET, campaigns_of, where
from bookings.ticket_states import State
from visas.models import Campaign, Ticket

LABELS_SHOWN = 100
# What stands in an address for tickets without a label.
NONE = "-"


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in State.values else queryset


class CampaignFilter(admin.SimpleListFilter):
    title = gettext_lazy("campaign")
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(one.pk), one.name) for one in campaigns_of(Campaign.objects.all(), where(request, "view", TICKET))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        return queryset.filter(campaign=key) if (key := _key(self.value())) else queryset


class LabelFilter(admin.SimpleListFilter):
    """The labels of a campaign, once it is chosen: each has its own."""

    title = gettext_lazy("given out where")
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        key = _key(request.GET.get("campaign"))
        own = campaigns_of(Campaign.objects.filter(pk=key), where(request, "view", TICKET)) if key else None
        if own is None:
            return []
        labels = Ticket.objects.filter(campaign__in=own).order_by("label").values_list("label", flat=True).distinct()
        return [(label or NONE, label or _("(nothing noted)")) for label in labels[:LABELS_SHOWN]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        if not self.value():
            return queryset
        return queryset.filter(label="" if self.value() == NONE else self.value())


def _key(text: Any) -> int | None:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
