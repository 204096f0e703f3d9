"""What all pages of tickets keep to themselves: who has their address, by code or by link, may do what they offer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


class SeeOther(HttpResponseRedirect):
    """What was sent is done; the answer is on another page, which is read by GET."""

    status_code = 303


View = Callable[..., HttpResponse]


def behind_an_address(missing: str) -> Callable[[View], View]:
    """For public pages whose address is nobody else's to know: not kept on the way, not told on, not searched.

    `missing` is the template that says that an address opens nothing.
    """

    def discreetly(view: View) -> View:
        @login_not_required
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                answer = view(request, *args, **kwargs)
            except Http404:
                answer = render(request, missing, status=404)
            return _kept_quiet(answer)

        return wrapped

    return discreetly


discreet = behind_an_address("tickets/no_visits.html")


def _kept_quiet(answer: HttpResponse) -> HttpResponse:
    """An answer with what keeps it to its reader.

    Of where one comes from only the host is told. Nothing at all would take the Origin from our own forms, and they
    would be refused.
    """
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Referrer-Policy"] = "strict-origin"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def address_of(request: HttpRequest) -> str:
    """The network address that a request comes from, as the rate limits of accounts find it behind trusted proxies.

    Who hides it gets a 403 (PermissionDenied): without it guessing could not be limited.
    """
    address: str = get_adapter().get_client_ip(request)
    return address
