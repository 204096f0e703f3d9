"""PostgreSQL and Redis for the tests: started once for a run of pytest, stopped at its end.

A plugin: conftest.py names it in `pytest_plugins`. It also names the settings, and loads them, which is why
DJANGO_SETTINGS_MODULE stands nowhere in pyproject.toml: pytest-django would load them before any conftest.
"""

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from coworking.local import chromium, throwaway

_running = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    if config.option.help or config.option.version:
        return
    worker: dict[str, str] = getattr(config, "workerinput", {})
    if not worker:
        # Workers of xdist inherit the environment, and with it the services.
        os.environ.update(_running.enter_context(throwaway.services(Path(sys.prefix), time.sleep)))
        os.environ.setdefault("CHROMIUM", chromium.find() or "")
    os.environ["REDIS_URL"] = _own_number(os.environ["REDIS_URL"], worker.get("workerid", ""))

    from django.conf import settings

    assert settings.DATABASES, "loaded settings are what pytest-django waits for"


def pytest_unconfigure() -> None:
    _running.close()


def _own_number(redis_url: str, worker: str) -> str:
    """Each worker has a Redis database of its own: 0 without xdist, from 1 with it."""
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    return urlsplit(redis_url)._replace(path=f"/{number}").geturl()
