"""A PostgreSQL and a Redis for tests: fast, forgetful, and gone afterwards."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import postgres, redis_server
from .children import Child, Pause

PREFIX = "coworking-test-"
JUST_MADE = 60  # seconds in which a new folder may still be without its lock


@contextmanager
def services(venv: Path, pause: Pause) -> Iterator[dict[str, str]]:
    """What settings.py wants to know, with services of our own where the environment names none."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
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
        lock.close()


def _sweep() -> None:
    """Remove the folders of runs that were killed: nobody holds their lock any more."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/lock"):
        with suppress(OSError), lock.open() as file:  # somebody else's, or held
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - lock.stat().st_mtime > JUST_MADE:
                shutil.rmtree(lock.parent, ignore_errors=True)
