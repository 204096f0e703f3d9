"""Requests by method, status class and view, and how long they took, for Prometheus.

Each process of the web server writes files of its own in the folder PROMETHEUS_MULTIPROC_DIR (the library's own
name), and who asks any of them gets the sum; without the folder a process knows of itself alone.
What a process counted stays when it ends, in two files of 64 kB or a little more, until the server starts anew.
No label holds what somebody typed: methods and views are those that the house knows.
"""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from prometheus_client import Counter, Histogram, Metric
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = settings.METRICS_DIR
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_VIEW = "none"  # a static file, or an address that does not exist
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

if FOLDER:
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
# Beside the library's registry, whose figures of the process are of whichever one answers.
_requests = Counter("coworking_requests", "Requests answered.", ["method", "status", "view"], registry=None)
_durations = Histogram("coworking_request_seconds", "Time to an answer.", ["view"], buckets=SECONDS, registry=None)


def note(method: str, status: int, view: str, seconds: float) -> None:
    """Count a request; `status` is the code of the answer, of which the class is kept."""
    _requests.labels(method, f"{status // 100}xx", view).inc()
    _durations.labels(view).observe(seconds)


class RequestFigures:
    """What a registry of the library collects."""

    def collect(self) -> Iterable[Metric]:
        if FOLDER:
            yield from MultiProcessCollector(None, FOLDER).collect()
        else:
            yield from _requests.collect()
            yield from _durations.collect()


def begin() -> None:
    """Forget what processes counted that ran before this server."""
    for file in Path(FOLDER).glob("*.db") if FOLDER else ():
        file.unlink(missing_ok=True)
