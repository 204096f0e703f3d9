"""Coworking VISAs of a space's members: the list with how each stands, the page of one, revoking and reissuing it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.views import ChangeList

from bookings.admin.money.listed import on_day, person_address
from bookings.admin.scope import LookedAtAdmin, OwnFilter
from bookings.admin.visas import visa_acts
from bookings.admin.visas.visa_page import page_of
from bookings.admin.visas.visa_state import STATE_COLOURS, VisaList, VisaStateFilter, state_words, with_state
from members.named import people_named
from visas.models import Visa
from visas.numbers import read_number


@admin.register(Visa)
class VisaAdmin(LookedAtAdmin):
    """Whether one is valid follows from the membership; by hand it is revoked, or given another number."""

    space_lookup = "membership__space_id"
    list_display = ["number_label", "person", "space", "state_label", "issued", "used_label"]
    list_filter = [("membership__space", OwnFilter), VisaStateFilter]
    list_select_related = ["membership__user", "membership__space"]
    search_fields = ["number"]
    search_help_text = gettext_lazy("Number, name, reading or e-mail")
    ordering = ["-issued_at", "-pk"]
    change_form_outer_before_template = "admin/visas/visa_acts.html"
    change_form_outer_after_template = "admin/visas/visa_page.html"
    readonly_fields = ["number_label", "person", "space", "state_sentence", "issued", "revoked", "revoked_by"]

    issued = on_day("issued_at", gettext_lazy("issued"))
    revoked = on_day("revoked_at", gettext_lazy("revoked"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/revoke/", view(self.revoke_view), name="visas_visa_revoke"),
            path("<int:pk>/reissue/", view(self.reissue_view), name="visas_visa_reissue"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return VisaList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By a number, however it is typed and as far as it is known; or by the name of whose it is."""
        words = search_term.strip()
        if not words:
            return queryset, False
        number = read_number(words)
        if number.isdecimal():
            return queryset.filter(number__contains=number), False
        return queryset.filter(membership__user__in=people_named(words)), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields: list[Any] = [("number_label", "person"), ("space", "issued"), "state_sentence"]
        if obj and obj.revoked_at:
            fields += [("revoked", "revoked_by"), "revoke_reason"]
        return fields

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        visa = self.get_object(request, object_id)
        more = page_of(request, visa, now=timezone.now()) if visa else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With what its state is told by."""
        visa = super().get_object(request, object_id, from_field)
        if visa:
            with_state([visa], now=timezone.now())
        return visa

    # Acts

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return visa_acts.revoke_view(request, self.row_or_404(request, pk, "change"))

    def reissue_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return visa_acts.reissue_view(request, self.row_or_404(request, pk, "change"))

    # Columns

    @admin.display(description=gettext_lazy("number"), ordering="number")
    def number_label(self, visa: Visa) -> str:
        return visa.printed_number

    @admin.display(description=gettext_lazy("person"), ordering="membership__user__family_reading")
    def person(self, visa: Visa) -> str:
        membership = visa.membership
        address = person_address(membership.user_id, membership.space)
        return format_html('<a href="{}" class="op-link">{}</a>', address, membership.user)

    @admin.display(description=gettext_lazy("home space"), ordering="membership__space")
    def space(self, visa: Visa) -> str:
        return str(visa.membership.space)

    @display(description=gettext_lazy("state today"), label=STATE_COLOURS)
    def state_label(self, visa: Any) -> tuple[str, Any]:
        return visa.state, state_words(visa.state)

    @admin.display(description=gettext_lazy("state today"))
    def state_sentence(self, visa: Any) -> str:
        return " ".join(visa.why_not.messages) if visa.why_not else str(state_words(visa.state))

    @admin.display(description=gettext_lazy("free days of this month"))
    def used_label(self, visa: Any) -> str:
        return str(sum(visa.used.values()))
