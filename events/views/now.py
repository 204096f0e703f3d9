"""What the page of an event asks for anew while it is open: the counts, and the wall."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.models import Event, Rsvp
from events.now import now_on
from events.views.discretion import discreet, rsvp_or_404
from events.views.event import event_or_404
from members.requests import VisitorRequest


@login_not_required
@never_cache
@require_safe
def now(request: VisitorRequest, reference: str) -> HttpResponse:
    """Counts and wall, for who has signed in or for everybody."""
    return _part(request, event_or_404(reference, request.user))


@discreet
@require_safe
def now_by_link(request: VisitorRequest, token: str) -> HttpResponse:
    """Counts and wall, for whoever has the link to a sign-up."""
    rsvp = rsvp_or_404(token)
    return _part(request, rsvp.event, rsvp)


def _part(request: VisitorRequest, event: Event, rsvp: Rsvp | None = None) -> HttpResponse:
    found = now_on(event, user=request.user, rsvp=rsvp, now=timezone.now())
    return render(request, "events/_now_part.html", {"now_on": found})
