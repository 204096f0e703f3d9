"""Receipts: the list, the page of one of them, its paper, and copies of it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from billing.models import Receipt
from bookings.admin.money.making_out import copy_view
from bookings.admin.money.papers import PaperAdmin
from bookings.admin.scope import OwnFilter
from spaces.templatetags.wording import plain_day, signed_yen


@admin.register(Receipt)
class ReceiptAdmin(PaperAdmin):
    payer_lookup = "payment__payer"
    list_display = ["code_label", "issued", "person", "addressee", "amount", "copy_label", "space"]
    list_filter = [("space", OwnFilter)]
    list_select_related = ["space", "payment__payer"]
    change_form_outer_before_template = "admin/billing/receipt_acts.html"
    fields = ["code_label", "copy_label", "person", "addressee", "amount", "purpose", "paid", "issued", "space"]
    readonly_fields = ["code_label", "copy_label", "person", "amount", "paid", "issued"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/copy/", view(self.copy_view), name="billing_receipt_copy"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        receipt = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if receipt:
            latest = receipt.payment.receipts.order_by("-copy").first()
            may_copy = receipt.payment.voided_at is None and self.is_allowed(request, "add", receipt)
            more = {"receipt": receipt, "latest": latest, "may_copy": may_copy}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return copy_view(request, self.row_or_404(request, pk, "add"))

    # Columns

    @admin.display(description=_("copy"), ordering="copy")
    def copy_label(self, receipt: Receipt) -> str:
        return _("issued again (%(copy)s)") % {"copy": receipt.copy} if receipt.copy else "–"

    @admin.display(description=_("payment"))
    def paid(self, receipt: Receipt) -> str:
        address = reverse("admin:billing_payment_change", args=[receipt.payment_id])
        said = f"{plain_day(receipt.payment.received_on)} {signed_yen(receipt.payment.yen)}"
        return format_html('<a href="{}" class="op-link">{}</a>', address, said)
