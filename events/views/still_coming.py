"""Saying by the link in a reminder whether one still comes; opening it changes nothing, as programs that guard mail do.

Whoever has the link sees what the reminder was about, and nothing else of the person.
"""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bookings.views.tickets.discretion import SeeOther
from events.links import Asked, asked_of
from events.models import Rsvp
from events.still_coming import free, keep, state_of
from events.views.discretion import discreet
from members.requests import VisitorRequest


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def coming(request: VisitorRequest, token: str) -> HttpResponse:
    """What the reminder was about; posting it notes that the person comes."""
    return _answered(request, token, keep)


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def not_coming(request: VisitorRequest, token: str) -> HttpResponse:
    """What becomes of the place; posting it gives it to the next in line."""
    return _answered(request, token, free)


def _answered(request: VisitorRequest, token: str, act: Callable[..., Rsvp]) -> HttpResponse:
    now, refused = timezone.now(), False
    if request.method == "POST":
        try:
            act(asked=_asked_or_404(token), now=now)
            return SeeOther(request.path)
        except ValidationError:
            # The page says how it stands now, which is why.
            refused = True
    return _page(request, _asked_or_404(token), token, frees=act is free, refused=refused, now=now)


def _asked_or_404(token: str) -> Asked:
    found = asked_of(token)
    if found is None or not found.rsvp.event.is_announced:
        raise Http404
    return found


def _page(
    request: VisitorRequest, asked: Asked, token: str, *, frees: bool, refused: bool, now: datetime
) -> HttpResponse:
    """The question, or why it can't be answered any more; 409 if an answer did not pass."""
    rsvp, state = asked.rsvp, state_of(asked, now=now)
    context = {
        "event": rsvp.event,
        "rsvp": rsvp,
        "venue": rsvp.venue,
        "token": token,
        "state": state,
        "frees": frees,
    }
    name = "still_coming" if state == "open" else "still_coming_settled"
    with timezone.override((rsvp.venue.space or rsvp.event.organiser).zone):
        return render(request, f"events/{name}.html", context, status=409 if refused else 200)
