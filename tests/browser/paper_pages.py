"""Addresses for looking at papers by themselves, whoever may open them in the end."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from billing.models import Invoice, Receipt
from billing.printing import Paper, invoice_paper, receipt_paper


def show(request: HttpRequest, paper: Paper) -> HttpResponse:
    return render(request, f"billing/{paper.kind}.html", {"paper": paper, "pdf_url": "/the.pdf"})


@login_not_required
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, invoice_paper(Invoice.objects.get(pk=pk)))


@login_not_required
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, receipt_paper(Receipt.objects.get(pk=pk)))


urlpatterns = [
    path("papers/invoices/<int:pk>/", invoice),
    path("papers/receipts/<int:pk>/", receipt),
    path("", include("coworking.urls")),
]
