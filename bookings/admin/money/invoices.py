"""Invoices: the list, the page of one of them, its paper; and the ways to issue, void and reissue them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display

from billing.balances import standing_of, standings_of
from billing.ledger import open_invoices
from billing.models import Invoice, Payment
from bookings.admin.money.invoicing import invoice_now_view, reissue_view, void_view
from bookings.admin.money.listed import on_day
from bookings.admin.money.papers import PaperAdmin
from bookings.admin.money.places import BALANCES, spaces_of
from bookings.admin.scope import AskedList, OwnFilter, may_at
from spaces.models import Space
from spaces.templatetags.wording import signed_yen

STATES = {
    "open": pgettext_lazy("what one pays", "Open"),
    "overdue": pgettext_lazy("what one pays", "Overdue"),
    "paid": pgettext_lazy("what one pays", "Paid"),
    "void": pgettext_lazy("what one pays", "Void"),
}
STATE_COLOURS = {"open": "info", "overdue": "danger", "paid": "success", "void": ""}


class StateFilter(admin.SimpleListFilter):
    """How an invoice stands is reckoned from the payments, so it is asked of the ledger."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        state = self.value()
        if state not in STATES:
            return queryset
        if state == "void":
            return queryset.filter(voided_at__isnull=False)
        now = timezone.now()
        found = [one for space in spaces_of(request, BALANCES) for one in open_invoices(space, today=space.today(now))]
        if state == "paid":
            return queryset.filter(voided_at__isnull=True).exclude(pk__in=[one.invoice.pk for one in found])
        return queryset.filter(pk__in=[one.invoice.pk for one in found if state == "open" or one.days_overdue])


class InvoiceList(AskedList):
    """A page of the list, with what is open of each: two queries a space."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # The rows are read here, and kept by the query set for who shows them.
        rows: list[Any] = list(self.result_list)
        payers: dict[Space, set[int]] = {}
        for one in rows:
            payers.setdefault(one.space, set()).add(one.payer_id)
        standings = {space: standings_of(space, keys) for space, keys in payers.items()}
        for one in rows:
            one.open_yen = 0 if one.voided_at else standings[one.space][one.payer_id].open(one.pk)


@admin.register(Invoice)
class InvoiceAdmin(PaperAdmin):
    list_display = ["code_label", "person", "issued", "due", "total_yen", "open_label", "state_label", "space"]
    list_filter = [("space", OwnFilter), StateFilter]
    actions_list = ["of_the_month"]
    change_form_outer_before_template = "admin/billing/invoice_acts.html"
    change_form_outer_after_template = "admin/billing/invoice_rows.html"
    fields = ["person", "addressee", "space", ("issued", "due"), "instead_of", "voided_at", "void_reason"]
    readonly_fields = ["person", "issued", "due", "instead_of"]

    due = on_day("due_on", _("due on"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("new/<int:pk>/<slug:slug>/", view(invoice_now_view), name="billing_invoice_now"),
            path("<int:pk>/void/", view(self.void_view), name="billing_invoice_void"),
            path("<int:pk>/again/", view(self.reissue_view), name="billing_invoice_reissue"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[AskedList]:
        return InvoiceList

    def get_fields(self, request: HttpRequest, obj: Invoice | None = None) -> list[Any]:
        left_out = set()
        if obj and not obj.voided_at:
            left_out |= {"voided_at", "void_reason"}
        if obj and not obj.replaces_id:
            left_out.add("instead_of")
        return [name for name in self.fields or [] if not isinstance(name, str) or name not in left_out]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        invoice = self.get_object(request, object_id)
        more = self._page(request, invoice) if invoice else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _page(self, request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
        """What the page shows besides the fields: how it stands, its lines, the payments that meant it."""
        standing = standing_of(invoice.space, invoice.payer_id)
        open_yen = 0 if invoice.voided_at else standing.open(invoice.pk)
        return {
            "invoice": invoice,
            "invoice_key": str(invoice.pk),
            "state": STATES[_state(invoice, open_yen)],
            "colour": STATE_COLOURS[_state(invoice, open_yen)],
            "open_yen": open_yen,
            "paid_yen": standing.paid.get(invoice.pk, 0),
            "lines": list(invoice.lines.all()),
            "payments": list(invoice.payments.standing().order_by("received_on", "pk")),
            "instead": Invoice.objects.filter(replaces=invoice).first(),
            "may_void": not invoice.voided_at and self.is_allowed(request, "change", invoice),
            "may_take": open_yen > 0 and may_at(request, invoice.space_id, "add", Payment._meta.label_lower),
        }

    # Pages beside the list

    @action(description=_("Invoices of the month"), url_path="of-the-month", permissions=["issue"], icon="send")
    def of_the_month(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:billing_month_invoices")

    def has_issue_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "add")

    def void_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return void_view(request, self.row_or_404(request, pk, "change"))

    def reissue_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return reissue_view(request, self.row_or_404(request, pk, "change"))

    # Columns

    @admin.display(description=_("total"), ordering="total")
    def total_yen(self, invoice: Invoice) -> str:
        return signed_yen(invoice.total)

    @admin.display(description=_("open"))
    def open_label(self, invoice: Any) -> str:
        return signed_yen(invoice.open_yen) if invoice.open_yen else "–"

    @display(description=_("state"), label=STATE_COLOURS)
    def state_label(self, invoice: Any) -> tuple[str, Any]:
        state = _state(invoice, invoice.open_yen)
        return state, STATES[state]

    @admin.display(description=_("issued in place of"))
    def instead_of(self, invoice: Invoice) -> str:
        before = invoice.replaces
        if before is None:
            return "–"
        address = reverse("admin:billing_invoice_change", args=[before.pk])
        return format_html('<a href="{}" class="op-link">{}</a>', address, before.code)


def _state(invoice: Invoice, open_yen: int) -> str:
    if invoice.voided_at:
        return "void"
    if not open_yen:
        return "paid"
    return "overdue" if invoice.is_overdue_on(invoice.space.today(timezone.now())) else "open"
