"""What a PostgreSQL that was killed leaves behind in its folder."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from .children import Pause
from .complaint import Complaint
from .progress import say

PATIENCE = 30


def clear_stale_lock(data: Path, socket: Path, pause: Pause) -> None:
    """Make way for a new server; whoever calls this holds the lock of the clone, so no old one is wanted.

    PostgreSQL itself takes any living process with the number in postmaster.pid for a server, and numbers
    are given out again.
    """
    lock = data / "postmaster.pid"
    with suppress(FileNotFoundError):
        number = _first_number(lock.read_text(errors="replace"))
        if number and _is_server_of(number, data):
            say(f"A PostgreSQL of an earlier run still lives (process {number}): stopping it.")
            _stop(number, data, pause)
        else:
            say("PostgreSQL's pid file is of a process that is gone: cleared, the data recovers by itself.")
        lock.unlink(missing_ok=True)
    for leftover in (socket, socket.with_name(f"{socket.name}.lock")):
        leftover.unlink(missing_ok=True)


def _stop(number: int, data: Path, pause: Pause) -> None:
    deadline = time.monotonic() + PATIENCE
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGINT)
    while _is_server_of(number, data):
        if time.monotonic() > deadline:
            raise Complaint(f"The PostgreSQL of an earlier run does not stop: end process {number}.")
        pause(0.1)


def _is_server_of(number: int, data: Path) -> bool:
    """Whether this process is a server on our data: it stands in that folder, or was told it."""
    with suppress(OSError):
        return os.path.samefile(f"/proc/{number}/cwd", data)
    with suppress(OSError):  # no /proc, as on a Mac
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(number)], capture_output=True, check=False)
        return str(data).encode() in listed.stdout
    return False


def _first_number(text: str) -> int | None:
    first = text.split("\n", 1)[0].strip()
    return int(first) if first.isdigit() else None
