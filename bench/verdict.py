"""What must be reached, what is hoped for, and how near it came."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.bounds import BARE_BOOKING, ONE_QUERY
from bench.findings import Findings, grown
from bench.live import MANY, NOBODY
from bench.pages import FIND, SIGNED_IN, SPACE_PAGE, VISITOR, WEEK
from bench.posts import POST
from bench.rounds import Row

MOST_QUERIES = 6
MOST_BYTES, MOST_REQUESTS = 100_000, 6
MOST_GROWTH = 1.3
MOST_BESIDE_READERS = 1.3
LEAST_OF_NOTHING = 0.5
CLIENTS = 8
GROWING = (SPACE_PAGE, WEEK, FIND, POST)


@dataclass(frozen=True)
class Bar:
    """One figure against its limit; `goal` is beyond what must be."""

    name: str
    found: float
    must: float
    goal: float | None = None
    at_least: bool = True
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.found >= self.must if self.at_least else self.found <= self.must

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        figure = f"{self.found:,.2f}" if isinstance(self.found, float) else f"{self.found:,}"
        text = f"{'ok  ' if self.holds else 'FAIL'} {self.name}: {figure} (must be {sign} {self.must:,}"
        if self.goal is None:
            return f"{text}){self.note}"
        near = "reached" if self.found >= self.goal else f"{self.found / self.goal:.0%} of it"
        return f"{text}; goal {self.goal:g}: {near}){self.note}"


def bars(found: Findings) -> list[Bar]:
    """Every figure of the run that has a limit."""
    return [
        *_rates(found),
        *_queries(found),
        *_races(found),
        *_growth(found),
        *_live(found),
        *_notices(found),
        *_weight(found),
        *_honesty(found),
    ]


def _rates(found: Findings) -> Iterator[Bar]:
    for name, bound, goal in ((SPACE_PAGE, ONE_QUERY, 0.5), (WEEK, ONE_QUERY, 0.5), (POST, BARE_BOOKING, 0.6)):
        row, best = Row(name, SIGNED_IN if name == POST else VISITOR, CLIENTS), Row(bound, "", CLIENTS)
        if found.has(row):
            by_cost = found.rounds.cost(best) / found.rounds.cost(row)
            note = f"; by CPU for each answer {by_cost:.2f}"
            # Other work slows down the bound more, which does little between its waits for the database.
            note += "" if found.rounds.is_calm(row, best) else "; disturbed, so it looks better than it is"
            yield Bar(f"{name} / {bound}, rate", found.share(row, best), 0.3, goal, note=note)


def _queries(found: Findings) -> Iterator[Bar]:
    for (name, who), asked in found.queries.items():
        if name in (SPACE_PAGE, WEEK):
            yield Bar(f"{name}, {who}, SQL queries", len(asked.statements), MOST_QUERIES, at_least=False)


def _races(found: Findings) -> Iterator[Bar]:
    if found.races:
        wrong = sum(bool(race.wrong) for race in found.races)
        yield Bar(f"races of {len(found.races)} that were not exact", wrong, 0, at_least=False)


def _growth(found: Findings) -> Iterator[Bar]:
    for name in GROWING:
        if len(found.sizes) > 1 and found.has(grown(name, found.sizes[-1])):
            for percentile in ("p50", "p95"):
                label = f"{name}, {percentile} at {found.sizes[-1]:,} / at {found.sizes[0]:,} bookings"
                yield Bar(label, found.growth(name, percentile), MOST_GROWTH, at_least=False)


def _live(found: Findings) -> Iterator[Bar]:
    beside, alone = Row(POST, MANY, CLIENTS), Row(POST, NOBODY, CLIENTS)
    if found.has(beside):
        ratio = found.rounds.ratio(beside, alone, lambda sample: sample.p95)
        yield Bar(f"{POST}, p95 while {MANY} / while {NOBODY}", ratio, MOST_BESIDE_READERS, at_least=False)
    if found.audience:
        yield Bar("streams that were cut off", found.audience.closed, 0, at_least=False)


def _notices(found: Findings) -> Iterator[Bar]:
    if found.delivered:
        yield Bar("notice by SMTP / task that does nothing, rate", found.delivered.share, LEAST_OF_NOTHING)
        yield Bar("notices that were not sent at once", found.delivered.not_sent, 0, at_least=False)


def _weight(found: Findings) -> Iterator[Bar]:
    if found.weight:
        yield Bar("first view of the space page, bytes", found.weight.total, MOST_BYTES, at_least=False)
        yield Bar("first view, requests", len(found.weight.bytes), MOST_REQUESTS, at_least=False)
        yield Bar("first view, other hosts", len(found.weight.hosts), 0, at_least=False)


def _honesty(found: Findings) -> Iterator[Bar]:
    samples = [run.sample for runs in found.rounds.runs.values() for run in runs]
    yield Bar("answers of 500 and above", sum(one.server_errors for one in samples), 0, at_least=False)
    refused = sum(count for one in samples for status, count in one.statuses.items() if 400 <= status < 500)
    yield Bar("refusals where a place was free", refused, 0, at_least=False)
    yield Bar("broken invariants in the tables afterwards", len(found.broken), 0, at_least=False)
