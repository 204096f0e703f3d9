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
from tests.notices.smtp import Whim, mail_server

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
MANY = 60


@pytest.fixture
def server():
    with redis.Redis.from_url(django_settings.REDIS_URL) as queue, mail_server() as started:
        queue.flushdb()
        yield started
        queue.flushdb()


def book_for(people):
    """So many people book a seat for one day of next week: a confirmation for each is due at once."""
    seats = open_seats(people)
    for number in range(people):
        book_seat(seats, make_user(f"person{number}@example.jp"))


def open_seats(capacity):
    space = make_space(opens="00:00", closes="00:00")
    seats = make_resource(space, capacity=capacity)
    make_plan(space, seats)
    return seats


def book_seat(seats, user, days=3):
    now = datetime.now(JAPAN)
    start = (now + timedelta(days=days)).replace(hour=11, minute=0, second=0, microsecond=0)
    span = Span(start, start + timedelta(hours=2))
    book(user=user, space=seats.space, resource_id=seats.pk, span=span, now=now)


def confirmations():
    return Notice.objects.filter(kind="booking.confirmed")


def wake_until(is_so):
    """As beat does, ask for rounds until something is so; a killed worker's row is free once PostgreSQL knows."""

    def is_so_now():
        wake()
        wait_until(is_so, patience=2)
        return is_so()

    wait_until(is_so_now, patience=60)
    assert is_so()


def wait_until_all_are_sent():
    wake_until(lambda: not confirmations().filter(state="waiting").exists())
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


def test_two_beats_at_once_send_nothing_twice(server, tmp_path):
    with (
        worker(server.port, tmp_path / "worker.log", "--pool=prefork", "--concurrency=2"),
        beat(server.port, tmp_path / "one.log"),
        beat(server.port, tmp_path / "other.log"),
    ):
        book_for(MANY)
        wait_until(lambda: not confirmations().filter(state="waiting").exists())
        server.wait_until_quiet(0.5)

    assert sorted(server.message_ids) == sorted(confirmations().values_list("message_id", flat=True))
    assert set(confirmations().values_list("attempts", flat=True)) == {1}


def test_worker_that_is_killed_with_a_mail_of_several_sends_the_same_again(server, tmp_path):
    seats, ben = open_seats(1), make_user("ben@example.com", language="en")
    for days in (3, 4, 5):
        book_seat(seats, ben, days)
    tied = set(confirmations().values_list("pk", flat=True))
    server.whims.append(Whim.TAKE_AND_STALL)
    with worker(server.port, tmp_path / "first.log", "--pool=prefork", "--concurrency=2") as first:
        wake()
        server.wait_for(1)
        first.end()
    book_seat(seats, ben, 6)
    late = confirmations().exclude(pk__in=tied)
    with worker(server.port, tmp_path / "second.log", "--pool=prefork", "--concurrency=2"):
        wake_until(lambda: not confirmations().filter(pk__in=tied, state="waiting").exists())
        wake_until(late.filter(state="waiting", try_at__gt=datetime.now(JAPAN) + timedelta(minutes=4)).exists)

    one, other = server.accepted
    assert one["Message-ID"] == other["Message-ID"]
    assert one["Subject"] == other["Subject"]
    assert "2 more" in one["Subject"]
    assert one.get_body(("plain",)).get_content() == other.get_body(("plain",)).get_content()
    assert set(confirmations().filter(bundle=one["Message-ID"], state="sent").values_list("pk", flat=True)) == tied


def test_beat_wakes_the_worker_with_nobody_else_asking(server, tmp_path):
    with worker(server.port, tmp_path / "worker.log", "--pool=solo"), beat(server.port, tmp_path / "beat.log"):
        book_for(1)
        server.wait_for(1)
        wait_until(lambda: not confirmations().filter(state="waiting").exists())

    assert confirmations().get().state == "sent"
    assert Notice.objects.get(kind="booking.reminder").state == "waiting"
