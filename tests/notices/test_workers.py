"""Real workers that die, race and are woken: every notice arrives, and twice only what was under way (rule 7)."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import redis
from django.conf import settings as django_settings

from bookings.booking import book
from notices.models import Notice
from spaces.calendar import Span
from tests.conftest import JAPAN
from tests.factories import make_plan, make_resource, make_space, make_user
from tests.notices.processes import beat, wait_until, wake, worker
from tests.notices.smtp import mail_server

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
MANY = 60


@pytest.fixture
def server():
    with redis.Redis.from_url(django_settings.REDIS_URL) as queue, mail_server() as started:
        queue.flushdb()
        yield started
        queue.flushdb()


def book_for(people):
    """So many people book a seat for the day after tomorrow: a confirmation for each is due at once."""
    now = datetime.now(JAPAN)
    space = make_space(opens="00:00", closes="00:00")
    seats = make_resource(space, capacity=people)
    make_plan(space, seats)
    start = (now + timedelta(days=3)).replace(hour=11, minute=0, second=0, microsecond=0)
    for number in range(people):
        book(
            user=make_user(f"person{number}@example.jp"),
            space=space,
            resource_id=seats.pk,
            span=Span(start, start + timedelta(hours=2)),
            now=now,
        )


def confirmations():
    return Notice.objects.filter(kind="booking.confirmed")


def wait_until_all_are_sent():
    """As beat does, ask for rounds until the outbox is empty; a killed worker's row is free once PostgreSQL knows."""

    def is_empty():
        wake()
        wait_until(lambda: not confirmations().filter(state="waiting").exists(), patience=2)
        return not confirmations().filter(state="waiting").exists()

    wait_until(is_empty, patience=60)
    assert not confirmations().exclude(state="sent").exists()


def test_worker_that_is_killed_while_it_mails_loses_nothing(server, tmp_path):
    book_for(MANY)
    server.takes = 0.05
    with worker(server.port, tmp_path / "first.log", "--pool=prefork", "--concurrency=2") as first:
        wake(2)
        server.wait_for(MANY // 4)
        first.end()
    server.wait_until_quiet(0.5)
    before = len(server.accepted)
    server.takes = 0.0

    with worker(server.port, tmp_path / "second.log", "--pool=prefork", "--concurrency=2"):
        wait_until_all_are_sent()
        server.wait_until_quiet(0.5)

    counts = Counter(server.message_ids)
    assert MANY // 4 <= before < MANY
    assert set(counts) == set(confirmations().values_list("message_id", flat=True))
    assert len(counts) == MANY
    assert len(server.accepted) - MANY <= 2
    assert max(counts.values()) <= 2
    assert {str(letter["To"]) for letter in server.accepted} == {f"person{n}@example.jp" for n in range(MANY)}


def test_two_workers_at_once_send_nothing_twice(server, tmp_path):
    book_for(MANY)
    server.takes = 0.02
    with (
        worker(server.port, tmp_path / "one.log", "--pool=solo") as one,
        worker(server.port, tmp_path / "other.log", "--pool=solo") as other,
    ):
        wake(12)
        server.wait_for(MANY)
        wait_until_all_are_sent()
        server.wait_until_quiet(0.5)
        both = [one.said, other.said]

    assert [said.count("received") > 0 for said in both] == [True, True]
    assert sorted(server.message_ids) == sorted(confirmations().values_list("message_id", flat=True))
    assert set(Notice.objects.filter(kind="booking.confirmed").values_list("attempts", flat=True)) == {1}


def test_beat_wakes_the_worker_with_nobody_else_asking(server, tmp_path):
    with worker(server.port, tmp_path / "worker.log", "--pool=solo"), beat(server.port, tmp_path / "beat.log"):
        book_for(1)
        server.wait_for(1)
        wait_until(lambda: not confirmations().filter(state="waiting").exists())

    assert confirmations().get().state == "sent"
    assert Notice.objects.get(kind="booking.reminder").state == "waiting"
