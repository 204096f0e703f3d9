"""The tables that are printed at the end."""

from collections.abc import Iterator, Sequence
from statistics import median

from bench.bounds import BARE_BOOKING, HELLO, ONE_QUERY, SMALLEST
from bench.findings import Findings, grown
from bench.live import MANY, NOBODY
from bench.pages import SIGNED_IN
from bench.posts import POST, WALK
from bench.rounds import Row
from bench.verdict import GROWING, bars
from bench.visits import REDEEM

HEAD = ("what", "who", "clients", "per s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "share of", "share", "SQL")


def report(found: Findings) -> Iterator[str]:
    """The whole report, line by line."""
    main = [row for row in found.rounds.runs if not row.who.endswith("bookings") and found.has(row)]
    if main:
        yield from _table(HEAD, [_line(found, row) for row in main])
        yield _machine(found)
    yield from _growth(found)
    yield from _races(found)
    if found.audience:
        yield ""
        yield found.audience.in_words()
    yield from _notices_and_weight(found)
    yield ""
    yield from map(str, bars(found))


def _line(found: Findings, row: Row) -> list[str]:
    figures = found.rounds.middle(row)
    bound = bound_of(row)
    share = f"{found.share(row, bound):.2f}" if found.has(bound) else ""
    asked = found.queries.get((row.name, row.who), "")
    return [
        row.name, row.who, str(row.clients), f"{figures.rate:.1f}", *_latencies(figures.p50, figures.p95, figures.p99),
        f"{found.rounds.cost(row):.2f}", bound.name, share, str(asked),
    ]  # fmt: skip


def bound_of(row: Row) -> Row:
    """What a row is compared with; the bounds with the next simpler one, redeeming with booking."""
    if row.name == REDEEM:
        return Row(POST, SIGNED_IN, row.clients)
    of_bounds = {HELLO: "", ONE_QUERY: HELLO, BARE_BOOKING: SMALLEST, SMALLEST: ""}
    if row.who == MANY:
        return Row(POST, NOBODY, row.clients)
    name = of_bounds.get(row.name, BARE_BOOKING if row.name in (POST, WALK) else ONE_QUERY)
    return Row(name, "", row.clients)


def _latencies(*milliseconds: float) -> list[str]:
    return [f"{one:.1f}" for one in milliseconds]


def _machine(found: Findings) -> str:
    probes = found.rounds.probes()
    return (
        f"Probe of the machine's speed: {min(probes):.0f} to {max(probes):.0f} ms, median {median(probes):.0f}; "
        f"{found.rounds.disturbed()} of {len(probes)} runs were disturbed by other work."
    )


def _growth(found: Findings) -> Iterator[str]:
    if len(found.sizes) < 2:
        return
    head = ("growth, 1 client", *(f"p50 / p95 at {size:,}" for size in found.sizes), "p50 ratio", "p95 ratio")
    lines = []
    for name in GROWING:
        middles = [found.rounds.middle(grown(name, size)) for size in found.sizes]
        ratios = [f"{found.growth(name, percentile):.2f}" for percentile in ("p50", "p95")]
        lines.append([name, *(f"{one.p50:.1f} / {one.p95:.1f}" for one in middles), *ratios])
    yield ""
    yield from _table(head, lines)


def _races(found: Findings) -> Iterator[str]:
    if found.races:
        head = ("race", "seats", "at once", "won", "seated", "refused", "all answered after s", "slowest s", "wrong")
        yield ""
        yield from _table(
            head,
            [
                [
                    str(number), str(one.seats), str(one.runners), str(one.won), str(one.seated), str(one.refused),
                    f"{one.seconds:.2f}", f"{one.slowest:.2f}", "; ".join(one.wrong) or "nothing",
                ]
                for number, one in enumerate(found.races, start=1)
            ],
        )  # fmt: skip


def _notices_and_weight(found: Findings) -> Iterator[str]:
    if found.delivered:
        one = found.delivered
        yield ""
        yield (
            f"One worker: {one.mailed:.1f} notices/s by SMTP, {one.nothing:.1f} tasks/s that do nothing, "
            f"share {one.share:.2f}; without SMTP {one.empty:.1f} notices/s, "
            f"by SMTP {one.confirmed:.1f} confirmations of bookings/s; {one.not_sent} not sent at once."
        )
    if found.weight:
        yield ""
        yield f"First view of the space page: {found.weight.total:,} bytes as sent, {len(found.weight.bytes)} requests:"
        yield from (f"  {size:>8,}  {path}" for path, size in found.weight.bytes.items())


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(line[column]) for line in (head, *lines)) for column in range(len(head))]
    for line in (head, ["-" * width for width in widths], *lines):
        yield "  ".join(
            word.ljust(width) if column < 2 else word.rjust(width)
            for column, (word, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
