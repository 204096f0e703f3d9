"""Saying by the link in a reminder whether one still comes; opening it changes nothing, as programs that guard mail do.

Whoever has the link sees what the reminder was about, and nothing else of the person.
"""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bookings.coming_links import Asked, asked_of
from bookings.still_coming import free, keep, loses, state_of
from bookings.views.tickets.discretion import SeeOther
from bookings.views.tickets.visits import can_go_on
from members.requests import VisitorRequest
from notices.behind_links import behind_an_address

discreet = behind_an_address("bookings/no_reminder.html")


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def coming(request: VisitorRequest, token: str) -> HttpResponse:
    """What the reminder was about; posting it notes that the person comes."""
    if request.method == "POST":
        try:
            keep(asked=_asked_or_404(token), now=timezone.now())
        except ValidationError as error:
            return _page(request, token, refused=error)
        return SeeOther(request.path)
    return _page(request, token)


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def not_coming(request: VisitorRequest, token: str) -> HttpResponse:
    """What freeing the seat costs now; posting it frees the seat."""
    if request.method == "POST":
        try:
            free(asked=_asked_or_404(token), knows_it_is_late=request.POST.get("late") == "1", now=timezone.now())
        except ValidationError as error:
            return _page(request, token, frees=True, refused=error)
        return SeeOther(request.path)
    return _page(request, token, frees=True)


def _asked_or_404(token: str) -> Asked:
    found = asked_of(token)
    if found is None:
        raise Http404
    return found


def _page(
    request: VisitorRequest, token: str, *, frees: bool = False, refused: ValidationError | None = None
) -> HttpResponse:
    """The question, or why it can't be answered any more; 409 if an answer did not pass."""
    asked, now = _asked_or_404(token), timezone.now()
    booking, state = asked.booking, state_of(asked, now=now)
    context = {
        "booking": booking,
        "space": booking.resource.space,
        "token": token,
        "state": state,
        "frees": frees,
        "fee": booking.fee_if_cancelled_at(now),
        "is_late": booking.is_late_at(now),
        "loses": loses(booking, now=now),
        "can_go_on": frees and booking.ticket is not None and can_go_on(booking.ticket),
        "refused": refused,
    }
    name = "still_coming" if state == "open" else "still_coming_settled"
    with timezone.override(booking.resource.space.zone):
        return render(request, f"bookings/{name}.html", context, status=409 if refused else 200)
