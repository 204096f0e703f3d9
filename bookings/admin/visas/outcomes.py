"""What came of requests for visits by VISA, as their list shows it and is narrowed down by it."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from bookings.models import VisaRequest
from bookings.models.visa_request import VisaRequestQuerySet

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

    def queryset(self, request: HttpRequest, queryset: Any) -> VisaRequestQuerySet:
        now = timezone.now()
        came = Q(booking__checked_in_at__isnull=False)
        # `outcome_at` tells one row the same.
        ways: dict[str, VisaRequestQuerySet] = {
            Outcome.ASKED: queryset.waiting(now),
            Outcome.UNANSWERED: queryset.unanswered(now),
            Outcome.ACCEPTED: queryset.filter(~came, answer="accepted"),
            Outcome.USED: queryset.filter(came),
            Outcome.REFUSED: queryset.filter(answer="refused"),
            Outcome.WITHDRAWN: queryset.filter(answer="withdrawn"),
        }
        return ways.get(self.value() or "", queryset)
