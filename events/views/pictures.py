"""Pictures of events; the address names what is in them, so a browser asks for each once."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import condition, require_safe

from events.models import Picture

KEPT = "public, max-age=31536000, immutable"


def _etag_of(size: str) -> Callable[..., str]:
    return lambda request, digest: f'"{digest}-{size}"'


@login_not_required
@require_safe
@condition(etag_func=_etag_of("large"))
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """The picture as the event's page has it."""
    return _answer(get_object_or_404(Picture.objects.only("content"), digest=digest).content)


@login_not_required
@require_safe
@condition(etag_func=_etag_of("card"))
def card(request: HttpRequest, digest: str) -> HttpResponse:
    """The small picture, as lists have it."""
    return _answer(get_object_or_404(Picture.objects.only("card"), digest=digest).card)


def _answer(stored: bytes | memoryview) -> HttpResponse:
    content = bytes(stored)
    return HttpResponse(content, content_type=_kind_of(content), headers={"Cache-Control": KEPT})


def _kind_of(content: bytes) -> str:
    """What events/pictures.py has written, by its first bytes."""
    return "image/webp" if content[8:12] == b"WEBP" else "image/jpeg"
