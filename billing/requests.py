"""Requests with what the middleware puts on them, for the type checker."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class PayerRequest(HttpRequest):
    """A request that LoginRequiredMiddleware has let through. Who a person is this floor does not know."""

    htmx: HtmxDetails
    user: AbstractBaseUser  # type: ignore[assignment]
