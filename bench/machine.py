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


class Others:
    """How many cores worked for somebody else between its making and `cores`."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._busy, self._ours = _busy(), _ours()

    def cores(self) -> float:
        seconds = time.monotonic() - self._began
        foreign = (_busy() - self._busy) - (_ours() - self._ours)
        return max(0.0, foreign / TICK / seconds)


def wait_for_calm(patience: float) -> None:
    """Wait until nothing else runs, but not for ever: a run beside other work says little."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        others = Others()
        time.sleep(0.25)
        if others.cores() <= DISTURBED:
            return


def _busy() -> int:
    user, nice, system, _idle, _iowait, irq, softirq, steal = (
        int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return user + nice + system + irq + softirq + steal


def _ours() -> int:
    """Ticks of this process and all that it started, with those that have ended and were waited for."""
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
    total, todo = 0, [os.getpid()]
    while todo:
        pid = todo.pop()
        total += ticks.get(pid, 0)
        todo += children[pid]
    return total
