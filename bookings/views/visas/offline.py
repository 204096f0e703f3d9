"""The service worker that lets a passport be read where there is no network."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script; it stands beside the passport, since it serves no address above its own.

    It holds nothing of a person's, and who is signed out is given it too: a browser asks for it as it likes.
    """
    context = {"static_url": settings.STATIC_URL}
    return render(request, "visas/passport_worker.js", context, content_type="text/javascript; charset=utf-8")
