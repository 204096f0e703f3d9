"""Bookings while many follow an event: the process `live`, and readers who come and go between two turns."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast
from urllib.parse import urlsplit

from bench.asking import ask
from bench.clients.wire import get
from bench.figures import Sample, percentile
from bench.house import Filled, environment
from bench.services import Services
from coworking.local.children import Child, spawn
from coworking.local.places import ROOT

READERS = 500
NOBODY, MANY = "nobody follows", f"{READERS} follow an event"


@dataclass
class Audience:
    """The process, and what its readers heard in all: seconds from telling a line to each who heard it."""

    port: int
    env: Mapping[str, str]
    delays: list[float]
    closed: int = 0

    def follows(self, act: Callable[[], Sample]) -> Sample:
        """Do something while five hundred readers follow an event on whose wall there is a new line each second."""
        with _helper("bench.clients.readers", self.env) as readers:
            readers.stdin.write(json.dumps({"port": self.port, "paths": self._paths()}) + "\n")
            readers.stdin.flush()
            readers.stdout.readline()
            with _helper("bench.telling", self.env) as telling:
                telling.stdout.readline()
                found = act()
            readers.stdin.close()
            told = json.load(readers.stdout)
        if told["there"] != READERS:
            raise SystemExit(f"bin/bench: of {READERS} readers only {told['there']} were let in.")
        self.delays += told["delays"]
        self.closed += told["closed"]
        return found

    def in_words(self) -> str:
        """What the readers heard."""
        ordered = sorted(self.delays)
        most, median = (percentile(ordered, share) * 1000 for share in (0.95, 0.5))
        return (
            f"Live: {len(ordered):,} lines were heard by {READERS} readers, after {median:.0f} ms (p50) "
            f"and {most:.0f} ms (p95); {self.closed} streams were cut off."
        )

    def _paths(self) -> list[str]:
        asked = [sys.executable, "-m", "bench.telling", str(READERS)]
        said = subprocess.run(asked, env=self.env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
        return [f"{address.path}?{address.query}" for address in map(urlsplit, json.loads(said))]


@contextmanager
def audience(services: Services, filled: Filled) -> Iterator[Audience]:
    """Start the process as bin/run does."""
    log = services.folder / "live.log"
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, log.open("wb") as output:
        port: int = listener.getsockname()[1]
        env = environment(services, filled.database) | {"LIVE_URL": f"http://localhost:{port}"}
        argv = [sys.executable, "-m", "events.live", f"--fd={listener.fileno()}"]
        child = spawn("live", argv, env=env, output=output, pass_fds=[listener.fileno()])
        try:
            _wait(port, child)
            yield Audience(port, env, [])
        finally:
            child.stop()


def _wait(port: int, child: Child) -> None:
    """The listener is ours, so a first question waits until it is answered."""
    while ask(port, get("/readyz")).status != 200:
        if not child.is_alive:
            raise SystemExit("bin/bench: the process live did not start.")


@dataclass(frozen=True)
class Helper:
    """A process that writes a line when it has begun, and runs until its standard input ends."""

    stdin: IO[str]
    stdout: IO[str]


@contextmanager
def _helper(module: str, env: Mapping[str, str]) -> Iterator[Helper]:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-m", module], env=env, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as run:
        helper = Helper(cast("IO[str]", run.stdin), cast("IO[str]", run.stdout))
        try:
            yield helper
        finally:
            helper.stdin.close()
            helper.stdout.read()
