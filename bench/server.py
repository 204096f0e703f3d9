"""Gunicorn as in production: two sync workers, a port of its own; the same for the house and for the bare views."""

import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coworking.local.children import spawn
from coworking.local.places import ROOT

BACKLOG = 2048
PATIENCE = 60


@dataclass(frozen=True)
class Server:
    """A running server and what it says when something goes wrong."""

    port: int
    log: Path


@contextmanager
def serving(application: str, log: Path, environment: Callable[[int], Mapping[str, str]]) -> Iterator[Server]:
    """Start a server on a free port and wait until its workers answer; `environment` is told the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        port: int = listener.getsockname()[1]
        argv = [sys.executable, "-m", "gunicorn", application, "--no-control-socket"]
        argv += ["--workers", "2", "--worker-class", "sync", "--bind", f"fd://{listener.fileno()}"]
        argv += ["--log-level", "warning", "--timeout", "60", "--chdir", str(ROOT)]
        with log.open("wb") as output:
            child = spawn(
                f"gunicorn {application}",
                argv,
                env=environment(port),
                output=output,
                pass_fds=[listener.fileno()],
            )
        try:
            _wait_for_an_answer(port, child.process.poll, log)
            yield Server(port, log)
        finally:
            child.stop()


def _wait_for_an_answer(port: int, ended: Callable[[], int | None], log: Path) -> None:
    """Any answer will do: the listener is ours, so a connection alone says nothing."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and ended() is None:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as asked:
            asked.sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if asked.recv(1):
                return
    raise SystemExit(f"bin/bench: the server did not start; its log says:\n{log.read_text(errors='replace')[-4000:]}")
