"""A PostgreSQL and a Redis for tests: fast, forgetful, and gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import postgres, redis_server
from .children import Child, Pause


@contextmanager
def services(venv: Path, pause: Pause) -> Iterator[dict[str, str]]:
    """What settings.py wants to know, with services of our own where the environment names none."""
    folder = Path(tempfile.mkdtemp(prefix="coworking-test-"))
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    started: list[Child] = []
    try:
        if "DATABASE_URL" not in given:
            socket_dir = folder / "socket"
            socket_dir.mkdir(mode=0o700)
            folder.chmod(0o711)  # the user id that PostgreSQL may get must come through
            log = folder / "postgresql.log"
            started.append(postgres.start(folder / "data", socket_dir, log, venv=venv, pause=pause, keeps=False))
            given["DATABASE_URL"] = postgres.url(socket_dir)
        if "REDIS_URL" not in given:
            redis, given["REDIS_URL"] = redis_server.start(folder / "redis.log", venv=venv, pause=pause)
            started.append(redis)
        yield {
            "DJANGO_SETTINGS_MODULE": "coworking.settings",
            "SECRET_KEY": os.environ.get("SECRET_KEY") or "a key that keeps no secret, since these are tests",
            "SITE_URL": os.environ.get("SITE_URL") or "http://localhost:8000",
            **given,
        }
    finally:
        for child in reversed(started):
            child.stop()
        shutil.rmtree(folder, ignore_errors=True)
