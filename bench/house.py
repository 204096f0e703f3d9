"""The house under test: its databases, each of another size, and its server on one of them."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.server import Server, serving
from bench.services import Services
from coworking.local.places import ROOT
from coworking.local.progress import step
from coworking.local.steps import clean_environment

FOUNDED = "founded"
NOT_OURS = ("DEBUG", "MAILBOX_DIR", "ALLOWED_HOSTS", "SECRET_KEY_FALLBACKS", "TRUSTED_PROXY_COUNT", "EMAIL_URL")


@dataclass(frozen=True)
class Filled:
    """A database with a number of bookings, and what the clients must know of it."""

    database: str
    bookings: int
    regular: str
    bookers: list[str]
    racers: list[str]
    targets: list[list[Any]]
    races: list[list[Any]]
    visits: list[list[str]]


def environment(services: Services, database: str, port: int = 80) -> dict[str, str]:
    """The real settings, as for production, but without https, which is the proxy's work."""
    inherited = {name: value for name, value in clean_environment().items() if name not in NOT_OURS}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "coworking.settings",
        "SECRET_KEY": "only-for-the-benchmark-" + "x" * 40,
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": services.url(database),
        "REDIS_URL": services.redis_url,
        "STATIC_ROOT": str(services.folder / "static"),
        "LOG_LEVEL": "WARNING",
    }


def found(services: Services, *, spaces: int, race_seats: int) -> None:
    """The database that all others are copies of: tables, spaces, no booking."""
    with step(f"Making the tables and {spaces} spaces"):
        services.make_database(FOUNDED)
        wanted = ["--spaces", str(spaces), "--race-seats", str(race_seats)]
        _python(["bench.filling", "found", *wanted], environment(services, FOUNDED))


def fill(services: Services, bookings: int, *, race_seats: int, race_runs: int) -> Filled:
    """A database with so many bookings, checked as a whole."""
    database = f"house_{bookings}"
    with step(f"Loading and checking {bookings:,} bookings"):
        services.make_database(database, like=FOUNDED)
        wanted = ["--bookings", str(bookings), "--race-seats", str(race_seats), "--race-runs", str(race_runs)]
        told = _python(["bench.filling", "load", *wanted], environment(services, database))
    return Filled(database=database, bookings=bookings, **json.loads(told))


@contextmanager
def opened(services: Services, filled: Filled) -> Iterator[Server]:
    """The real server on one database."""
    log = services.folder / f"{filled.database}.log"
    with serving("coworking.wsgi", log, lambda port: environment(services, filled.database, port)) as server:
        yield server


def _python(module: list[str], env: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *module], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"bin/bench: {' '.join(module)} failed; the reason stands above.")
    return done.stdout
