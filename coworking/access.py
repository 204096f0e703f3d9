"""One line for each request, and its count and duration for /metrics. It tells what was asked, never by whom."""

import logging
from collections.abc import Callable
from time import perf_counter
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from coworking import request_figures

logger = logging.getLogger("coworking.access")
LONGEST_PATH = 200


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        status = 500  # when even the page that says so can't be shown
        try:
            response = self.get_response(request)
            status = response.status_code
        finally:
            _tell(request, status, perf_counter() - began)
        return response


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    method = request.method if request.method in request_figures.METHODS else "other"
    view = request.resolver_match.view_name if request.resolver_match else ""
    request_figures.note(method, status, view or request_figures.NO_VIEW, seconds)
    asked = {"view": view} if view else {"path": _of_one_line(request.path)[:LONGEST_PATH]}
    milliseconds = round(seconds * 1000, 1)
    said = {"method": method, **asked, "status": status, "milliseconds": milliseconds}
    logger.info("%s %s %s %s ms", method, *asked.values(), status, milliseconds, extra=said)


def _of_one_line(path: str) -> str:
    """A path that was typed, without what would end the line or move the cursor of who reads it: that stays as %0A."""
    return "".join(letter if letter.isprintable() else quote(letter, errors="replace") for letter in path)
