"""Requests with what the middleware puts on them, for the type checker."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from members.models import User

# Whoever looks at a page: a person with an account, a visitor, or (in tasks and samples) nobody.
Viewer = User | AnonymousUser | None


class VisitorRequest(HttpRequest):
    """A request to a public page."""

    user: User | AnonymousUser
    htmx: HtmxDetails


class SignedInRequest(VisitorRequest):
    """A request that LoginRequiredMiddleware has let through."""

    user: User
