"""What else the machine does meanwhile: its cores change speed, and other work runs on them."""

import os
import time
from collections import defaultdict
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
DISTURBED = 0.10  # cores busy with what is not ours


def speed_probe() -> float:
    """Milliseconds for a fixed piece of Python: it tells a fast phase of the machine from a slow one."""
    began = time.perf_counter()
    total = 0
    for number in range(400_000):
        total += number * number % 7
    return (time.perf_counter() - began) * 1000


class Watch:
    """Who has used the cores since it was made: our servers, our clients, others."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._busy = _busy()
        self._clients, self._servers = _ours()

    def read(self) -> tuple[float, float]:
        """Seconds that the servers and the database have worked, and cores that were busy with what is not ours."""
        seconds = time.monotonic() - self._began
        clients, servers = _ours()
        foreign = (_busy() - self._busy) - (clients - self._clients) - (servers - self._servers)
        return (servers - self._servers) / TICK, max(0.0, foreign / TICK / seconds)


def wait_for_calm(patience: float) -> float:
    """Wait until nothing else runs, but not for ever: a run beside other work says little. What patience is left."""
    began = time.monotonic()
    while (left := patience - (time.monotonic() - began)) > 0:
        watch = Watch()
        time.sleep(0.25)
        if watch.read()[1] <= DISTURBED:
            break
    return max(0.0, left)


def _busy() -> int:
    user, nice, system, _idle, _iowait, irq, softirq, steal = (
        int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return user + nice + system + irq + softirq + steal


def _ours() -> tuple[int, int]:
    """Ticks of this process with the clients, which it has waited for, and ticks of what it started and still runs."""
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name, in brackets, may hold spaces.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(entry.name)
        children[int(fields[1])].append(pid)
        ticks[pid] = sum(int(field) for field in fields[11:15])
    servers, todo = 0, children[os.getpid()]
    while todo:
        pid = todo.pop()
        servers += ticks[pid]
        todo += children[pid]
    return ticks[os.getpid()], servers
