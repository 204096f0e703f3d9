"""A Redis of our own, in memory only: nothing in it would be missed."""

import secrets
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from .children import Child, Pause, spawn
from .complaint import Complaint
from .progress import step
from .wheels import redis_server

ATTEMPTS = 5


def start(log: Path, *, venv: Path, pause: Pause = time.sleep) -> tuple[Child, str]:
    """Start it on a free port of this machine alone, behind a password; return it with its REDIS_URL.

    A socket would need no password, but Celery and redis-py write the address of a socket in two ways.
    """
    with step("Starting Redis"):
        for _ in range(ATTEMPTS):
            port, password = _free_port(), secrets.token_hex(16)
            child = _spawn(log, redis_server(venv), port, password)
            try:
                if _answers(child, port, password, pause):
                    return child, f"redis://:{password}@127.0.0.1:{port}/0"
            except BaseException:
                child.stop()
                raise
    said = log.read_text(errors="replace").strip().splitlines()
    raise Complaint(f"Redis did not start: {said[-1] if said else 'it said nothing.'}")


def _spawn(log: Path, server: Path, port: int, password: str) -> Child:
    with log.open("wb") as output:
        child = spawn("Redis", [server, "-"], output=output, stdin=subprocess.PIPE)
    # By way of its standard input, since everyone can read the arguments of a process.
    settings = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndatabases 64\n'
    assert child.process.stdin  # noqa: S101 - a pipe was asked for
    with suppress(BrokenPipeError), child.process.stdin as configuration:  # it may have ended already
        configuration.write(settings.encode())
    return child


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _answers(child: Child, port: int, password: str, pause: Pause) -> bool:
    """Wait for a greeting; False when it ended, as when another process took the port before it."""
    while child.is_alive:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                if b"PONG" in connection.recv(64):
                    return True
        except OSError:
            pass
        pause(0.05)
    return False
