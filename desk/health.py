"""Whether the house can serve: its database, its migrations, Redis, and the notices that are due.

Without Redis it serves (design rule 13), and late notices still go out: that is degraded. Each answer is there within
PATIENCE, also when a server hangs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, QuerySet
from redis.backoff import NoBackoff
from redis.retry import Retry

from desk.asking import Question, within
from notices.models import Notice

PATIENCE = 3.0  # seconds
LATE = timedelta(minutes=15)


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Stored:
    """What the database said: how many migrations it lacks, and of the outbox nothing where its table does.

    Each try that fails puts the next one off, so of what fails it counts when it was due at first.
    """

    unapplied: int
    next_try: datetime | None = None
    parked: int | None = None
    failing: int = 0
    failing_since: datetime | None = None


@dataclass(frozen=True)
class Health:
    """What was found; `stored` is None when the database did not answer."""

    stored: Stored | None
    redis: bool
    now: datetime

    @property
    def database_state(self) -> State:
        return State.OK if self.stored else State.DOWN

    @property
    def migrations_state(self) -> State:
        if self.stored is None:
            return State.UNKNOWN
        return State.DOWN if self.stored.unapplied else State.OK

    @property
    def redis_state(self) -> State:
        return State.OK if self.redis else State.DOWN

    @property
    def late_by(self) -> timedelta | None:
        """How long the notice waits that is due the longest; None when none is, or nobody knows."""
        moments = (self.stored.next_try, self.stored.failing_since) if self.stored else ()
        due = [moment for moment in moments if moment and moment <= self.now]
        return self.now - min(due) if due else None

    @property
    def notices_state(self) -> State:
        if self.stored is None or self.stored.parked is None:
            return State.UNKNOWN
        return State.DEGRADED if self.late_by and self.late_by > LATE else State.OK

    @property
    def state(self) -> State:
        if self.database_state != State.OK or self.migrations_state != State.OK:
            return State.DOWN
        return State.OK if self.redis and self.notices_state == State.OK else State.DEGRADED


def look(*, now: datetime) -> Health:
    """Ask all at once, each in a thread of its own."""
    until = monotonic() + PATIENCE
    asked_database, asked_redis = _database.begin(), _redis.begin()
    return Health(
        stored=within(until - monotonic(), asked_database),
        redis=within(until - monotonic(), asked_redis) is True,
        now=now,
    )


_is_migrated = False


def _ask_database() -> Stored | None:
    """What the database says; None when it can't be reached. The connection is this thread's own."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [int(PATIENCE * 1000)])
        unapplied = _unapplied()
        return _outbox(unapplied)
    except Error:
        return None
    finally:
        connection.close()


def _unapplied() -> int:
    """How many migrations are missing; once there are none, that stays so while this code runs."""
    global _is_migrated  # noqa: PLW0603 - it is of the process
    if _is_migrated:
        return 0
    executor = MigrationExecutor(connection)
    count = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _is_migrated = count == 0
    return count


def _outbox(unapplied: int) -> Stored:
    """All figures by partial indexes, so that they cost little however many notices there are."""
    if unapplied:
        return Stored(unapplied)
    parked = Notice.objects.filter(state=Notice.State.PARKED).count()
    failing = _failing().aggregate(count=Count("pk"), since=Min("due_at"))
    return Stored(0, _next_try().first(), parked, failing["count"], failing["since"])


def _failing() -> QuerySet[Notice]:
    """What waits for another try after one that failed."""
    return Notice.objects.filter(state=Notice.State.WAITING, attempts__gt=0)


def _next_try() -> QuerySet[Notice, datetime]:
    waiting = Notice.objects.filter(state=Notice.State.WAITING)
    return waiting.order_by("try_at", "pk").values_list("try_at", flat=True)


def _ask_redis() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0)
        ) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


_database = Question(_ask_database)
_redis = Question(_ask_redis)
