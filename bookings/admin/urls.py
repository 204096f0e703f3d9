"""Addresses in the operators' admin that are no model's; those of a model's pages stand in its admin.

The pages of money stand each by itself, where a person runs several spaces, and at a space.
"""

from django.contrib import admin
from django.urls import path

from bookings.admin.money.balances import balances_view, open_view
from bookings.admin.money.bank import bank_view, noted_view
from bookings.admin.money.books import books_view, csv_view
from bookings.admin.money.cash import cash_view
from bookings.admin.money.month_invoices import month_invoices_view
from bookings.admin.money.months import month_view, months_view
from bookings.admin.money.places import BALANCES, BANK, BOOKS, CASH, MONTH_INVOICES, MONTHS, OPEN, chooser
from bookings.admin.visas import balance

_PAGES = (
    ("books", BOOKS, books_view),
    ("balances", BALANCES, balances_view),
    ("open", OPEN, open_view),
    ("months", MONTHS, months_view),
    ("cash", CASH, cash_view),
    ("bank", BANK, bank_view),
    ("month-invoices", MONTH_INVOICES, month_invoices_view),
)

_view = admin.site.admin_view

urlpatterns = [
    *(path(f"billing/{where}/", _view(chooser(place)), name=place.name) for where, place, _page in _PAGES),
    *(path(f"billing/{where}/<slug:slug>/", _view(page), name=f"{place.name}_at") for where, place, page in _PAGES),
    path("billing/books/<slug:slug>/accountant.csv", _view(csv_view), name="billing_books_csv"),
    path("billing/months/<slug:slug>/<str:name>/", _view(month_view), name="billing_month"),
    path("billing/bank/<slug:slug>/noted/", _view(noted_view), name="billing_bank_noted"),
    path("visas/balance/", _view(balance.balance_view), name="visas_balance"),
    path("visas/balance.csv", _view(balance.csv_view), name="visas_balance_csv"),
]
