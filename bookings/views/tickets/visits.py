"""The visits of a ticket, for whoever has its link: what to show at the desk, the calendar, cancelling."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bookings.cancelling import cancel, check_cancellable
from bookings.ics import calendar_file
from bookings.models import Booking
from bookings.models.booking import BookingQuerySet
from bookings.qr import door_address, qr_svg
from bookings.redeeming import check_visit_movable
from bookings.views.mine import is_allowed
from bookings.views.tickets.discretion import SeeOther, discreet
from bookings.visits import Left, good_until, left_of, ticket_of, visits_address
from members.requests import VisitorRequest
from visas.models import Ticket
from visas.opening import check_still_good


def ticket_or_404(token: str) -> Ticket:
    """The ticket whose visits a link opens."""
    found = ticket_of(token)
    if found is None:
        raise Http404
    return found


def visit_or_404(ticket: Ticket, reference: str) -> Booking:
    """A visit by this ticket; other bookings do not exist for its holder."""
    return get_object_or_404(_visits(ticket), reference=reference)


def _visits(ticket: Ticket) -> BookingQuerySet:
    return Booking.objects.filter(ticket=ticket).select_related("resource__space", "plan", "ticket__campaign", "user")


def can_go_on(ticket: Ticket) -> bool:
    """Whether a visit that is given back could be used on another day."""
    return _is_good(ticket, good_until(ticket))


def _is_good(ticket: Ticket, until: date) -> bool:
    """Whether there is a day, today or later, on which it could be used, were there a visit left."""
    return is_allowed(check_still_good, ticket, today=timezone.localdate(), until=until)


@discreet
@require_safe
def visits(request: VisitorRequest, token: str) -> HttpResponse:
    """All visits of a ticket: those to come as tickets, the others in lines, and what is left."""
    ticket, now = ticket_or_404(token), timezone.now()
    own, left = _visits(ticket), left_of(ticket)
    context = {
        "ticket": ticket,
        "token": token,
        "left": left,
        "is_new": "new" in request.GET,
        "shown": [shown(one, left) for one in own.upcoming(now)],
        "before": list(own.past(now)),
        "can_go_on": left.in_all > 0 and _is_good(ticket, left.until),
    }
    return render(request, "tickets/visits.html", context)


def shown(visit: Booking, left: Left) -> dict[str, Any]:
    """A visit to come as its ticket shows it, and what can be done about it."""
    now = timezone.now()
    return {
        "booking": visit,
        "space": visit.resource.space,
        "qr_svg": qr_svg(door_address(visit)),
        "can_move": is_allowed(check_visit_movable, visit, until=left.until, now=now),
        "can_cancel": is_allowed(check_cancellable, visit, by=Booking.Side.PERSON, now=now),
    }


@discreet
@require_safe
def calendar(request: VisitorRequest, token: str, reference: str) -> HttpResponse:
    visit = visit_or_404(ticket_or_404(token), reference)
    headers = {"Content-Disposition": f'attachment; filename="visit-{visit.reference}.ics"'}
    content = calendar_file(visit, now=timezone.now())
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: VisitorRequest, token: str, reference: str) -> HttpResponse:
    """What cancelling a visit loses now; posting it cancels."""
    ticket, now = ticket_or_404(token), timezone.now()
    visit = visit_or_404(ticket, reference)
    refused = None
    try:
        if request.method == "POST":
            cancel(booking=visit, by=Booking.Side.PERSON, now=now)
            return SeeOther(visits_address(ticket))
        check_cancellable(visit, by=Booking.Side.PERSON, now=now)
    except ValidationError as error:
        refused = error
    context = {
        "booking": visit,
        "space": visit.resource.space,
        "is_late": visit.is_late_at(now),
        "can_go_on": can_go_on(ticket),
        "refused": refused,
        "back": visits_address(ticket),
    }
    with timezone.override(visit.resource.space.zone):
        status = 409 if refused and request.method == "POST" else 200
        return render(request, "tickets/cancellation.html", context, status=status)
