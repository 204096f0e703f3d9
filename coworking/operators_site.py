"""The operators' admin: who may come in, by which door, and under which Content-Security-Policy."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from unfold.sites import UnfoldAdminSite

# Unfold's scripts compile expressions that stand in attributes (Alpine.js), and it sets styles on elements.
_LOOSER = {"script-src": ["'self'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]}
# Pages that are no model's. By their name, as settings name what they call: this package imports nobody's models.
_PAGES = ("bookings.admin.urls", "desk.admin.urls")


class OperatorsSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.is_operator)

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in as everywhere else: by code or password, with its rate limits and second factors."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        return redirect_to_login(request.GET.get("next") or "/admin/", settings.LOGIN_URL)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not request.GET.get("page", "1").isdecimal():
            raise Http404
        return super().search(request, extra_context)

    def get_urls(self) -> list[Any]:
        """Pages of our own come first, as what follows takes every other address."""
        return [*(path("", include(pages)) for pages in _PAGES), *super().get_urls()]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = inner(request, *args, **kwargs)
            response._csp_replace = _LOOSER  # type: ignore[attr-defined]
            return response

        return with_policy
