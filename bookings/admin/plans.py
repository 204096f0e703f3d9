"""Plans and memberships."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.resources import ModelResource
from modeltranslation.admin import TranslationAdmin

from bookings.admin.scope import Exported, OwnFilter, OwnSpacesAdmin, WithHistory
from members.models import Membership, Plan


class PlanForm(forms.ModelForm):
    def clean_resources(self) -> Any:
        opened = self.cleaned_data["resources"]
        space = self.cleaned_data.get("space") or self.instance.space
        if any(resource.space_id != space.pk for resource in opened):
            raise ValidationError(_("A plan opens resources of its own space only."), code="elsewhere")
        return opened


@admin.register(Plan)
class PlanAdmin(WithHistory, OwnSpacesAdmin, TranslationAdmin):
    form = PlanForm
    list_display = ["name", "space", "kind", "price", "sign_up_fee", "minutes", "is_public", "retired_on", "is_sample"]
    list_filter = [("space", OwnFilter), "kind", "is_public", "is_sample"]
    list_select_related = ["space"]
    search_fields = ["name_ja", "name_en"]
    filter_horizontal = ["resources"]
    fields = [
        "space",
        "kind",
        "name",
        "note",
        ("price", "sign_up_fee", "minutes"),
        "resources",
        ("grants_visa", "first_visit_free"),
        ("is_public", "position"),
        "retired_on",
        "is_sample",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> list[str]:
        return ["space"] if obj else []

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        if change and form.changed_data and "is_sample" not in form.changed_data:
            obj.is_sample = False
        super().save_model(request, obj, form, change)


class MembershipExport(ModelResource):
    class Meta:
        model = Membership
        fields = ["user__email", "space__slug", "status", "starts_on", "ends_on"]


@admin.register(Membership)
class MembershipAdmin(Exported, WithHistory, OwnSpacesAdmin):
    resource_classes = [MembershipExport]
    list_display = ["user", "space", "status", "starts_on", "ends_on"]
    list_filter = [("space", OwnFilter), "status"]
    list_select_related = ["user", "space"]
    search_fields = ["user__email", "user__family_name", "user__given_name", "user__family_reading"]
    autocomplete_fields = ["user"]
    date_hierarchy = "starts_on"
    fields = ["user", "space", "status", ("starts_on", "ends_on")]
