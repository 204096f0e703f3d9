"""Runs taken in turns: a machine's speed drifts, so only figures of one round may be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.figures import Sample, middle
from bench.machine import DISTURBED, Watch, speed_probe, wait_for_calm
from coworking.local.progress import say

MOST_TRIES = 3


@dataclass(frozen=True)
class Row:
    """One thing that is measured: what is asked, by whom, by how many clients at a time."""

    name: str
    who: str
    clients: int

    def __str__(self) -> str:
        return " · ".join([self.name, *filter(None, [self.who]), f"{self.clients} client{'s'[: self.clients > 1]}"])


@dataclass(frozen=True)
class Run:
    """One turn of a row, and how the machine was meanwhile."""

    sample: Sample
    probe: float
    served: float
    others: float

    @property
    def cost(self) -> float:
        """Milliseconds of a core that the servers and the database took for one answer."""
        return self.served / self.sample.count * 1000 if self.sample.count else 0.0

    @property
    def is_disturbed(self) -> bool:
        return self.others > DISTURBED


class Rounds:
    """All rows, each with one run a round."""

    def __init__(self) -> None:
        self._acts: dict[Row, Callable[[], Sample]] = {}
        self.runs: dict[Row, list[Run]] = {}

    def add(self, row: Row, act: Callable[[], Sample]) -> None:
        self._acts[row] = act
        self.runs[row] = []

    def go(self, rounds: int, patience: float = 0) -> None:
        """Take turns. `patience` is for how many seconds in all we wait for a machine at rest, and then try again."""
        for number in range(1, rounds + 1):
            for row, act in self._acts.items():
                tries: list[Run] = []
                while not tries or (tries[-1].is_disturbed and patience and len(tries) < MOST_TRIES):
                    patience = wait_for_calm(patience)
                    tries.append(_run(act))
                    say(f"round {number} · {row}: {_line(tries[-1])}")
                self.runs[row].append(min(tries, key=lambda run: run.others))

    def middle(self, row: Row) -> Sample:
        """The median figures of a row, without disturbed runs where there are others."""
        return middle(self._calm(row) or [run.sample for run in self.runs[row]])

    def ratio(self, row: Row, bound: Row, of: Callable[[Sample], float]) -> float:
        """A figure of `row` as a share of the same figure of `bound`: the median of each round's own ratio.

        Where no round was calm for both, the calm runs of each are compared, and where there are none, all.
        """
        pairs = list(zip(self.runs[row], self.runs[bound], strict=True))
        calm = [pair for pair in pairs if not any(run.is_disturbed for run in pair)]
        if not calm and self.is_calm(row, bound):
            return of(self.middle(row)) / of(self.middle(bound))
        return median(of(one.sample) / of(other.sample) for one, other in calm or pairs)

    def is_calm(self, *rows: Row) -> bool:
        """Whether each of these rows has a run that nothing disturbed."""
        return all(self._calm(row) for row in rows)

    def _calm(self, row: Row) -> list[Sample]:
        return [run.sample for run in self.runs[row] if not run.is_disturbed]

    def cost(self, row: Row) -> float:
        """What one answer of a row cost, in milliseconds of a core: other work hardly changes it."""
        return median(run.cost for run in self.runs[row])

    def disturbed(self) -> int:
        return sum(run.is_disturbed for runs in self.runs.values() for run in runs)

    def probes(self) -> Sequence[float]:
        return [run.probe for runs in self.runs.values() for run in runs]


def _run(act: Callable[[], Sample]) -> Run:
    probe, watch = speed_probe(), Watch()
    figures = act()
    return Run(figures, probe, *watch.read())


def _line(run: Run) -> str:
    found = run.sample
    latencies = f"p50 {found.p50:.1f}, p95 {found.p95:.1f}, p99 {found.p99:.1f} ms"
    machine = f"probe {run.probe:.0f} ms, others {run.others:.2f} core{' DISTURBED' if run.is_disturbed else ''}"
    return f"{found.rate:.1f}/s, {latencies} ({machine})"
