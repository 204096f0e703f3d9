"""The invariants of a database, asked from outside of Django."""

from bench.filling.invariants import BROKEN
from bench.services import Services


def broken_in(services: Services, database: str) -> list[str]:
    """What must never be in the booking table, and is."""
    return [f"{database}: {what} ({count} rows)" for what, count in services.ask(BROKEN, database)]
