"""The real process `live`, and readers that follow it as browsers do."""

import http.client
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings

from coworking.local.places import ROOT
from tests.events.live.streams import Said, events_in

# Nobody answers there: the process has no use for a database.
NOWHERE = "postgres://nobody@127.0.0.1:1/none"
# The moment at which the tests of pages stand still would make their tokens too old, or too new.
AS_OF = "import sys, time_machine; time_machine.travel(float(sys.argv.pop(1)), tick=True).start(); "
RUN = "import runpy; runpy.run_module('events.live', run_name='__main__', alter_sys=True)"
PATIENCE = 30


class Live:
    """A process that runs."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.url = url
        self.process = process
        self.log = log

    @property
    def said(self) -> str:
        return self.log.read_text()

    def get(self, path: str, method: str = "GET") -> tuple[int, http.client.HTTPMessage, str]:
        """Status, headers and text of an answer that ends."""
        asked = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            asked.request(method, path)
            answer = asked.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            asked.close()

    def until_ready(self, status: int = 200) -> None:
        until = time.monotonic() + PATIENCE
        while self.get("/readyz")[0] != status:
            assert time.monotonic() < until, self.said
            time.sleep(0.02)


@contextmanager
def running(
    log: Path, *, site_url: str = "http://localhost:8000", now: float = 0.0, port: int = 0, **more: str
) -> Iterator[Live]:
    """Run it until the block ends, on a free port if none is given.

    `now` is the moment, in seconds since the epoch, at which its clock begins: that of tests that stand still.
    """
    own = {"DATABASE_URL": NOWHERE, "SITE_URL": site_url}
    code = [AS_OF + RUN, str(now)] if now else [RUN]
    with socket.create_server(("127.0.0.1", port), backlog=1024) as listener, log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", *code, f"--fd={listener.fileno()}"],
            env=os.environ | own | more,
            cwd=ROOT,
            stdout=output,
            stderr=output,
            pass_fds=[listener.fileno()],
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    live = Live(url, process, log)
    try:
        live.until_ready()
        yield live
    finally:
        process.terminate()
        process.wait(PATIENCE)


def cut_off() -> None:
    """Redis ends the subscription of these tests, and not those of other workers, as when it is started anew."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        number = str(client.connection_pool.connection_kwargs.get("db", 0))
        ours = [one["id"] for one in client.client_list(_type="pubsub") if one["db"] == number]
        assert len(ours) == 1
        client.client_kill_filter(_id=ours[0])


class Following:
    """A browser that follows a stream, in a thread of its own."""

    def __init__(self, address: str, last: str = "") -> None:
        where = urlsplit(address)
        self._socket = socket.create_connection((where.hostname or "", where.port or 0), timeout=PATIENCE)
        # An HTTP of old: what comes is the stream itself, in no chunks.
        lines = [f"GET {where.path}?{where.query} HTTP/1.0", f"Host: {where.netloc}"]
        lines += [f"Last-Event-ID: {last}"] if last else []
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._stream = self._socket.makefile("rb")
        self.status = int(self._stream.readline().split()[1])
        self.headers = http.client.parse_headers(self._stream)
        self.heard: list[Said] = []
        self._coming: queue.Queue[Said | None] = queue.Queue()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def __enter__(self) -> "Following":
        return self

    def _read(self) -> None:
        text = b""
        with suppress(OSError):
            for line in self._stream:
                text += line
                if line == b"\n":
                    for said in events_in(text.decode()):
                        self._coming.put(said)
                    text = b""
        self._coming.put(None)

    def until(self, kind: str, seconds: float = PATIENCE) -> Said:
        """Wait for the next event of a kind; what came before it is in `heard` too."""
        until = time.monotonic() + seconds
        while True:
            said = self._coming.get(timeout=max(0.01, until - time.monotonic()))
            assert said is not None, f"The stream (status {self.status}) ended before {kind}, after {self.heard}."
            self.heard.append(said)
            if said.kind == kind:
                return said

    def until_it_ends(self, seconds: float = PATIENCE) -> None:
        while (said := self._coming.get(timeout=seconds)) is not None:
            self.heard.append(said)

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the process may have closed it
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._stream.close()
        self._socket.close()
