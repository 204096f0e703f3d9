"""How operators narrow the list of memberships: by the plan of today, by what ends soon, by who has a booth."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.admin.scope import signed_in
from members.models import AgreedPlan, Membership, Plan
from members.roles import spaces_where
from spaces.today import today_at

EXPIRING_WITHIN = timedelta(days=30)


def agreed_today(**terms: Any) -> Exists:
    """Whether a membership has an agreed plan with these terms today; one that has not begun, or rests, has too."""
    today = today_at("membership__space__timezone", timezone.now())
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=today) | Q(membership__status__in=["ended", "declined"])
    begun = Q(starts_on__lte=today) | Q(membership__starts_on__gt=today)
    return Exists(AgreedPlan.objects.filter(lasting, begun, membership=OuterRef("pk"), **terms))


class PlanFilter(admin.SimpleListFilter):
    title = _("plan")
    parameter_name = "plan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        plans = Plan.objects.held().select_related("space")
        if not request.user.is_superuser:
            plans = plans.filter(space__in=spaces_where(signed_in(request).roles, "view", "members.membership"))
        rows = list(plans)
        several = len({plan.space_id for plan in rows}) > 1
        return [(str(plan.pk), str(plan) if several else plan.name) for plan in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        value = self.value() or ""
        return queryset.filter(agreed_today(plan=int(value))) if value.isdecimal() else queryset


class ExpiringFilter(admin.SimpleListFilter):
    title = _("expiring")
    parameter_name = "expiring"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("soon", _("Ends within 30 days")), ("never", _("No end planned"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        runs = queryset.filter(status__in=[Membership.Status.ACTIVE, Membership.Status.PAUSED])
        if self.value() == "soon":
            today = today_at("space__timezone", timezone.now())
            last = ExpressionWrapper(today + EXPIRING_WITHIN, output_field=DateField())
            return runs.filter(ends_on__gte=today, ends_on__lte=last)
        return runs.filter(ends_on__isnull=True) if self.value() == "never" else queryset


class BoothFilter(admin.SimpleListFilter):
    title = _("work booth")
    parameter_name = "booth"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("With a booth")), ("no", _("Without a booth"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        has_one = agreed_today(booth__isnull=False)
        if self.value() == "yes":
            return queryset.filter(has_one)
        return queryset.filter(~has_one) if self.value() == "no" else queryset
