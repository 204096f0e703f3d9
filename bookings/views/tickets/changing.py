"""Using a ticket once more, and taking a visit to another space or day, with the link that its holder has."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from bookings.redeeming import change_visit, check_visit_movable, redeem
from bookings.ticket_forms import VisitForm
from bookings.views.tickets.choosing import choosing, left_of_open, space_of
from bookings.views.tickets.discretion import SeeOther, discreet
from bookings.views.tickets.refused import refused_ticket
from bookings.views.tickets.visits import ticket_or_404, visit_or_404
from bookings.visits import left_of, visits_address
from members.requests import VisitorRequest


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def another(request: VisitorRequest, token: str) -> HttpResponse:
    """Choose the next visit of a ticket; posting it books."""
    ticket = ticket_or_404(token)
    form = VisitForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        try:
            left = left_of_open(ticket)
        except ValidationError as error:
            return refused_ticket(request, ticket, error)
        return choosing(request, "change", ticket, form, left=left)
    wished = form.cleaned_data
    try:
        booking = redeem(
            ticket=ticket,
            space=space_of(wished["space"]),
            day=wished["day"],
            name=ticket.name,
            email=ticket.email,
            language=ticket.language,
            form_key=wished["form_key"],
            now=timezone.now(),
        )
    except ValidationError as error:
        return choosing(request, "change", ticket, form, refused=error)
    return SeeOther(f"{visits_address(booking.ticket or ticket)}?new=1")


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def move(request: VisitorRequest, token: str, reference: str) -> HttpResponse:
    """Choose another space or day for a visit; posting it moves the visit."""
    ticket, now = ticket_or_404(token), timezone.now()
    visit = visit_or_404(ticket, reference)
    form = VisitForm(request.POST if request.method == "POST" else None)
    left = left_of(ticket, without=visit)
    try:
        check_visit_movable(visit, until=left.until, now=now)
    except ValidationError as error:
        context = {"booking": visit, "space": visit.resource.space, "refused": error, "back": visits_address(ticket)}
        with timezone.override(visit.resource.space.zone):
            return render(request, "tickets/immovable.html", context, status=409 if form.is_bound else 200)
    if not form.is_valid():
        return choosing(request, "change", ticket, form, left=left, moving=visit)
    wished = form.cleaned_data
    try:
        change_visit(booking=visit, space=space_of(wished["space"]), day=wished["day"], now=now)
    except ValidationError as error:
        return choosing(request, "change", ticket, form, refused=error, moving=visit)
    return SeeOther(visits_address(ticket))
