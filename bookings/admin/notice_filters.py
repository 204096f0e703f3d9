"""What the outbox is narrowed down by."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.admin.scope import signed_in
from members.roles import spaces_where
from notices.kinds import labels
from notices.models import Notice
from spaces.models import Space

# What stands in an address for letters in the federation's own name.
NOBODY = "-"


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Notice.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        return queryset.filter(state=self.value()) if self.value() in Notice.State.values else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((name, str(label)) for name, label in labels().items()), key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class SpaceFilter(admin.SimpleListFilter):
    """The spaces whose letters the person sees; for who runs one alone there is nothing to choose."""

    title = _("space")
    parameter_name = "space"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        user = signed_in(request)
        rows = Space.objects.order_by("position", "slug")
        if not user.is_superuser:
            rows = rows.filter(pk__in=spaces_where(user.roles, "view", "notices.notice"))
        found = [(space.slug, space.name) for space in rows]
        return [*found, (NOBODY, _("Coworking Hokkaido"))] if user.is_superuser else found

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        if not self.value():
            return queryset
        return queryset.filter(space_slug="" if self.value() == NOBODY else self.value())


class ErrorFilter(admin.SimpleListFilter):
    """Those that went wrong at least once; a reason for dropping one is no error."""

    title = _("error")
    parameter_name = "error"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("with an error")), ("no", _("without an error"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        went_wrong = queryset.exclude(last_error="").exclude(state=Notice.State.DROPPED)
        if self.value() == "yes":
            return went_wrong
        return queryset.exclude(pk__in=went_wrong.values("pk")) if self.value() == "no" else queryset
