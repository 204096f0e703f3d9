"""What the lists of invoices and receipts share: rows with a number, whose paper is the page and file of the payer."""

import re
import unicodedata
from typing import Any

from django.contrib import admin
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice, Receipt
from billing.printing import invoice_paper, pdf, receipt_paper
from bookings.admin.money.listed import MoneyAdmin, on_day

BY_NUMBER = F("year") * 1_000_000 + F("number")
_CODE = re.compile(r"R?([0-9]{4})-([0-9]{1,6})", re.IGNORECASE)


class PaperAdmin(MoneyAdmin):
    """Papers that were issued: found by number or addressee as well, opened and downloaded by who may see the row."""

    search_fields = ["addressee"]
    search_help_text = _("Number, addressee, name, reading or e-mail")
    date_hierarchy = "issued_on"

    issued = on_day("issued_on", _("issued on"))

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, self.opts.label_lower.replace(".", "_")
        return [
            path("<int:pk>/paper/", view(self.paper_view), name=f"{name}_paper"),
            path("<int:pk>/file.pdf", view(self.pdf_view), name=f"{name}_pdf"),
            *super().get_urls(),
        ]

    def also_named(self, words: str) -> Q:
        found = Q(addressee__icontains=words)
        if code := _CODE.fullmatch(unicodedata.normalize("NFKC", words)):
            found |= Q(year=int(code[1]), number=int(code[2]))
        return found

    def paper_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        name = self.opts.label_lower.replace(".", "_")
        urls = [reverse(f"admin:{name}_{page}", args=[pk]) for page in ("pdf", "change")]
        return paper_page(request, self.row_or_404(request, pk, "view"), pdf_url=urls[0], back=urls[1])

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return paper_file(self.row_or_404(request, pk, "view"))

    @admin.display(description=_("number"), ordering=BY_NUMBER)
    def code_label(self, row: Any) -> str:
        return str(row.code)


def paper_page(request: HttpRequest, issued: Invoice | Receipt, *, pdf_url: str, back: str) -> HttpResponse:
    """The page of a paper, which prints on A4."""
    paper = invoice_paper(issued) if isinstance(issued, Invoice) else receipt_paper(issued)
    answer = render(
        request, f"admin/billing/{paper.kind}_paper.html", {"paper": paper, "pdf_url": pdf_url, "back": back}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def paper_file(issued: Invoice | Receipt) -> HttpResponse:
    """Its PDF, under a name that says which paper it is."""
    paper = invoice_paper(issued) if isinstance(issued, Invoice) else receipt_paper(issued)
    copy = f"-{issued.copy}" if isinstance(issued, Receipt) and issued.copy else ""
    name = f"{paper.kind}-{issued.space.slug}-{paper.code}{copy}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(pdf(paper), content_type="application/pdf", headers=headers)
