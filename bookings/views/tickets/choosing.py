"""The page on which a space and a day are chosen, for a first visit, for the next one, and for moving one."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bookings.models import Booking
from bookings.ticket_forms import VisitForm, VisitQuery
from bookings.views.unreadable import on_its_own
from bookings.visit_choice import visit_choice
from bookings.visits import Left, left_of, visits_address
from members.requests import VisitorRequest
from spaces.models import Space
from visas.models import Ticket
from visas.opening import check_still_good
from visas.refusals import refusal


def left_of_open(ticket: Ticket) -> Left:
    """What is left of a ticket; raises ValidationError if there is no day, today or later, on which it is good."""
    left = left_of(ticket)
    check_still_good(ticket, today=timezone.localdate(), until=left.until)
    if not left.in_all:
        raise refusal("visits_used")
    return left


def space_of(slug: str) -> Space:
    """The space of the federation with this address; raises ValidationError if there is none."""
    found = Space.objects.in_federation().filter(slug=slug).first()
    if found is None:
        raise refusal("not_taking_part", space=slug)
    return found


def sentences(form: Form) -> Iterator[str]:
    """What of a form can't be read, also of the fields that nobody sees."""
    for field in form:
        for error in field.errors:
            yield f"{field.label}: {error}"


def choosing(
    request: VisitorRequest,
    name: str,
    ticket: Ticket,
    form: VisitForm,
    *,
    left: Left | None = None,
    refused: ValidationError | None = None,
    moving: Booking | None = None,
) -> HttpResponse:
    """The page `name`; 400 if what was asked or sent can't be read, 409 if it can't be had."""
    query = VisitQuery(form.data if form.is_bound else request.GET)
    query.full_clean()
    asked = query.cleaned_data
    now = timezone.now()
    left = left or left_of(ticket, without=moving)
    found = visit_choice(ticket, left, now=now, moving=moving)
    found = found.chosen(asked.get("space", ""), asked.get("day"), insists=form.is_bound)
    unread = form if form.is_bound else query
    status = 409 if refused else 400 if form.errors or query.errors else 200
    context = {
        "ticket": ticket,
        "choice": found,
        "free_until": found.free_until(now),
        "form": form,
        "refused": refused.messages if refused else list(sentences(unread)),
        "is_taken": refused is not None,
        "moving": moving,
        "back": visits_address(ticket) if ticket.person_key else "",
    }
    if status != 200:
        return on_its_own(request, render(request, f"tickets/{name}.html", context, status=status))
    return render(request, f"tickets/{name}.html#choice" if request.htmx else f"tickets/{name}.html", context)
