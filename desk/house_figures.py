"""Figures of the house for Prometheus: the outbox, today's bookings, and whether database and Redis answer.

A fixed number of queries, each with a time limit, in a thread that nobody waits for longer than a few seconds.
Labels are states, kinds of notices and spaces. `coworking_figures_complete` says whether any of them is missing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import Error, connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from bookings.models import Booking
from desk import health, rounds
from desk.asking import Question, within
from notices.models import Notice
from spaces.models import Space

DAY = timedelta(days=1)
_PREFIX = "coworking_"


class HouseFigures:
    """What a registry of the library collects; `now` says which day is today, and what is due."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterable[Metric]:
        found = health.look(now=self.now)
        yield _gauge("database_up", "Whether the database answers.", found.stored is not None)
        yield _gauge("redis_up", "Whether Redis answers.", found.redis)
        last = rounds.last() if found.redis else None
        if last is not None:
            yield _gauge("last_round_timestamp_seconds", "When a worker last looked for due notices.", last.timestamp())
        if found.stored is None or found.stored.parked is None:
            return
        says = "Notices that wait for another try after one that failed."
        yield _gauge("notices_failing", says, found.stored.failing)
        late = found.late_by.total_seconds() if found.late_by else 0
        yield _gauge("notices_oldest_due_seconds", "For how long the oldest due notice waits.", late)
        figures = within(health.PATIENCE, _figures.begin()) or Figures(are_complete=False)
        says = "Whether all that the database is asked for here could be counted in time."
        yield _gauge("figures_complete", says, figures.are_complete)
        yield from figures.metrics


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, says, value=float(value))


def _gauges(name: str, says: str, label: str, values: Iterable[tuple[str, int]]) -> Metric:
    family = GaugeMetricFamily(_PREFIX + name, says, labels=[label])
    for value, count in values:
        family.add_metric([value], count)
    return family


@dataclass
class Figures:
    """What could be counted, and whether that is all."""

    metrics: list[Metric] = field(default_factory=list)
    are_complete: bool = True


def _ask() -> Figures:
    """Figures from the database. What it can't count in time is left out, and the rest is there."""
    now, figures = timezone.now(), Figures()
    try:
        for count in (_left, _settled, _bookings):
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SET statement_timeout = %s", [int(health.PATIENCE * 1000 / 3)])
                figures.metrics += count(now)
            except Error:
                figures.are_complete = False
    finally:
        connection.close()
    return figures


_figures = Question(_ask)


def _left(now: datetime) -> Iterator[Metric]:
    states = Notice.State
    waiting = Notice.objects.filter(state=states.WAITING).count()
    parked = _counted(Notice.objects.filter(state=states.PARKED), "kind")
    left = [(states.WAITING.value, waiting), (states.PARKED.value, sum(count for _, count in parked))]
    yield _gauges("notices", "Notices that have not gone out.", "state", left)
    yield _gauges("notices_parked", "Notices that go out only when an operator sends them again.", "kind", parked)


def _settled(now: datetime) -> Iterator[Metric]:
    states = Notice.State
    recent = Notice.objects.filter(state__in=(states.SENT, states.DROPPED), settled_at__gt=now - DAY)
    settled = dict(_counted(recent, "state"))
    done = [(state.value, settled.get(state.value, 0)) for state in (states.SENT, states.DROPPED)]
    yield _gauges("notices_settled_last_day", "Notices that were settled within 24 hours.", "state", done)


def _counted(rows: QuerySet[Notice], by: str) -> list[tuple[str, int]]:
    return list(rows.order_by(by).values_list(by).annotate(Count("pk")))


def _bookings(now: datetime) -> Iterator[Metric]:
    """Today is of each space's own clocks."""
    spaces = list(Space.objects.only("slug", "timezone"))
    today = Q()
    for zone in {space.zone for space in spaces}:
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        begins = Q(starts_at__gte=midnight, starts_at__lt=midnight + DAY)
        today |= begins & Q(resource__space__timezone=zone.key)
    counted = (
        Booking.objects.live()
        .filter(today)
        .exclude(basis=Booking.Basis.HOLD)
        .order_by()
        .values_list("resource__space__slug")
        .annotate(in_all=Count("pk"), came=Count("pk", filter=Q(checked_in_at__isnull=False)))
    )
    by_space = {slug: (live, came) for slug, live, came in counted}
    booked = [(space.slug, by_space.get(space.slug, (0, 0))) for space in spaces]
    live = [(slug, count) for slug, (count, _) in booked]
    came = [(slug, count) for slug, (_, count) in booked]
    yield _gauges("bookings_today", "Bookings that begin today, neither cancelled nor missed.", "space", live)
    yield _gauges("bookings_today_checked_in", "Those of them who have come.", "space", came)
