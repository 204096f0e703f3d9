"""A PostgreSQL and a Redis of the benchmark's own, in a folder that goes away with it."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from coworking.local import postgres, redis_server


@dataclass(frozen=True)
class Services:
    """Where things are while the benchmark runs."""

    folder: Path
    redis_url: str

    @property
    def database_log(self) -> Path:
        return self.folder / "postgresql.log"

    def url(self, database: str) -> str:
        return postgres.url(self.folder / "socket").replace(f"/{postgres.DATABASE}?", f"/{database}?")

    def connect(self, database: str = postgres.DATABASE) -> connection:
        """A connection in autocommit."""
        opened = psycopg2.connect(self.url(database))
        opened.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        return opened

    def ask(self, sql: str, database: str = postgres.DATABASE) -> list[tuple[object, ...]]:
        """The rows of one statement, none for one that has no rows."""
        opened = self.connect(database)
        try:
            with opened.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            opened.close()

    def make_database(self, name: str, like: str = "template1") -> None:
        """A new database, a copy of another one to which nobody is connected."""
        self.ask(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")

    def deadlocks(self) -> int:
        """How often PostgreSQL had to break a deadlock since it was started."""
        return self.database_log.read_text(errors="replace").count("deadlock detected")


@contextmanager
def services() -> Iterator[Services]:
    """Start both; PostgreSQL keeps what it is given as in production, with fsync and synchronous_commit on."""
    folder = Path(tempfile.mkdtemp(prefix="coworking-bench-"))
    folder.chmod(0o711)  # PostgreSQL may be given a user of its own, who must get through
    try:
        with ExitStack() as stack:
            socket_dir = postgres.socket_dir_in(folder / "socket")
            if socket_dir is None:
                raise SystemExit(f"bin/bench: {folder} is too long a name for a socket; set TMPDIR to a shorter one.")
            database = postgres.start(folder / "data", socket_dir, folder / "postgresql.log", venv=Path(sys.prefix))
            stack.callback(database.stop)
            redis, redis_url = redis_server.start(folder / "redis.log", venv=Path(sys.prefix))
            stack.callback(redis.stop)
            yield Services(folder, redis_url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
