"""The answers to codes that open nothing: each says why, and what to do next."""

import math
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import lazystr

from bookings.ticket_forms import CodeForm
from bookings.views.tickets.discretion import address_of
from bookings.views.unreadable import on_its_own
from members.requests import VisitorRequest
from visas.lockout import locked_until
from visas.models import Ticket

STATUS = {
    "mistyped": 400,
    "unknown": 404,
    "locked_out": 429,
    "blocked": 403,
    "expired": 410,
    "stopped": 410,
    "visits_used": 410,
}


def refused_code(request: VisitorRequest, error: ValidationError, *, typed: str, now: datetime) -> HttpResponse:
    """A code that opens no ticket: the sentence, and the field to type it once more."""
    code = str(lazystr(error.code))
    context = {"form": CodeForm(initial={"code": typed[:40]}), "refused": error, "is_locked_out": code == "locked_out"}
    answer = render(request, "tickets/code.html", context, status=STATUS[code])
    until = locked_until(address_of(request), now=now) if code == "locked_out" else None
    if until:
        answer.headers["Retry-After"] = str(math.ceil((until - now).total_seconds()))
    return on_its_own(request, answer)


def refused_ticket(request: VisitorRequest, ticket: Ticket, error: ValidationError) -> HttpResponse:
    """A ticket that opens, and is not good (any more)."""
    code = str(lazystr(error.code))
    context = {"ticket": ticket, "refused": error, "is_blocked": code == "blocked"}
    return on_its_own(request, render(request, "tickets/refused.html", context, status=STATUS[code]))
