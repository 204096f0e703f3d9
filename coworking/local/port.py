"""The ports that people's browsers come to."""

import errno
import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress

from .children import Pause
from .complaint import Complaint


def listen(environ: Mapping[str, str], pause: Pause, patience: float = 0) -> socket.socket:
    """Take the port now, and let the web server inherit it: between a look and a start it could be lost.

    `patience` is for a run that was killed a moment ago, and whose web server is just letting go.
    """
    number, host = wanted(environ), environ.get("HOST") or "127.0.0.1"
    deadline = time.monotonic() + patience
    while True:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            return socket.create_server((host, number), family=family, backlog=128)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                pause(0.2)
                continue
            raise _reason(error, number, host) from error


def beside(listener: socket.socket) -> socket.socket:
    """A port for what runs beside the web server: the next one, so that a firewall can be told, or any that is free."""
    host, number = listener.getsockname()[:2]
    for choice in (number + 1 if number < 65535 else 0, 0):
        with suppress(OSError):  # taken
            return socket.create_server((host, choice), family=listener.family, backlog=1024)
    raise Complaint(f"No port is free on {host}.")


def wanted(environ: Mapping[str, str]) -> int:
    """PORT as a number; 0 lets the machine choose a free one."""
    text = environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise Complaint(f"PORT={text} is no port: give a number from 1 to 65535, as in PORT=8001 bin/run.")
    return int(text)


def _reason(error: OSError, number: int, host: str) -> Exception:
    if error.errno == errno.EADDRINUSE:
        other = number + 1 if number < 65535 else 8001
        return Complaint(f"Port {number} is taken by another program; try PORT={other} bin/run.")
    if error.errno == errno.EACCES:
        return Complaint(f"Port {number} is for root alone; try PORT=8000 bin/run.")
    if error.errno == errno.EADDRNOTAVAIL or (error.errno or 0) < 0:  # below 0: there is no such name
        return Complaint(f"HOST={host} is not an address of this machine.")
    return Complaint(f"Port {number} can't be opened: {os.strerror(error.errno or 0)}.")
