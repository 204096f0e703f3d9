"""A payer's own invoices and receipts, as pages and as PDF. Others' do not exist for them."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.models import Invoice, Receipt
from billing.numbering import number_in
from billing.printing import invoice_paper, pdf, receipt_paper
from billing.requests import PayerRequest
from billing.statement import paper_of


@require_safe
@never_cache
def invoice(request: PayerRequest, space: str, code: str) -> HttpResponse:
    own = own_invoice_or_404(request, space, code)
    context = {
        "paper": invoice_paper(own),
        "pdf_url": reverse("billing:invoice_pdf", args=[space, code]),
        "stands": paper_of(own, timezone.now()),
    }
    return render(request, "billing/invoice.html", context)


@require_safe
@never_cache
def invoice_pdf(request: PayerRequest, space: str, code: str) -> HttpResponse:
    return file_of(own_invoice_or_404(request, space, code))


@require_safe
@never_cache
def receipt(request: PayerRequest, space: str, code: str, copy: int = 0) -> HttpResponse:
    own = own_receipt_or_404(request, space, code, copy)
    context = {"paper": receipt_paper(own), "pdf_url": pdf_address(own), "payment": own.payment}
    return render(request, "billing/receipt.html", context)


@require_safe
@never_cache
def receipt_pdf(request: PayerRequest, space: str, code: str, copy: int = 0) -> HttpResponse:
    return file_of(own_receipt_or_404(request, space, code, copy))


def own_invoice_or_404(request: PayerRequest, space: str, code: str) -> Invoice:
    year, number = number_in(code) or _not_there()
    invoices = Invoice.objects.select_related("space", "replaces")
    return get_object_or_404(invoices, payer_id=request.user.pk, space__slug=space, year=year, number=number)


def own_receipt_or_404(request: PayerRequest, space: str, code: str, copy: int) -> Receipt:
    year, number = number_in(code, "R") or _not_there()
    receipts = Receipt.objects.select_related("space", "payment").filter(payment__payer_id=request.user.pk)
    return get_object_or_404(receipts, space__slug=space, year=year, number=number, copy=copy)


def _not_there() -> tuple[int, int]:
    raise Http404


def address(issued: Receipt) -> str:
    """Where a receipt is, or a copy of it."""
    return _address(issued, "receipt")


def pdf_address(issued: Receipt) -> str:
    return _address(issued, "receipt_pdf")


def _address(issued: Receipt, name: str) -> str:
    where = {"space": issued.space.slug, "code": issued.code}
    if issued.copy:
        return reverse(f"billing:{name}_copy", kwargs={**where, "copy": issued.copy})
    return reverse(f"billing:{name}", kwargs=where)


def file_of(issued: Invoice | Receipt) -> HttpResponse:
    """The PDF of a paper, under a name that says what it is in a folder full of papers (RFC 6266)."""
    paper = invoice_paper(issued) if isinstance(issued, Invoice) else receipt_paper(issued)
    copy = str(issued.copy) if isinstance(issued, Receipt) and issued.copy else ""
    name = paper.file_name(copy)
    plain = "-".join(filter(None, (paper.kind, issued.space.slug, paper.code, copy)))
    said = f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(name, safe='')}.pdf"
    return HttpResponse(pdf(paper), content_type="application/pdf", headers={"Content-Disposition": said})
