"""Several real connections to the test's database, and ways to see that one of them waits for another."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg2
from django.db import connection, connections
from psycopg2 import extensions

Raw = extensions.connection
PATIENCE = 20.0


@contextlib.contextmanager
def raw(count: int = 1) -> Iterator[list[Raw]]:
    """Plain psycopg2 connections, one transaction each until somebody commits."""
    opened = [psycopg2.connect(**connection.get_connection_params()) for _ in range(count)]
    try:
        yield opened
    finally:
        for one in opened:
            one.close()


def run(conn: Raw, sql: str, *values: Any) -> Any:
    """The first column of the first row that a statement gives, if it gives any."""
    with conn.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def waits_for_a_lock(conn: Raw | None = None, kind: str | None = None) -> None:
    """Return once PostgreSQL says that a connection (that one, if it is given) waits for a lock; fail if none does.

    `kind` is the type of the lock as pg_locks has it; any, if it is not given.

    The states of other processes are asked again and again: there is no event to wait for. Only how soon we see the
    wait depends on the pause, never whether the test passes.
    """
    until = time.monotonic() + PATIENCE
    waiting = """
        SELECT count(*) FROM pg_stat_activity a WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND pid = coalesce(%s, pid) AND EXISTS (
            SELECT FROM pg_locks l WHERE l.pid = a.pid AND NOT granted AND locktype = coalesce(%s, locktype)
        )
    """
    with raw() as [watcher]:
        watcher.autocommit = True
        while time.monotonic() < until:
            if run(watcher, waiting, conn.info.backend_pid if conn else None, kind):
                return
            time.sleep(0.005)
    raise AssertionError("Nobody waits.")


class Doing(threading.Thread):
    """Something done beside the test; `result` waits for it and gives what came out, or raises what went wrong."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.outcome: Any = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.outcome = self.act()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever asks for the result
            self.error = error
        finally:
            connections.close_all()

    def settle(self) -> BaseException | None:
        """Wait for the end; what went wrong, if anything did."""
        self.join(PATIENCE)
        assert not self.is_alive(), "Still waiting after 20 s."
        return self.error

    def result(self) -> Any:
        if self.settle():
            raise self.error
        return self.outcome


def at_once(*acts: Callable[[], Any]) -> list[Doing]:
    """Do everything at the same moment, each in a thread with a connection of its own; all have ended."""
    barrier = threading.Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Callable[[], Any]:
        def go() -> Any:
            connection.ensure_connection()
            barrier.wait(PATIENCE)
            return act()

        return go

    doing = [Doing(begin(act)) for act in acts]
    for one in doing:
        one.settle()
    return doing


def outcomes(doing: Sequence[Doing]) -> tuple[list[Any], list[BaseException]]:
    """What came out of those that went well, and what went wrong with the others."""
    return [one.outcome for one in doing if one.error is None], [one.error for one in doing if one.error is not None]


def deadlocks() -> int:
    """How many deadlocks PostgreSQL has broken in this database so far."""
    with connection.cursor() as cursor:
        # Each backend reports its counts when it is idle, at the latest when it ends.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
