"""Pages of the books: each by itself, where a person runs several spaces, and at a space."""

from django.contrib import admin
from django.urls import path

from bookings.admin.money.balances import balances_view, open_view
from bookings.admin.money.books import books_view, csv_view
from bookings.admin.money.cash import cash_view
from bookings.admin.money.months import month_view, months_view
from bookings.admin.money.places import BALANCES, BOOKS, CASH, MONTHS, OPEN, chooser

_PAGES = (
    ("books", BOOKS, books_view),
    ("balances", BALANCES, balances_view),
    ("open", OPEN, open_view),
    ("months", MONTHS, months_view),
    ("cash", CASH, cash_view),
)

_view = admin.site.admin_view

urlpatterns = [
    *(path(f"billing/{where}/", _view(chooser(place)), name=place.name) for where, place, _page in _PAGES),
    *(path(f"billing/{where}/<slug:slug>/", _view(page), name=f"{place.name}_at") for where, place, page in _PAGES),
    path("billing/books/<slug:slug>/accountant.csv", _view(csv_view), name="billing_books_csv"),
    path("billing/months/<slug:slug>/<str:name>/", _view(month_view), name="billing_month"),
]
