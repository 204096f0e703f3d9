"""Counting what a page asks of PostgreSQL, in PostgreSQL's own log: whatever Django believes, this was sent."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.services import Services

# A statement of several lines goes on in lines that begin with a tab.
STATEMENT = re.compile(r"LOG:  statement: (.*(?:\n\t.*)*)")
# Neither reads nor writes anything; a statement is prepared by the first page of each connection that runs it.
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "SELECT set_config", "PREPARE ")
HEALTH_CHECK = "SELECT 1"


@dataclass(frozen=True)
class Asked:
    """The statements of one request; the connection's own health check is told apart."""

    statements: list[str]
    health_checks: int

    def __str__(self) -> str:
        return f"{len(self.statements)}+{self.health_checks}" if self.health_checks else str(len(self.statements))


@contextmanager
def counting(services: Services) -> Iterator[Callable[[Callable[[], object]], Asked]]:
    """Log every statement for a while; nothing else may be running, and nothing is measured meanwhile."""
    _log_statements(services, "all")
    try:
        yield lambda request: _asked(services, request)
    finally:
        _log_statements(services, "none")


def _log_statements(services: Services, which: str) -> None:
    services.ask(f"ALTER SYSTEM SET log_statement = '{which}'")
    services.ask("SELECT pg_reload_conf()")
    time.sleep(0.3)


def _asked(services: Services, request: Callable[[], object]) -> Asked:
    seen = services.database_log.stat().st_size
    request()
    time.sleep(0.05)
    with services.database_log.open("rb") as log:
        log.seek(seen)
        found = [" ".join(text.split()) for text in STATEMENT.findall(log.read().decode(errors="replace"))]
    said = [statement for statement in found if not statement.startswith(FRAME)]
    checks = said.count(HEALTH_CHECK)
    return Asked([statement for statement in said if statement != HEALTH_CHECK], checks)
