"""Notices: how many waiting mails one worker delivers in a second, to a mail server that does nothing with them."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import house
from bench.services import Services
from coworking.local.children import spawn
from coworking.local.places import ROOT


@dataclass(frozen=True)
class Delivered:
    """What one worker did; `bound` is the rate of smtplib alone with the same mail."""

    sent: int
    not_sent: int
    rate: float
    bound: float


def deliver(services: Services, database: str) -> Delivered:
    """Let the real delivery work off what the bookings of the run have left in the outbox."""
    with _mail_server(services) as port:
        env = house.environment(services, database) | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        argv = [sys.executable, "-m", "bench.deliver"]
        done = subprocess.run(argv, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Delivered(**json.loads(done.stdout))


@contextmanager
def _mail_server(services: Services) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    argv = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    with (services.folder / "mail.log").open("wb") as log:
        child = spawn("mail server", argv, output=log)
    try:
        _wait_until_it_listens(port)
        yield port
    finally:
        child.stop()


def _wait_until_it_listens(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("bin/bench: the mail server did not start; is aiosmtpd of requirements-dev.lock installed?")
