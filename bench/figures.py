"""What a run of requests says in a few numbers."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the ordered values do not exceed (nearest rank)."""
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Sample:
    """One run: its rate, its latencies in milliseconds, and what was answered how often."""

    rate: float
    p50: float
    p95: float
    p99: float
    count: int
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def server_errors(self) -> int:
        """Answers of 500 and above; a connection that broke counts as status 599."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


def sample(latencies: Sequence[float], seconds: float, statuses: Sequence[int] = ()) -> Sample:
    """The figures of one run, from each latency in seconds and the length of the run."""
    ordered = sorted(latencies)
    return Sample(
        rate=len(ordered) / seconds if seconds else 0.0,
        p50=percentile(ordered, 0.50) * 1000,
        p95=percentile(ordered, 0.95) * 1000,
        p99=percentile(ordered, 0.99) * 1000,
        count=len(ordered),
        statuses=dict(Counter(statuses)),
    )


def middle(samples: Sequence[Sample]) -> Sample:
    """The median of each figure over rounds; counts and answers are those of all rounds together."""
    statuses: Counter[int] = Counter()
    for one in samples:
        statuses.update(one.statuses)
    return Sample(
        rate=median(one.rate for one in samples),
        p50=median(one.p50 for one in samples),
        p95=median(one.p95 for one in samples),
        p99=median(one.p99 for one in samples),
        count=sum(one.count for one in samples),
        statuses=dict(statuses),
    )
