"""Everything that one run of bin/bench has found."""

from dataclasses import dataclass, field

from bench.figures import Sample
from bench.live import Audience
from bench.notices_rate import Delivered
from bench.queries import Asked
from bench.race import Race
from bench.rounds import Rounds, Row
from bench.weight import Weight


@dataclass
class Findings:
    """Filled as the run goes on; what was not asked for stays empty."""

    rounds: Rounds = field(default_factory=Rounds)
    queries: dict[tuple[str, str], Asked] = field(default_factory=dict)
    races: list[Race] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    weight: Weight | None = None
    delivered: Delivered | None = None
    audience: Audience | None = None
    broken: list[str] = field(default_factory=list)

    def has(self, row: Row) -> bool:
        return bool(self.rounds.runs.get(row))

    def share(self, row: Row, bound: Row) -> float:
        """The rate of a row as a share of its bound's."""
        return self.rounds.ratio(row, bound, lambda sample: sample.rate)

    def growth(self, name: str, percentile: str) -> float:
        """How much longer a row takes in the largest database than in the smallest."""

        def latency(sample: Sample) -> float:
            return float(getattr(sample, percentile))

        largest, smallest = grown(name, self.sizes[-1]), grown(name, self.sizes[0])
        return self.rounds.ratio(largest, smallest, latency)


def grown(name: str, bookings: int) -> Row:
    """The row of a thing measured at one size."""
    return Row(name, f"{bookings:,} bookings", 1)
