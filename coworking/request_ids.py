"""A name for each request, which all that is logged on its account carries: by its page and by tasks that it wakes.

It is answered in the header X-Request-ID. Celery's messages carry it in a header; a task that beat wakes has its own.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.conf import settings
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")
_tokens: dict[str, Token[str]] = {}


def current() -> str:
    """The id of what is being worked on, or nothing."""
    return _current.get()


def new() -> str:
    return uuid.uuid4().hex


@contextmanager
def carried(request_id: str) -> Iterator[None]:
    """What happens inside is on account of this id."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _given(request) or new()
        # Until the answer is sent: Django logs a refusal when all middleware is done.
        _current.set(request_id)
        response = self.get_response(request)
        response[HEADER] = request_id
        return response


@receiver(request_finished)
def _forget(**_: Any) -> None:
    _current.set("")


def _given(request: HttpRequest) -> str:
    """The id that a proxy of ours gave, which sets it over what a stranger wrote there (docs/deploying.md)."""
    said = request.headers.get(HEADER, "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
    return said if _SANE.fullmatch(said) else ""


@before_task_publish.connect
def _hand_on(headers: dict[str, Any], **_: Any) -> None:
    headers.setdefault("request_id", current() or new())


@task_prerun.connect
def _take_up(task_id: str, task: Any, **_: Any) -> None:
    _tokens[task_id] = _current.set(task.request.get("request_id") or new())


@task_postrun.connect
def _put_down(task_id: str, **_: Any) -> None:
    token = _tokens.pop(task_id, None)
    if token:
        _current.reset(token)
