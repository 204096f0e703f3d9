"""What bin/bench is told."""

import argparse
from dataclasses import dataclass
from pathlib import Path

PARTS = ("pages", "bookings", "live", "race", "growth", "notices", "weight")


@dataclass(frozen=True)
class Options:
    """The size of a run."""

    bookings: int
    spaces: int
    rounds: int
    seconds: float
    patience: float
    race_seats: int
    race_runs: int
    parts: frozenset[str]
    save: Path | None
    show_sql: bool

    @property
    def sizes(self) -> list[int]:
        """The database of the run, and for growth those with a tenth and a hundredth of its bookings."""
        shares = (100, 10, 1) if "growth" in self.parts else (1,)
        return sorted({max(1, self.bookings // share) for share in shares})


def options(argv: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="How quick the house is, beside what this machine allows: docs/performance.md."
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run of two minutes; its figures are rough")
    parser.add_argument("--bookings", type=int, metavar="N", help="bookings in the database (1,000,000)")
    parser.add_argument("--spaces", type=int, metavar="N", help="spaces in it (100)")
    parser.add_argument("--rounds", type=int, metavar="N", help="turns of each measurement; the median counts (3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of one turn (3)")
    parser.add_argument("--patience", type=float, metavar="S", help="wait so long in all for a machine at rest (300)")
    parser.add_argument(
        "--race-seats", type=int, default=25, metavar="N", help="seats, for 8 times as many people (25)"
    )
    parser.add_argument("--race-runs", type=int, metavar="N", help="races in a row (10)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--save", type=Path, metavar="FILE", help="write every single run to a file, as JSON")
    parser.add_argument("--show-sql", action="store_true", help="print the statements of each page")
    given = parser.parse_args(argv)
    quick = given.quick
    return Options(
        bookings=given.bookings or (100_000 if quick else 1_000_000),
        spaces=given.spaces or (12 if quick else 100),
        rounds=given.rounds or (1 if quick else 3),
        seconds=given.seconds or (0.7 if quick else 3.0),
        patience=given.patience if given.patience is not None else (0 if quick else 300),
        race_seats=given.race_seats,
        race_runs=given.race_runs or (2 if quick else 10),
        parts=frozenset(given.only),
        save=given.save,
        show_sql=given.show_sql,
    )
