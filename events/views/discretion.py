"""What pages behind the link to a sign-up keep to themselves: whoever has the address can change it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bookings.views.tickets.discretion import kept_quiet
from events.links import rsvp_of
from events.models import Rsvp


def discreet(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A public page behind a link that a mail told: not kept on the way, not told on, not searched."""

    @login_not_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except Http404:
            answer = render(request, "events/no_sign_up.html", status=404)
        return kept_quiet(answer)

    return wrapped


def rsvp_or_404(token: str) -> Rsvp:
    """The sign-up that a link opens."""
    found = rsvp_of(token)
    if found is None or not found.event.is_announced:
        raise Http404
    return found
