"""`python -m bench.clients.readers`: browsers that follow an event, as plain sockets in one process.

One line of JSON says the port and what each of them asks. When all are there it writes a line; when its standard input
ends, it writes what they heard. Lines carry the moment at which they were told, by the clock that all processes share.
"""

import json
import re
import selectors
import socket
import sys
import time

AT = re.compile(rb"event: line\n.*?data-at=([0-9.]+)", re.DOTALL)


class Readers:
    """All of them, on one selector."""

    def __init__(self, port: int, paths: list[str]) -> None:
        self.joined, self.closed = 0, 0
        self.delays: list[float] = []
        self._waiting = selectors.DefaultSelector()
        for path in paths:
            connection = socket.create_connection(("127.0.0.1", port), timeout=60)
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            connection.setblocking(False)
            self._waiting.register(connection, selectors.EVENT_READ, bytearray())

    def until_all_are_there(self, how_many: int) -> None:
        while self.joined < how_many and not self.closed:
            self.read()

    def until_the_end_of(self, stdin: int) -> None:
        self._waiting.register(stdin, selectors.EVENT_READ)
        while self.read():
            pass

    def read(self) -> bool:
        """Take what has come; False when there is nobody left to read for."""
        for key, _ in self._waiting.select(timeout=60):
            if not isinstance(key.fileobj, socket.socket):
                return False
            piece = key.fileobj.recv(1 << 16)
            if not piece:
                self._waiting.unregister(key.fileobj)
                self.closed += 1
            key.data.extend(piece)
            *events, rest = bytes(key.data).split(b"\n\n")
            key.data[:] = rest
            for event in events:
                self._hear(event)
        return True

    def _hear(self, event: bytes) -> None:
        self.joined += event.startswith(b"event: joined")
        if told := AT.match(event):
            self.delays.append(time.monotonic() - float(told[1]))


def main() -> None:
    job = json.loads(sys.stdin.readline())
    readers = Readers(job["port"], job["paths"])
    readers.until_all_are_there(len(job["paths"]))
    readers.delays.clear()  # what was told before they came is told again to whoever comes
    print("All are there.", flush=True)
    readers.until_the_end_of(sys.stdin.fileno())
    json.dump({"there": readers.joined, "closed": readers.closed, "delays": readers.delays}, sys.stdout)


if __name__ == "__main__":
    main()
