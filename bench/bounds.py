"""The bounds, running beside the house: the bare views on a server of their own, and the smallest transaction."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.asking import Outcome, send
from bench.clients.wire import get, post
from bench.figures import Sample, sample
from bench.server import serving
from bench.services import Services
from coworking.local.places import ROOT
from coworking.local.progress import step
from coworking.local.steps import clean_environment

HELLO, ONE_QUERY, BARE_BOOKING, SMALLEST = "bare view", "one-query view", "bare booking view", "smallest transaction"
DATABASE = "bare"
TABLES = Path(__file__).parent / "bare" / "tables.sql"


@dataclass(frozen=True)
class Bounds:
    """What can be asked of the bare project."""

    port: int
    url: str

    def hello(self, clients: int, seconds: float) -> Outcome:
        return send(self.port, [[get("/")]], clients=clients, seconds=seconds)

    def one_query(self, clients: int, seconds: float) -> Outcome:
        request = get(f"/day/?place=7&from={_midnight():%Y-%m-%d}T00:00")
        return send(self.port, [[request]], clients=clients, seconds=seconds)

    def book(self, clients: int, seconds: float) -> Outcome:
        draw = random.Random()
        today = _midnight()
        wishes = []
        for number in range(2000):
            starts = today + timedelta(days=draw.randrange(1, 60), minutes=30 * draw.randrange(16, 36))
            wish = {
                "place": draw.randrange(1, 101),
                "starts": starts.isoformat(),
                "ends": (starts + timedelta(hours=2)).isoformat(),
                "person": f"bare{number}@example.com",
            }
            wishes.append([post("/hold/", wish)])
        return send(self.port, wishes, clients=clients, seconds=seconds)

    def smallest(self, clients: int, seconds: float) -> Sample:
        job = json.dumps({"url": self.url, "clients": clients, "seconds": seconds})
        argv = [sys.executable, "-m", "bench.smallest"]
        done = subprocess.run(argv, input=job, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
        told = json.loads(done.stdout)
        return sample(told["latencies"], told["seconds"])


def _midnight() -> datetime:
    return datetime.now(ZoneInfo("Asia/Tokyo")).replace(hour=0, minute=0, second=0, microsecond=0)


@contextmanager
def bounds(services: Services, holds: int) -> Iterator[Bounds]:
    """Make and fill the two tables, and serve the bare views."""
    with step(f"Loading {holds:,} bookings for the bare views"):
        services.make_database(DATABASE)
        services.ask(TABLES.read_text() % {"holds": holds}, DATABASE)
        services.ask("VACUUM ANALYZE", DATABASE)
    env = clean_environment() | {"SECRET_KEY": "bare", "DATABASE_URL": services.url(DATABASE)}
    with serving("bench.bare.wsgi", services.folder / "bare.log", lambda port: env) as server:
        yield Bounds(server.port, services.url(DATABASE))
