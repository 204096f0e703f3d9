"""The closed loop: each client asks, waits for the whole answer, asks again.

Plain sockets and a selector, because asyncio's streams take more of the shared cores than the bare view does; what the
clients cost is told in the result all the same.
"""

import resource
import selectors
import socket
import time
from dataclasses import dataclass, field

from bench.clients.wire import read, status_of

PIECE = 1 << 18


@dataclass
class Told:
    """One finished errand: which one, how long it took, and how it was answered."""

    index: int
    seconds: float
    status: int
    answer: bytes


@dataclass
class Errand:
    """One or more requests in a row; `{location}` in one stands for where the answer before it led."""

    index: int
    texts: list[str]
    began: float = 0.0
    step: int = 0
    received: bytearray = field(default_factory=bytearray)


class Loop:
    """Clients who share a list of errands and take the next one whenever they are free."""

    def __init__(self, port: int, errands: list[list[str]], *, repeats: bool, keeps: bool) -> None:
        self.address = ("127.0.0.1", port)
        self.errands = errands
        self.repeats = repeats
        self.keeps = keeps
        self.taken = 0
        self.until = 0.0
        self.told: list[Told] = []
        self._waiting = selectors.DefaultSelector()

    def run(self, clients: int, seconds: float) -> None:
        """Keep `clients` busy for a time; who is waiting then is waited for, and counts."""
        self.until = time.perf_counter() + seconds
        for _ in range(clients):
            self._next_errand()
        while self._waiting.get_map():
            for key, _ in self._waiting.select(timeout=60) or self._nobody_answers():
                self._read(key.fileobj, key.data)  # type: ignore[arg-type]

    def burst(self) -> None:
        """All errands at once: every connection is open before the first request is sent."""
        opened = [(self._connect(), self._take()) for _ in self.errands]
        for connection, errand in opened:
            errand.began = time.perf_counter()
            self._send(connection, errand)
        while self._waiting.get_map():
            for key, _ in self._waiting.select(timeout=60) or self._nobody_answers():
                self._read(key.fileobj, key.data)  # type: ignore[arg-type]

    def _next_errand(self) -> None:
        if time.perf_counter() >= self.until or (not self.repeats and self.taken >= len(self.errands)):
            return
        errand = self._take()
        errand.began = time.perf_counter()
        self._send(self._connect(), errand)

    def _take(self) -> Errand:
        index = self.taken % len(self.errands)
        self.taken += 1
        return Errand(index, self.errands[index])

    def _connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=60)

    def _send(self, connection: socket.socket, errand: Errand) -> None:
        text = errand.texts[errand.step]
        if "{location}" in text:
            text = text.replace("{location}", read(bytes(errand.received)).headers.get("location", "/"))
        errand.received = bytearray()
        connection.sendall(text.encode("latin-1"))
        connection.setblocking(False)
        self._waiting.register(connection, selectors.EVENT_READ, errand)

    def _read(self, connection: socket.socket, errand: Errand) -> None:
        try:
            while piece := connection.recv(PIECE):
                errand.received += piece
        except BlockingIOError:
            return
        except ConnectionError:
            errand.received.clear()
        self._waiting.unregister(connection)
        connection.close()
        status = status_of(errand.received[:64].decode("latin-1"))
        errand.step += 1
        if errand.step < len(errand.texts) and status < 400:
            self._send(self._connect(), errand)
            return
        took = time.perf_counter() - errand.began
        answer = bytes(errand.received) if self.keeps else b""
        self.told.append(Told(errand.index, took, status, answer))
        self._next_errand()

    def _nobody_answers(self) -> list[tuple[selectors.SelectorKey, int]]:
        raise TimeoutError(f"{len(self._waiting.get_map())} requests had no answer for a minute.")


def cpu_seconds() -> float:
    """What the clients themselves took of the cores."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
