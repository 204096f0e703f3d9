"""Who a space's papers are from, and when they are to be paid."""

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from billing.invoicing import issuer_of
from billing.models import Issuer
from billing.printing import pdf
from billing.sample import sample_invoice
from bookings.admin.scope import OwnFilter, OwnSpacesAdmin, signed_in
from members.roles import spaces_where
from spaces.models import Space

MOST_REMINDERS = 6
LATEST_REMINDER = 120
_PARTED = re.compile(r"[,、\s]+")


class NumberField(forms.CharField):
    """A registration number, also as it is typed with full-width digits, hyphens or a small t."""

    def to_python(self, value: Any) -> str:
        typed = unicodedata.normalize("NFKC", super().to_python(value) or "")
        return re.sub(r"[-\s]", "", typed).upper()


class DaysField(forms.CharField):
    """Whole numbers of days, parted by commas, in order and each once."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        typed = unicodedata.normalize("NFKC", super().clean(value))
        words = [word for word in _PARTED.split(typed) if word]
        if not all(word.isdecimal() and len(word) <= 3 and 1 <= int(word) <= LATEST_REMINDER for word in words):
            raise ValidationError(
                _("Give days from 1 to %(latest)s, parted by commas: 3, 7, 14."),
                code="days",
                params={"latest": LATEST_REMINDER},
            )
        days = sorted({int(word) for word in words})
        if len(days) > MOST_REMINDERS:
            raise ValidationError(
                _("At most %(most)s reminders of one invoice."), code="reminders", params={"most": MOST_REMINDERS}
            )
        return days


class IssuerForm(forms.ModelForm):
    registration_number = NumberField(
        label=capfirst(Issuer._meta.get_field("registration_number").verbose_name),
        help_text=Issuer._meta.get_field("registration_number").help_text,
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    reminder_days = DaysField(
        label=capfirst(Issuer._meta.get_field("reminder_days").verbose_name),
        help_text=_("Days after the due date on which a reminder goes out, parted by commas: 3, 7, 14. Empty: none."),
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        widgets = {"bank_account": UnfoldAdminTextareaWidget(attrs={"rows": 4})}


@admin.register(Issuer)
class IssuerAdmin(OwnSpacesAdmin):
    form = IssuerForm
    list_display = ["space", "name", "registration_number", "due_days", "invoice_day"]
    list_filter = [("space", OwnFilter)]
    list_select_related = ["space"]
    change_form_outer_before_template = "admin/billing/issuer_sample.html"
    fieldsets = [
        (
            None,
            {
                "fields": ["space", "name", "address", "registration_number", "bank_account"],
                "description": _(
                    "Papers that are issued from now on say this; those issued before keep what they say."
                ),
            },
        ),
        (_("Days"), {"fields": [("due_days", "invoice_day"), "reminder_days"]}),
    ]

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.sample_view)
        return [path("<int:pk>/sample.pdf", page, name="billing_issuer_sample"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Issuer | None = None) -> list[str]:
        return ["space"] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A space has one issuer, so there is nothing to add where all have theirs."""
        return super().has_add_permission(request) and _without_issuer(self, request).exists()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the papers of the space say as long as nobody says otherwise, in the language of the house."""
        asked = request.GET.get("space", "")
        spaces = _without_issuer(self, request)
        space = (spaces.filter(pk=asked) if asked.isdecimal() and len(asked) < 10 else spaces).first()
        if space is None:
            return {}
        with override(settings.LANGUAGE_CODE):
            so_far = issuer_of(space)
        return {"space": space.pk, "name": so_far.name, "address": so_far.address}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "space":
            kwargs["queryset"] = _without_issuer(self, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def sample_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An invoice as it would look, in the language of the page."""
        issuer = self.row_or_404(request, pk, "view")
        paper = sample_invoice(issuer, language=get_language() or "ja", now=timezone.now())
        named = {"Content-Disposition": 'inline; filename="sample-invoice.pdf"', "Cache-Control": "private, no-store"}
        return HttpResponse(pdf(paper), content_type="application/pdf", headers=named)


def _without_issuer(issuers: IssuerAdmin, request: HttpRequest) -> QuerySet[Space]:
    """The spaces at which the person may add an issuer, and that have none."""
    spaces = Space.objects.filter(issuer__isnull=True)
    if request.user.is_superuser:
        return spaces
    return spaces.filter(pk__in=spaces_where(signed_in(request).roles, "add", issuers.opts.label_lower))
