"""Errors go to a Sentry of one's own, where SENTRY_DSN names one; without it this module is never imported.

What goes is where in the code and which error, under the id of the request: no person, cookie, header, form, query,
body or variable. What is left of texts is made discreet, as log lines are.
"""

from typing import Any
from urllib.parse import urlsplit

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import BadDsn

from coworking.discretion import discreet, without_details
from coworking.request_ids import current


def begin(dsn: str, *, environment: str, version: str) -> None:
    """Report errors from now on. Raises ImproperlyConfigured, without quoting the DSN, which holds a key."""
    try:
        sentry_sdk.init(
            dsn,
            environment=environment,
            release=f"coworking@{version}",
            send_default_pii=False,
            max_request_body_size="never",
            include_local_variables=False,
            # Others, which the SDK adds by itself where it can, keep commands to Redis, whose keys name people.
            auto_enabling_integrations=False,
            integrations=[DjangoIntegration(), CeleryIntegration()],
            before_send=_before_send,
            before_breadcrumb=_before_breadcrumb,
        )
    except BadDsn:
        raise ImproperlyConfigured(
            "SENTRY_DSN can't be read. Copy it from the settings of a project in Sentry."
        ) from None


def _before_send(event: Event, hint: Hint) -> Event:
    error = hint["exc_info"][1] if hint.get("exc_info") else None
    told: Any = _discreet({name: value for name, value in event.items() if name not in ("user", "extra")}, error)
    asked = told.pop("request", None)
    if asked:
        told["request"] = {"method": asked["method"], "url": urlsplit(asked["url"])._replace(query="").geturl()}
    told["release"] = event.get("release")  # which has the look of an address
    told["tags"] = {**told.get("tags", {}), "request_id": current()}
    return told


def _before_breadcrumb(crumb: dict[str, Any], hint: Hint) -> dict[str, Any]:
    """What came before the error: log lines without what was put into them, statements without their values."""
    told: dict[str, Any] = _discreet(crumb, None)
    told.pop("data", None)
    return told


def _discreet(value: Any, error: BaseException | None) -> Any:
    """A copy in which every text is discreet."""
    if isinstance(value, str):
        return discreet(without_details(value, error))
    if isinstance(value, dict):
        return {name: _discreet(inner, error) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_discreet(inner, error) for inner in value]
    return value
