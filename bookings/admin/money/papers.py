"""Invoices and receipts as operators open them: the same pages and files that the payer has."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from billing.models import Invoice, Receipt
from billing.printing import invoice_paper, pdf, receipt_paper


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
