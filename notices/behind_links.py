"""What all pages behind the links of mails keep to themselves: who has the address may do what the page offers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

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


def _kept_quiet(answer: HttpResponse) -> HttpResponse:
    """An answer with what keeps it to its reader.

    Of where one comes from only the host is told. Nothing at all would take the Origin from our own forms, and they
    would be refused.
    """
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Referrer-Policy"] = "strict-origin"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
