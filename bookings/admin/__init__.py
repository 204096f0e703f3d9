"""The operators' admin, by what it is about.

All screens are here, in the highest app whose rows they show or touch: a closure cancels bookings, a plan's page
counts who holds it. What each role may do stands in members/roles.py; which rows it sees, in scope.py.
"""

from bookings.admin import bookings, memberships, notices, people, plans, spaces, waiting
from bookings.admin.money import charges, invoices, issuer, payments, receipts
from bookings.admin.tickets import campaigns, tickets, wrong_codes
from bookings.admin.visas import requests, terms, visas

__all__ = [
    "bookings",
    "campaigns",
    "charges",
    "invoices",
    "issuer",
    "memberships",
    "notices",
    "payments",
    "people",
    "plans",
    "receipts",
    "requests",
    "spaces",
    "terms",
    "tickets",
    "visas",
    "waiting",
    "wrong_codes",
]
