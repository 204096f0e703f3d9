"""What machines that watch the house ask for."""

from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from coworking.request_figures import RequestFigures
from desk import health
from desk.house_figures import HouseFigures


@require_safe
@login_not_required
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the house can serve, and each of its parts; 503 when it can't, 200 when it is only degraded."""
    found = health.look(now=timezone.now())
    notices: dict[str, Any] = {"state": found.notices_state}
    if found.stored is not None and found.stored.parked is not None:
        notices |= {
            "oldest_due_seconds": int(found.late_by.total_seconds()) if found.late_by else 0,
            "failing": found.stored.failing,
            "parked": found.stored.parked,
        }
    parts = {
        "database": {"state": found.database_state},
        "migrations": {"state": found.migrations_state},
        "redis": {"state": found.redis_state},
        "notices": notices,
    }
    status = 503 if found.state == health.State.DOWN else 200
    return JsonResponse({"state": found.state, "parts": parts}, status=status)


@require_safe
@login_not_required
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for who sends METRICS_TOKEN (RFC 6750); without one in the settings there is no page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_right = compare_digest(token.strip().encode(errors="replace"), settings.METRICS_TOKEN.encode())
    if scheme.lower() != "bearer" or not is_right:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(RequestFigures())
    registry.register(HouseFigures(timezone.now()))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)
