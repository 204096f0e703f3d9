"""PostgreSQL and Redis for the tests: started once for a run of pytest, stopped at its end.

A plugin that pyproject.toml names with `-p`, so that it comes before any conftest: those import models, which needs
settings, which need a database to be named. DJANGO_SETTINGS_MODULE stands nowhere else, for pytest-django would load
them still earlier.
"""

import os
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

_running = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    known = early_config.known_args_namespace
    if not (known.help or known.version):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        if not worker:
            # Workers of xdist inherit the environment, and with it the services. They don't import these
            # here, before coverage has begun to watch.
            from coworking.local import chromium, throwaway

            os.environ.update(_running.enter_context(throwaway.services(Path(sys.prefix), time.sleep)))
            os.environ.setdefault("CHROMIUM", chromium.find() or "")
        os.environ["REDIS_URL"] = _own_number(os.environ["REDIS_URL"], worker)
    return (yield)


def pytest_unconfigure() -> None:
    _running.close()


def _own_number(redis_url: str, worker: str) -> str:
    """Each worker has a Redis database of its own: 0 without xdist, from 1 with it."""
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    return urlsplit(redis_url)._replace(path=f"/{number}").geturl()
