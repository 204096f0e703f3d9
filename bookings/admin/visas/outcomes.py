"""What came of requests for visits by VISA, as their list shows it and is narrowed down by it."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from bookings.models import VisaRequest

Outcome = VisaRequest.Outcome
OUTCOME_COLOURS = {
    Outcome.ASKED: "warning",
    Outcome.UNANSWERED: "danger",
    Outcome.ACCEPTED: "info",
    Outcome.USED: "success",
    Outcome.REFUSED: "",
    Outcome.WITHDRAWN: "",
}


class OutcomeFilter(admin.SimpleListFilter):
    title = gettext_lazy("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Outcome.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[VisaRequest]) -> QuerySet[VisaRequest]:
        now = timezone.now()
        came = Q(booking__checked_in_at__isnull=False)
        # `outcome_at` tells one row the same.
        ways: dict[str, Q] = {
            Outcome.ASKED: Q(answered_at=None, starts_at__gt=now),
            Outcome.UNANSWERED: Q(answered_at=None, starts_at__lte=now),
            Outcome.ACCEPTED: Q(answer="accepted") & ~came,
            Outcome.USED: came,
            Outcome.REFUSED: Q(answer="refused"),
            Outcome.WITHDRAWN: Q(answer="withdrawn"),
        }
        chosen = ways.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset
