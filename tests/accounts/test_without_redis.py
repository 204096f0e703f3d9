"""Rate limits count in Redis; without it they let everybody through, and nobody waits (design rule 13)."""

import contextlib
import socket
from collections.abc import Iterator
from time import perf_counter

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.cache import cache

from coworking.cache import FailingOpenCache
from tests.accounts.conftest import signed_in

PASSWORD = "hammock and lantern"


@pytest.fixture(params=["closed", "silent"])
def without_redis(request: pytest.FixtureRequest, settings: LazySettings) -> Iterator[None]:
    """Nothing listens at REDIS_URL, or what listens there never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as patience:
        port = listener.getsockname()[1]
        if request.param == "closed":
            listener.close()
        redis = {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{port}/0"}
        settings.CACHES = {"default": redis}
        patience.callback(cache.close)
        yield


@pytest.mark.usefixtures("without_redis")
def test_sign_in_by_password_goes_on(visitor, ben_with_password):
    began = perf_counter()
    visitor.post("/accounts/login/", {"login": "ben@example.com", "password": PASSWORD})

    assert signed_in(visitor) == ben_with_password
    assert perf_counter() - began < 2


@pytest.mark.usefixtures("without_redis")
def test_sign_in_by_code_goes_on(visitor, ben, code):
    began = perf_counter()
    visitor.post("/accounts/login/code/", {"email": "ben@example.com"})
    visitor.post("/accounts/login/code/confirm/", {"code": code()})

    assert signed_in(visitor) == ben
    assert perf_counter() - began < 2


@pytest.mark.usefixtures("without_redis")
def test_sign_up_goes_on(visitor, code):
    began = perf_counter()
    visitor.post("/accounts/signup/", {"email": "ann@example.com", "family_name": "Stone", "given_name": "Ann"})
    visitor.post("/accounts/confirm-email/", {"code": code()})

    assert signed_in(visitor).email == "ann@example.com"
    assert perf_counter() - began < 2


@pytest.mark.usefixtures("without_redis")
def test_password_reset_goes_on(visitor, ben):
    began = perf_counter()
    answer = visitor.post("/accounts/password/reset/", {"email": "ben@example.com"})

    assert answer.status_code == 302
    assert len(mail.outbox) == 1
    assert perf_counter() - began < 2


def test_silent_redis_is_asked_once_in_a_while_only(settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{port}/0"}}
        began = perf_counter()
        added = [cache.add(f"lock {number}", True) for number in range(20)]
        cache.close()

    assert added == [True] * 20
    assert perf_counter() - began < 2


def test_redis_that_has_come_back_counts_again(settings):
    asked = settings.CACHES
    settings.CACHES = {"default": {**asked["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert cache.add("lock", 1) is True
    settings.CACHES = asked
    FailingOpenCache.asks_again_at = 0.0

    assert cache.add("lock", 1) is True
    assert cache.add("lock", 1) is False
    assert cache.get("lock") == 1
