"""A house on a PostgreSQL and a Redis of a test's own, which it may stop, crash and start again."""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import environ
import pytest
from django.conf import LazySettings
from django.db import connection
from pytest_django import DjangoDbBlocker

from coworking.local import postgres, redis_server, wheels
from coworking.local.children import Child
from tests.notices.processes import ROOT

VENV = Path(sys.prefix)


class OwnHouse:
    """PostgreSQL keeps what it is given as in production; Redis comes back on its old address."""

    def __init__(self, folder: Path, socket_dir: Path) -> None:
        self.folder, self._socket_dir = folder, socket_dir
        self.database_url = postgres.url(socket_dir)
        self.start_postgres()
        self._redis, self.redis_url = redis_server.start(folder / "redis.log", venv=VENV)

    def start_postgres(self) -> None:
        self._postgres = postgres.start(self.folder / "data", self._socket_dir, self.folder / "pg.log", venv=VENV)

    def end_postgres(self, how: signal.Signals) -> None:
        """End it, by SIGINT as an administrator does or by SIGQUIT as a crash."""
        self._postgres.process.send_signal(how)
        self._postgres.process.wait(60)
        self._postgres.stop()
        connection.close()

    def stop_redis(self) -> None:
        self._redis.stop()

    def start_redis(self) -> None:
        address = urlsplit(self.redis_url)
        assert address.port
        assert address.password
        server = wheels.redis_server(VENV)
        self._redis = redis_server._spawn(self.folder / "redis.log", server, address.port, address.password)
        assert redis_server._answers(self._redis, address.port, address.password, lambda seconds: None)

    def children(self) -> list[Child]:
        return [self._redis, self._postgres]


@contextmanager
def own_house(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, blocker: DjangoDbBlocker) -> Iterator[OwnHouse]:
    """Start one with empty tables, and let this process and all that it starts be about it."""
    folder = Path(tempfile.mkdtemp(prefix="coworking-own-"))
    folder.chmod(0o711)  # PostgreSQL may be given a user of its own, who must get through
    socket_dir = postgres.socket_dir_in(folder / "socket")
    assert socket_dir
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        house = OwnHouse(folder, socket_dir)
        stack.callback(lambda: [child.stop() for child in house.children()])
        monkeypatch.setenv("DATABASE_URL", house.database_url)
        monkeypatch.setenv("REDIS_URL", house.redis_url)
        monkeypatch.setenv("STATIC_ROOT", str(folder / "static"))
        settings.REDIS_URL = house.redis_url
        for command in (["migrate", "--no-input", "-v0"], ["collectstatic", "--no-input", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
        stack.callback(connection.close)
        connection.close()
        for name, value in environ.Env.db_url_config(house.database_url).items():
            if name != "ENGINE":
                monkeypatch.setitem(connection.settings_dict, name, value)
        stack.enter_context(blocker.unblock())
        yield house
