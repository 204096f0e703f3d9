"""Plans: what a space sells, and from when its members pay a new price."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldBooleanSwitchWidget

from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.scope import OwnFilter, OwnSpacesAdmin, WithHistory, signed_in
from bookings.admin.spaces import say_cancelled
from bookings.plan_visas import end_visas, falling_with_plan
from members.booths import offer_free
from members.models import Plan
from members.refusals import refusal
from members.repricing import TOLD_AHEAD, reprice_members
from spaces.models import Resource

VISAS = ("grants_visa", "first_visit_free")


class PlanForm(forms.ModelForm):
    """A plan, and from when the members who hold it pay a price that is changed here."""

    members_from = forms.DateField(
        label=_("Members pay it from the first renewal on or after"),
        required=False,
        validators=IN_OUR_TIME,
        help_text=_(
            "Counts if you change the price or the minutes of rooms: every member on this plan is told by mail now. "
            "Empty: members keep what they agreed to."
        ),
        widget=UnfoldAdminSingleDateWidget(),
    )
    visas_end = forms.BooleanField(
        label=_("Let the Coworking VISAs of its members end, and cancel their visits to come"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance.is_visit:
            self.initial["members_from"] = timezone.localdate() + TOLD_AHEAD
        else:
            self.fields.pop("members_from", None)
        if not takes_visas_away(self.instance, self.data if self.is_bound else None):
            self.fields.pop("visas_end")

    @property
    def repriced(self) -> bool:
        """Whether members get another price or other room hours, or are told now of what was changed before."""
        return bool({"price", "room_minutes", "members_from"} & set(self.changed_data))

    def clean(self) -> dict[str, Any]:
        """Whose visas and visits end with the plan's grant is said before it is saved: the box comes with that."""
        cleaned = super().clean() or self.cleaned_data
        if "visas_end" in self.fields and not cleaned.get("visas_end"):
            falling = falling_with_plan(self.instance, now=timezone.now())
            if falling:
                sentence = _(
                    "Coworking VISAs of members that would end at once: %(visas)s. Visits to come by them that would "
                    "be cancelled, at no charge: %(visits)s. If you mean it, tick this and save again."
                )
                counts = {"visas": len(falling.visas), "visits": len(falling.visits)}
                self.add_error("visas_end", ValidationError(sentence, code="visas_end", params=counts))
        return cleaned

    def clean_members_from(self) -> date | None:
        day: date | None = self.cleaned_data["members_from"]
        if day and self.repriced and day <= self.instance.space.today(timezone.now()):
            raise refusal("reprice_in_the_past")
        return day

    def clean_resources(self) -> Any:
        opened = self.cleaned_data["resources"]
        space = self.cleaned_data.get("space") or self.instance.space
        if any(resource.space_id != space.pk for resource in opened):
            raise ValidationError(_("A plan opens resources of its own space only."), code="elsewhere")
        kind = self.cleaned_data.get("kind") or self.instance.kind
        if any((resource.kind == Resource.Kind.BOOTH) != (kind == Plan.Kind.BOOTH) for resource in opened):
            raise ValidationError(
                _("Work booths are let by a plan of the kind work booth, and by no other."), code="booth"
            )
        return opened


def takes_visas_away(plan: Plan | None, sent: Any) -> bool:
    """Whether a form as it was sent lets a plan that grants visas grant none."""
    return bool(plan and plan.pk and plan.grants_visa and sent and not sent.get("grants_visa"))


@admin.register(Plan)
class PlanAdmin(WithHistory, OwnSpacesAdmin, TranslationAdmin):
    form = PlanForm
    list_display = ["name", "space", "kind", "price", "sign_up_fee", "minutes", "is_public", "retired_on", "is_sample"]
    list_filter = [("space", OwnFilter), "kind", "is_public", "is_sample"]
    list_select_related = ["space"]
    search_fields = ["name_ja", "name_en"]
    autocomplete_fields = ["resources"]
    fields = [
        "space",
        "kind",
        "name",
        "note",
        ("price", "sign_up_fee"),
        "minutes",
        "room_minutes",
        "members_from",
        "resources",
        ("wants_agreement", "hands_key"),
        VISAS,
        ("is_public", "position"),
        "retired_on",
        "is_sample",
    ]

    def get_fields(self, request: HttpRequest, obj: Plan | None = None) -> list[Any]:
        has_members = obj is not None and not obj.is_visit and self.has_change_permission(request, obj)
        fields = [name for name in self.fields or [] if has_members or name != "members_from"]
        if takes_visas_away(obj, request.POST):
            fields.insert(fields.index(VISAS) + 1, "visas_end")
        return fields

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> list[str]:
        return ["space"] if obj else []

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A booth that the plan opens now goes to who waits, not to who comes by.
        offer_free(form.instance, now=timezone.now())

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        if change and form.changed_data and "is_sample" not in form.changed_data:
            obj.is_sample = False
        not_before = form.cleaned_data.get("members_from")
        if change and form.repriced and not not_before:
            obj.members_pay_from = None
        super().save_model(request, obj, form, change)
        if "visas_end" in form.fields:
            say_cancelled(request, len(end_visas(plan=obj, now=timezone.now())))
        if change and form.repriced and not_before:
            told = reprice_members(plan=obj, not_before=not_before, by=signed_in(request), now=timezone.now())
            said = ngettext("%(count)s member is told of it.", "%(count)s members are told of it.", told)
            messages.info(request, said % {"count": told})
