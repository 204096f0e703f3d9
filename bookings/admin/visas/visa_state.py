"""How visas stand today, and what they are used for this month: for any number of them at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.admin.scope import AskedList
from bookings.used import visa_days
from members.models import Membership
from spaces.models import Space
from visas.entry import free_days
from visas.holding import held_by_key
from visas.models import Visa

VALID = "valid"
# By the code of the refusal that says why one is not valid (visas/holding.py).
STATES = {
    VALID: pgettext_lazy("a visa", "Valid"),
    "visa_revoked": _("Revoked"),
    "visa_ended": _("Membership ended"),
    "visa_ends": _("Membership ended"),
    "visa_begins": _("Not begun yet"),
    "visa_rests": _("Membership paused"),
    "visa_not_granted": _("Not with this plan"),
}
STATE_COLOURS = {
    VALID: "success",
    "visa_revoked": "danger",
    "visa_ended": "",
    "visa_ends": "",
    "visa_begins": "info",
    "visa_rests": "warning",
    "visa_not_granted": "",
}
_RUNS = Q(revoked_at=None, membership__status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED])


def state_words(state: str) -> Any:
    return STATES[state]


def days_of_this_month(visas: Collection[Visa], *, now: datetime) -> dict[int, dict[Space, int]]:
    """How many free days visas are used for in the month that runs, by visa and host: two queries.

    Of the month by the calendar of each host; days that are booked and still to come count. The visas come with their
    memberships.
    """
    hosts = {host.pk: host for host in Space.objects.all()}
    found: dict[int, dict[Space, int]] = {}
    for (visa, key), used in visa_days(visas, hosts.values(), now=now).items():
        host = hosts[key]
        days = free_days(used, host.today(now))
        if days:
            found.setdefault(visa, {})[host] = len(days)
    return found


def with_state(visas: Collection[Any], *, now: datetime) -> None:
    """Note on visas their `state` today, `why_not` if they are not valid, and `used`, by host: three queries."""
    held = held_by_key(visa.pk for visa in visas)
    used = days_of_this_month([one.visa for one in held.values()], now=now)
    for visa in visas:
        one = held[visa.pk]
        visa.why_not = one.why_not_on(one.home.today(now))
        visa.state = visa.why_not.code if visa.why_not else VALID
        visa.used = used.get(visa.pk, {})


class VisaList(AskedList):
    """A page of the list, with how its visas stand."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        with_state(self.result_list, now=timezone.now())


class VisaStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("runs", _("Membership runs")), ("revoked", _("Revoked")), ("ended", _("Membership ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Visa]) -> QuerySet[Visa]:
        chosen = {
            "runs": _RUNS,
            "revoked": Q(revoked_at__isnull=False),
            "ended": Q(membership__status=Membership.Status.ENDED),
        }.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset
