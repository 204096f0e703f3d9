"""Celery's own processes, started as in production, on the tests' database, Redis and mail server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from coworking.celery import app
from notices.tasks import deliver_due

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A program in a process group of its own, with all that it has said in a file."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "coworking", *arguments],
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self._running.poll() is None

    def wait_until_it_says(self, words: str, patience: float = 60) -> None:
        wait_until(lambda: words in self.said or self._running.poll() is not None, patience)
        assert words in self.said, self.said

    def end(self, how: int = signal.SIGKILL) -> None:
        """End the whole group: by SIGKILL nobody gets to tidy up."""
        if self._running.poll() is None:
            os.killpg(self._running.pid, how)
        self._running.wait(30)


def wait_until(is_so: Callable[[], bool], patience: float = 60) -> None:
    until = time.monotonic() + patience
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)


def environment(port: int) -> dict[str, str]:
    """What makes a process of production one of this test: the database, Redis and the mail server."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }


@contextmanager
def worker(port: int, log: Path, *options: str) -> Iterator[Process]:
    """A worker that has said that it is ready, gone at the end."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO"]
    process = Process(["worker", f"--hostname={log.stem}@%h", *quiet, *options], environment(port), log)
    try:
        process.wait_until_it_says(" ready.")
        yield process
    finally:
        process.end()


@contextmanager
def beat(port: int, log: Path) -> Iterator[Process]:
    process = Process(["beat", "--pidfile=", f"--schedule={log}.schedule", "--loglevel=INFO"], environment(port), log)
    try:
        yield process
    finally:
        process.end()


# As docker-compose.yml starts them, but for how much they tell.
WORKER = ["worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
BEAT = ["beat", "--scheduler=celery.beat.Scheduler", "--max-interval=30", "--enable-remote-control", "--loglevel=INFO"]


@contextmanager
def deployed(port: int, log: Path, arguments: list[str]) -> Iterator[Process]:
    """A worker or a beat as it is deployed, gone at the end."""
    name = ["--pidfile="] if arguments is BEAT else [f"--hostname={log.stem}@%h"]
    process = Process([*arguments, *name], environment(port), log)
    try:
        yield process
    finally:
        process.end()


def wake(times: int = 1) -> None:
    """Ask for so many rounds of delivery, as beat does."""
    with app.connection_for_write() as broker:
        for _ in range(times):
            deliver_due.apply_async(connection=broker)
