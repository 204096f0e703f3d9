"""Notices: how many one worker delivers in a second, beside how many tasks that do nothing it works off."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from statistics import median

import redis

from bench import house
from bench.services import Services
from coworking.local.children import Child, spawn
from coworking.local.places import ROOT
from coworking.local.progress import say

# As docker-compose.yml starts it.
WORKER = ["worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]
NOTHING, EMPTY, MAILED, CONFIRMED = "nothing", "empty", "mailed", "confirmed"
COUNTS = {NOTHING: 4000, EMPTY: 2500, MAILED: 2000, CONFIRMED: 1000}
QUEUE = "celery"
PATIENCE = 60


@dataclass(frozen=True)
class Delivered:
    """What one worker did in a second, median of the rounds: tasks that do nothing, notices that say nothing by a
    channel that does nothing, the same by SMTP, and confirmations of bookings by SMTP."""

    nothing: float
    empty: float
    mailed: float
    confirmed: float
    share: float
    not_sent: int


def deliver(services: Services, database: str, rounds: int = 3) -> Delivered:
    """Let one worker do each in turn, as often as there are rounds; the share is taken within a round."""
    with _mail_server(services) as port:
        env = house.environment(services, database) | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        with _worker(services, env) as worker, redis.Redis.from_url(services.redis_url) as queue:
            measure = _Measure(services, database, env, worker, queue)
            taken = [{what: measure.rate(what) for what in COUNTS} for _ in range(rounds)]
            not_sent = measure.not_sent
    return Delivered(
        **{what: median(one[what] for one in taken) for what in COUNTS},
        share=median(one[MAILED] / one[NOTHING] for one in taken),
        not_sent=not_sent,
    )


class _Measure:
    """Rates of one worker."""

    def __init__(
        self, services: Services, database: str, env: Mapping[str, str], worker: Child, queue: redis.Redis
    ) -> None:
        self._database = services.connect(database)
        self._env, self._worker, self._queue = env, worker, queue
        self.not_sent = 0

    def rate(self, what: str) -> float:
        """How many a second, without the first tenth and the last."""
        argv = [sys.executable, "-c", "import django; django.setup(); from bench.work import main; main()"]
        argv += [what, str(COUNTS[what])]
        # Notices wait until the worker is woken for them. Tasks do not wait: it is held while they are sent.
        with _held(self._worker) if what == NOTHING else nullcontext():
            told = subprocess.run(argv, env=self._env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
        count = int(told)
        left = self._tasks if what == NOTHING else self._waiting
        first, last = self._when(left, count * 0.9), self._when(left, count * 0.1)
        self._when(left, 0)
        found = (first[1] - last[1]) / (last[0] - first[0])
        if what != NOTHING:  # before the first notices of its own the table has those of other parts
            self.not_sent += self._ask("SELECT count(*) FROM notices_notice WHERE state <> 'sent' OR attempts <> 1")
        say(f"worker · {what}: {found:.1f}/s")
        return found

    def _when(self, left: Callable[[], int], most: float) -> tuple[float, int]:
        """The moment at which no more than so many are left, and how many these are."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            moment, now_left = time.perf_counter(), left()
            if now_left <= most:
                return moment, now_left
            time.sleep(0.02)
        raise SystemExit("bin/bench: the worker does not work off what it is given.")

    def _tasks(self) -> int:
        return int(self._queue.llen(QUEUE))

    def _waiting(self) -> int:
        return self._ask("SELECT count(*) FROM notices_notice WHERE state = 'waiting'")

    def _ask(self, sql: str) -> int:
        with closing(self._database.cursor()) as cursor:
            cursor.execute(sql)
            [(count,)] = cursor.fetchall()
        return int(count)


@contextmanager
def _held(worker: Child) -> Iterator[None]:
    os.killpg(worker.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(worker.process.pid, signal.SIGCONT)


@contextmanager
def _worker(services: Services, env: Mapping[str, str]) -> Iterator[Child]:
    argv = [sys.executable, "-m", "celery", "--quiet", "-A", "coworking", *WORKER, "--include=bench.work"]
    with (services.folder / "worker.log").open("wb") as log:
        child = spawn("worker", argv, env=env, output=log)
    try:
        yield child
    finally:
        child.stop()


@contextmanager
def _mail_server(services: Services) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    argv = [sys.executable, str(ROOT / "bench" / "mail_sink.py"), str(port)]
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
    raise SystemExit("bin/bench: the mail server did not start.")
