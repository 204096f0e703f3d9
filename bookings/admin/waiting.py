"""The waiting list for booths, to look at: people join and leave it by themselves."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from bookings.admin.scope import LookedAtAdmin, OwnFilter
from members.models import BoothWait
from spaces.templatetags.wording import clock, day


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waits")), ("offered", _("Holds an offer")), ("settled", _("Settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BoothWait]) -> QuerySet[BoothWait]:
        if self.value() == "settled":
            return queryset.filter(settled_at__isnull=False)
        if self.value() in ("waiting", "offered"):
            return queryset.filter(settled_at__isnull=True, booth__isnull=self.value() == "waiting")
        return queryset


@admin.register(BoothWait)
class BoothWaitAdmin(LookedAtAdmin):
    space_lookup = "plan__space_id"
    list_display = ["person", "plan", "place", "since", "booth", "lapses", "outcome"]
    list_display_links = ["plan"]
    list_filter = [("plan__space", OwnFilter), ("plan", OwnFilter), OpenFilter]
    list_select_related = ["user", "plan__space", "booth"]
    search_fields = ["user__email", "user__family_name", "user__family_reading"]
    ordering = ["settled_at", "plan", "since", "pk"]
    readonly_fields = ["user", "plan", "since", "booth", "free_from", "lapses_at", "settled_at", "outcome"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BoothWait]:
        before = Q(since__lt=OuterRef("since")) | Q(since=OuterRef("since"), pk__lte=OuterRef("pk"))
        line = BoothWait.objects.in_line().filter(before, plan=OuterRef("plan")).order_by().values("plan")
        number = Subquery(line.annotate(number=Count("*")).values("number"), output_field=IntegerField())
        return super().get_queryset(request).annotate(number=number)

    @admin.display(description=_("person"), ordering="user__family_reading")
    def person(self, place: BoothWait) -> str:
        address = reverse("admin:members_person_at_space", args=[place.user_id, place.plan.space.slug])
        return format_html('<a href="{}" class="op-link">{}</a>', address, place.user)

    @admin.display(description=_("place in line"))
    def place(self, place: Any) -> str:
        return str(place.number) if place.settled_at is None and place.booth_id is None else "–"

    @admin.display(description=_("offer lapses"), ordering="lapses_at")
    def lapses(self, place: BoothWait) -> str:
        if place.lapses_at is None or place.settled_at is not None:
            return "–"
        with timezone.override(place.plan.space.zone):
            return f"{day(place.lapses_at)} {clock(place.lapses_at)}"
