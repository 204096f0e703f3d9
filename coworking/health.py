"""Whether the process answers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Plain "ok" as long as the process lives; it asks neither the database nor Redis."""
    return HttpResponse("ok", content_type="text/plain")
