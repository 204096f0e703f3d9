"""Spaces, their hours, closures, amenities and resources."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline
from unfold.widgets import UnfoldBooleanSwitchWidget

from bookings import closing
from bookings.admin import leaving
from bookings.admin.scope import OwnFilter, OwnSpacesAdmin, OwnSpacesInline, WithHistory
from members.models import Question
from spaces.locks import lock_space
from spaces.models import Amenity, Closure, OpeningHours, Resource, Space


def cancel_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Cancel bookings that no longer fit, and tell the people"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


def say_cancelled(request: HttpRequest, count: int) -> None:
    if count:
        said = ngettext("%(count)s booking was cancelled.", "%(count)s bookings were cancelled.", count)
        messages.warning(request, said % {"count": count})


class SpaceForm(forms.ModelForm):
    cancel_misfits = cancel_field()

    def clean_joined_on(self) -> date:
        """The constraint space_leaves_after_joining is not asked by a form that does not set the other day."""
        joined_on: date = self.cleaned_data["joined_on"]
        if self.instance.left_on and self.instance.left_on < joined_on:
            raise ValidationError(_("A space can't leave before it joined."))
        return joined_on


class HoursFormSet(BaseInlineFormSet):
    """The weekly hours as they are about to be saved, together with the space's own new values."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.data.get("cancel_misfits"):
            return
        kept = [
            form.instance
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and form.instance.opens is not None
        ]
        closing.check_fit(self.instance, closing.with_hours(self.instance, kept), now=timezone.now())


class HoursInline(OwnSpacesInline):
    model = OpeningHours
    formset = HoursFormSet
    fields = ["weekday", "opens", "closes", "is_sample"]


class AmenityInline(OwnSpacesInline, TranslationTabularInline):
    model = Amenity
    fields = ["name", "position"]
    ordering_field = "position"


class QuestionInline(OwnSpacesInline, TranslationTabularInline):
    """What the space asks who applies or joins."""

    model = Question
    fields = ["kind", "text", "is_required", "position"]
    ordering_field = "position"


@admin.register(Space)
class SpaceAdmin(WithHistory, OwnSpacesAdmin, TranslationAdmin):
    space_lookup = "pk"
    form = SpaceForm
    inlines = [HoursInline, AmenityInline, QuestionInline]
    list_display = ["name", "address", "admission", "joined_on", "left_on"]
    list_filter = ["admission", "closed_on_holidays"]
    search_fields = ["name", "full_name", "slug"]
    # Leaving is an act with consequences (bookings/space_leaving.py), never a field that is set.
    readonly_fields = ["samples", "left_on"]
    change_form_outer_before_template = "admin/spaces/leaving_acts.html"
    prepopulated_fields = {"slug": ["name_en"]}
    fieldsets = [
        (None, {"fields": ["name", "full_name", "slug", "motto", "motto_meaning", "joining", "admission"]}),
        (_("The house"), {"fields": ["address", "town", "operator_name", "website", "opened_on", "opened_note"]}),
        (_("Look"), {"fields": ["colour", "emblem", "position"]}),
        (
            _("Rules of booking"),
            {
                "fields": [
                    "timezone",
                    "country",
                    "closed_on_holidays",
                    "horizon_days",
                    "notice_minutes",
                    "free_cancellation_minutes",
                    "cancel_misfits",
                ]
            },
        ),
        (
            _("Members"),
            {"fields": ["renewal_day", ("max_upcoming_bookings", "max_hours_a_week")]},
        ),
        (_("Federation"), {"fields": ["joined_on", "left_on", "samples"]}),
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/leave/", view(leaving.leave_view), name="spaces_space_leave"),
            path("<int:pk>/stay/", view(leaving.stay_view), name="spaces_space_stay"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        space = self.get_object(request, object_id)
        more = leaving.leaving_of(request, space) if space else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def save_model(self, request: HttpRequest, obj: Space, form: SpaceForm, change: bool) -> None:
        if change:
            # In the order of leaving: the resources, which cancelling misfits locks as well, and then the row.
            lock_space(obj)
            # The space may have left since this page was read, or while it waited for these locks.
            obj.refresh_from_db(fields=["left_on"], from_queryset=Space.objects.select_for_update(no_key=True))
        # A sample that somebody has overwritten is a fact.
        changed = {name.removesuffix("_ja").removesuffix("_en") for name in form.changed_data}
        obj.samples = [name for name in obj.samples if name not in changed]
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for each in formset.forms:
            if each.has_changed() and "is_sample" in each.fields and "is_sample" not in each.changed_data:
                each.instance.is_sample = False
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.cleaned_data.get("cancel_misfits"):
            say_cancelled(request, closing.cancel_misfits(form.instance, now=timezone.now()))


class ClosureForm(forms.ModelForm):
    cancel_misfits = cancel_field()

    def _post_clean(self) -> None:
        # After the instance has its new values: what is asked here is about them.
        super()._post_clean()  # type: ignore[misc]
        if self.errors or self.cleaned_data.get("cancel_misfits"):
            return
        try:
            closing.check_fit(self.instance.space, closing.with_closure(self.instance), now=timezone.now())
        except ValidationError as error:
            self.add_error(None, error)


@admin.register(Closure)
class ClosureAdmin(WithHistory, OwnSpacesAdmin, TranslationAdmin):
    form = ClosureForm
    list_display = ["space", "starts_on", "ends_on", "opens", "closes", "reason"]
    list_display_links = ["starts_on"]
    list_filter = [("space", OwnFilter)]
    list_select_related = ["space"]
    date_hierarchy = "starts_on"
    search_fields = ["reason_ja", "reason_en"]
    fields = ["space", ("starts_on", "ends_on"), ("opens", "closes"), "reason", "cancel_misfits"]

    def save_model(self, request: HttpRequest, obj: Closure, form: ClosureForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data["cancel_misfits"]:
            say_cancelled(request, closing.cancel_misfits(obj.space, now=timezone.now()))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Special hours that people have booked in can't be taken away unseen."""
        deletable, counts, needed, protected = super().get_deleted_objects(objs, request)
        for closure in objs:
            found = closing.misfits(closure.space, closing.with_closure(closure, removed=True), now=timezone.now())
            protected += [f"{booking.spaced_reference} {booking.holder}" for booking in found]
        return deletable, counts, needed, protected


class ResourceForm(forms.ModelForm):
    def _post_clean(self) -> None:
        before = Resource.objects.filter(pk=self.instance.pk).first()
        super()._post_clean()  # type: ignore[misc]
        if self.errors or before is None:
            return
        now = timezone.now()
        try:
            if self.instance.capacity < before.capacity:
                closing.check_capacity(self.instance, self.instance.capacity, now=now)
            if "retired_on" in self.changed_data:
                closing.check_retirement(self.instance, now=now)
        except ValidationError as error:
            self.add_error("capacity" if error.code == "capacity" else "retired_on", error)


@admin.register(Resource)
class ResourceAdmin(WithHistory, OwnSpacesAdmin, TranslationAdmin):
    form = ResourceForm
    list_display = ["name", "space", "kind", "capacity", "persons", "price_per_hour", "members_only", "retired_on"]
    list_filter = [("space", OwnFilter), "kind", "members_only"]
    list_select_related = ["space"]
    search_fields = ["name_ja", "name_en"]
    fields = [
        "space",
        "kind",
        "name",
        ("capacity", "persons"),
        ("step_minutes", "price_per_hour"),
        "members_only",
        "position",
        "retired_on",
        "is_sample",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Resource | None = None) -> list[str]:
        # Bookings point at it: it stays what it is, where it is.
        return ["space", "kind"] if obj else []

    def save_model(self, request: HttpRequest, obj: Resource, form: Any, change: bool) -> None:
        if change and form.changed_data and "is_sample" not in form.changed_data:
            obj.is_sample = False
        super().save_model(request, obj, form, change)
