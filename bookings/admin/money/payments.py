"""Payments: the list, the page of one of them; taking one back, giving credit back, and making out a receipt."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from billing.models import Payment, Receipt
from bookings.admin.money.giving_back import refund_view, take_back_view
from bookings.admin.money.listed import MoneyAdmin, on_day
from bookings.admin.money.making_out import make_out_view
from bookings.admin.money.taking import take_view
from bookings.admin.scope import OwnFilter, may_at

STATE_COLOURS = {"payment": "success", "refund": "info", "taken_back": ""}
STATES = {"payment": _("Payment"), "refund": _("Refund"), "taken_back": _("Taken back")}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        if self.value() == "taken_back":
            return queryset.filter(voided_at__isnull=False)
        if self.value() == "refund":
            return queryset.filter(voided_at__isnull=True, yen__lt=0)
        return queryset.filter(voided_at__isnull=True, yen__gt=0) if self.value() == "payment" else queryset


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    list_display = ["received", "person", "amount", "method", "meant", "receipt", "taken_by", "state_label", "space"]
    list_filter = [("space", OwnFilter), StateFilter, "method"]
    list_select_related = ["payer", "space", "invoice", "taken_by"]
    search_fields = ["note"]
    date_hierarchy = "received_on"
    change_form_outer_before_template = "admin/billing/payment_acts.html"
    fields = ["person", "space", ("received", "method"), "amount", "meant", "receipt", "taken_by", "note", "voided_at"]
    readonly_fields = ["person", "received", "amount", "meant", "receipt"]

    received = on_day("received_on", _("received on"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("take/<int:pk>/<slug:slug>/", view(take_view), name="billing_payment_take"),
            path("refund/<int:pk>/<slug:slug>/", view(refund_view), name="billing_payment_refund"),
            path("<int:pk>/back/", view(self.take_back_view), name="billing_payment_take_back"),
            path("<int:pk>/receipt/", view(self.make_out_view), name="billing_payment_receipt"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        receipts = Prefetch("receipts", Receipt.objects.order_by("copy"))
        rows: QuerySet[Payment] = super().get_queryset(request).select_related(*self.list_select_related)
        return rows.prefetch_related(receipts)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        payment = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if payment:
            stands = payment.voided_at is None
            more = {
                "payment": payment,
                "receipts": list(payment.receipts.all()),
                "may_issue": stands and payment.yen > 0 and _may_issue(request, payment),
                "may_take_back": stands and self.is_allowed(request, "change", payment),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # Acts

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return take_back_view(request, self.row_or_404(request, pk, "change"))

    def make_out_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        payment = self.row_or_404(request, pk, "view")
        if not _may_issue(request, payment):
            raise PermissionDenied
        return make_out_view(request, payment)

    # Columns

    @admin.display(description=_("for invoice"), ordering="invoice")
    def meant(self, payment: Payment) -> str:
        if payment.invoice is None:
            return "–"
        address = reverse("admin:billing_invoice_change", args=[payment.invoice.pk])
        return format_html('<a href="{}" class="op-link">{}</a>', address, payment.invoice.code)

    @admin.display(description=_("receipt"))
    def receipt(self, payment: Payment) -> str:
        links = [
            (reverse("admin:billing_receipt_change", args=[one.pk]), one.code if not one.copy else f"+{one.copy}")
            for one in payment.receipts.all()
        ]
        return format_html_join(" ", '<a href="{}" class="op-link">{}</a>', links) or "–"

    @display(description=_("state"), label=STATE_COLOURS)
    def state_label(self, payment: Payment) -> tuple[str, Any]:
        state = "taken_back" if payment.voided_at else "payment" if payment.yen > 0 else "refund"
        return state, STATES[state]


def _may_issue(request: HttpRequest, payment: Payment) -> bool:
    """Whether the person may make out receipts at the payment's space."""
    return may_at(request, payment.space_id, "add", Receipt._meta.label_lower)
