"""Charges: the list, the page of one of them, writing one by hand, and taking one back."""

from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from billing.charging import is_closed, undo
from billing.models import Charge
from bookings.admin.asking import Question, ask
from bookings.admin.money.charge_form import ChargeForm
from bookings.admin.money.figures import rate_in_words
from bookings.admin.money.listed import MoneyAdmin, on_day, person_address
from bookings.admin.scope import OwnFilter, OwnSpacesAdmin, choices
from members.dues import is_for_membership
from spaces.templatetags.wording import plain_day, signed_yen

STATES = {"open": _("Not invoiced"), "invoiced": _("Invoiced"), "voided": _("Voided")}
STATE_COLOURS = {"open": "warning", "invoiced": "success", "voided": ""}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Charge]) -> QuerySet[Charge]:
        if self.value() == "open":
            return queryset.filter(pk__in=Charge.objects.open())
        if self.value() == "invoiced":
            return queryset.filter(invoice__isnull=False)
        return queryset.filter(voided_at__isnull=False) if self.value() == "voided" else queryset


@admin.register(Charge)
class ChargeAdmin(MoneyAdmin):
    list_display = ["arisen", "person", "text", "kind", "amount", "state_label", "space"]
    list_display_links = ["arisen", "text"]
    list_filter = [("space", OwnFilter), StateFilter, "kind"]
    list_select_related = ["payer", "space", "invoice"]
    search_fields = ["text"]
    search_help_text = _("Text, name, reading or e-mail")
    date_hierarchy = "arises_on"
    ordering = ["-arises_on", "-pk"]
    autocomplete_fields = ["payer"]
    change_form_outer_before_template = "admin/billing/charge_acts.html"
    shown = ["person", "space", ("kind", "text"), ("amount", "rate"), "arisen", "on_invoice", "undoes", "voided_at"]

    arisen = on_day("arises_on", _("day"))

    def get_urls(self) -> list[Any]:
        undo_view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", undo_view, name="billing_charge_undo"), *super().get_urls()]

    def also_named(self, words: str) -> Q:
        return Q(text__icontains=words)

    # Writing one by hand

    def has_add_permission(self, request: HttpRequest) -> bool:
        return OwnSpacesAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: Charge | None = None) -> list[Any]:
        if obj is None:
            return ["space", "payer", "kind", "text", ("yen", "tax_rate"), "arises_on", "form_key"]
        told = {"undoes": obj.reverses_id, "voided_at": obj.voided_at}
        return [name for name in self.shown if not isinstance(name, str) or told.get(name, True)]

    def get_readonly_fields(self, request: HttpRequest, obj: Charge | None = None) -> Any:
        return ["person", "amount", "rate", "arisen", "on_invoice", "undoes"] if obj else []

    def get_form(self, request: HttpRequest, obj: Charge | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = ChargeForm
        return super().get_form(request, obj, change, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        now = timezone.now()
        given = {name: request.GET[name] for name in ("space", "payer") if request.GET.get(name, "").isdecimal()}
        offered = choices(self, Charge._meta.get_field("space"), request)
        space = offered.filter(pk=given["space"]).first() if "space" in given else None
        today = space.today(now) if space else timezone.localdate(now)
        return {"kind": Charge.Kind.OTHER, "arises_on": today, "form_key": uuid4(), **given}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        one_button = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **one_button})

    def save_model(self, request: HttpRequest, obj: Charge, form: Any, change: bool) -> None:
        """The form's act has saved it."""

    def response_add(self, request: HttpRequest, obj: Charge, post_url_continue: str | None = None) -> HttpResponse:
        said = _("Charged to %(name)s: %(text)s, %(yen)s.")
        messages.success(request, said % {"name": obj.payer, "text": obj.text, "yen": signed_yen(obj.yen)})
        return redirect(person_address(obj.payer_id, obj.space))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if found:
            taken_back = Charge.objects.filter(reverses=found).first()
            stands = not (found.voided_at or found.reverses_id or taken_back)
            more = {
                "charge": found,
                "taken_back": taken_back,
                "may_undo": stands and self.is_allowed(request, "change", found),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # Taking one back

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what taking a charge back does, and do it."""
        written = self.row_or_404(request, pk, "change")
        refused: list[str] = []
        if request.method == "POST":
            try:
                today = written.space.today(timezone.now())
                undo(written, today=today, for_good=is_for_membership(written))
            except ValidationError as problem:
                refused = problem.messages
            else:
                messages.success(request, _("The charge is taken back."))
                return redirect(person_address(written.payer_id, written.space))
        question = Question(
            title=gettext("Take a charge back"),
            button=pgettext("money", "Take it back"),
            icon="undo",
            back=reverse("admin:billing_charge_change", args=[written.pk]),
            facts=[
                (_("payer"), written.payer),
                (_("text"), written.text),
                (_("amount"), signed_yen(written.yen)),
                (_("day"), plain_day(written.arises_on)),
            ],
            hints=[_what_comes(written)],
            warnings=refused,
            ends_something=True,
        )
        return ask(request, question)

    # Columns

    @admin.display(description=_("tax rate"))
    def rate(self, written: Charge) -> str:
        return rate_in_words(written.tax_rate)

    @display(description=_("state"), label=STATE_COLOURS)
    def state_label(self, written: Charge) -> tuple[str, Any]:
        if written.voided_at:
            return "voided", STATES["voided"]
        return ("invoiced", written.invoice.code) if written.invoice else ("open", STATES["open"])

    @admin.display(description=_("invoice"))
    def on_invoice(self, written: Charge) -> str:
        if written.invoice is None:
            return "–"
        address = reverse("admin:billing_invoice_change", args=[written.invoice.pk])
        return format_html('<a href="{}" class="op-link">{}</a>', address, written.invoice.code)

    @admin.display(description=_("takes back"))
    def undoes(self, written: Charge) -> str:
        if written.reverses is None:
            return "–"
        address = reverse("admin:billing_charge_change", args=[written.reverses.pk])
        return format_html('<a href="{}" class="op-link">{}</a>', address, written.reverses.text)


def _what_comes(written: Charge) -> str:
    if written.invoice:
        said = gettext("It is on invoice %(code)s, which stays. The same amount below zero is put on the next invoice.")
        return said % {"code": written.invoice.code}
    if is_closed(written.space, written.arises_on):
        return gettext("Its month is closed. The same amount below zero is entered today.")
    if is_for_membership(written):
        return gettext("The same amount below zero is put beside it, and the membership is not charged for it again.")
    return gettext("It is on no invoice yet: it is voided, and counts nowhere any more.")
