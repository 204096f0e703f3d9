"""Addresses in the operators' admin that are no model's; those of a model's pages stand in its admin."""

from django.contrib import admin
from django.urls import path

from bookings.admin.money import addresses, bank, month_invoices

view = admin.site.admin_view

urlpatterns = [
    *addresses.urlpatterns,
    path("billing/bank/", view(bank.choose), name="billing_bank"),
    path("billing/bank/<slug:slug>/", view(bank.bank_view), name="billing_bank_at"),
    path("billing/bank/<slug:slug>/noted/", view(bank.noted_view), name="billing_bank_noted"),
    path("billing/month-invoices/", view(month_invoices.choose), name="billing_month_invoices"),
    path(
        "billing/month-invoices/<slug:slug>/",
        view(month_invoices.month_invoices_view),
        name="billing_month_invoices_at",
    ),
]
