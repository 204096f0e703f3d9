"""Sending clients to a server, from the benchmark's side."""

import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.clients.wire import Answer, read
from bench.figures import Sample, sample
from coworking.local.places import ROOT


@dataclass(frozen=True)
class Outcome:
    """What a run of clients brought back."""

    seconds: float
    client_cpu: float
    taken: int
    statuses: list[int]
    latencies: list[float]
    answers: list[Answer]

    def sample(self) -> Sample:
        return sample(self.latencies, self.seconds, self.statuses)


def send(
    port: int,
    errands: Sequence[Sequence[str]],
    *,
    clients: int = 0,
    seconds: float = 0,
    repeats: bool = True,
    keeps: bool = False,
) -> Outcome:
    """Run clients in a process of their own; with no `seconds`, all errands at once. `keeps` brings the answers."""
    job = {
        "port": port,
        "errands": errands,
        "clients": clients,
        "seconds": seconds,
        "repeats": repeats,
        "keeps": keeps,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.clients"],
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    result = json.loads(done.stdout)
    return Outcome(
        seconds=result["seconds"],
        client_cpu=result["cpu"],
        taken=result["taken"],
        statuses=[status for _, _, status in result["told"]],
        latencies=[seconds for _, seconds, _ in result["told"]],
        answers=[read(text.encode("latin-1")) for text in result.get("answers", [])],
    )


def ask(port: int, text: str) -> Answer:
    """One request and its answer, outside any measurement."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(text.encode("latin-1"))
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    return read(received)
