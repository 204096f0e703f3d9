"""Five hundred notices, while all that can end, ends: each arrives, and only what nobody could know of arrives twice.

Worker and beat run as docker-compose.yml starts them, on a PostgreSQL and a Redis of their own; design rules 6, 7, 13.
"""

import os
import signal
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from statistics import median
from time import monotonic, perf_counter

import pytest
from django.db import connection
from django.db.models.functions import Now

from bench.asking import ask
from bench.booking_form import look_at_quote
from bench.filling.people import signed_in
from bench.server import serving
from bookings.booking import book
from coworking.local.progress import say
from notices.models import Notice
from spaces.calendar import Span
from tests.conftest import JAPAN
from tests.factories import make_plan, make_resource, make_space, make_user
from tests.notices.own_house import own_house
from tests.notices.processes import BEAT, WORKER, deployed, environment, wait_until
from tests.notices.smtp import Whim, mail_server

pytestmark = pytest.mark.real_time
MANY, BY_HTTP = 500, 20
PROCESSES = 2
A_MINUTE = 60


@pytest.fixture
def house(monkeypatch, settings, django_db_blocker):
    with own_house(monkeypatch, settings, django_db_blocker) as opened:
        yield opened


@pytest.fixture
def server():
    with mail_server() as started:
        yield started


class Desk:
    """A space with a seat for everybody, all of whom want it at one time."""

    def __init__(self):
        self.space = make_space(opens="00:00", closes="00:00")
        self.seats = make_resource(self.space, capacity=MANY)
        make_plan(self.space, self.seats)
        start = datetime.now(JAPAN) + timedelta(days=3)
        start = start.replace(hour=11, minute=0, second=0, microsecond=0)
        self.span = Span(start, start + timedelta(hours=2))

    def book(self, people):
        for number in people:
            user = make_user(f"person{number}@example.jp")
            now = datetime.now(JAPAN)
            book(user=user, space=self.space, resource_id=self.seats.pk, span=self.span, now=now)

    def browsers(self, port, people):
        """People who have signed in and look at the quote, and the price that it tells."""
        starts, ends = (f"{one:%Y-%m-%dT%H:%M}" for one in (self.span.starts_at, self.span.ends_at))
        target = [self.space.slug, self.seats.pk, starts, ends, None]
        for number in people:
            browser, price = look_at_quote(port, target, signed_in(make_user(f"person{number}@example.jp")))
            yield browser.booking(target, price)


def confirmations():
    return Notice.objects.filter(kind="booking.confirmed")


def let_time_go_by():
    """What is put off for minutes or hours is due now: nothing else tells that time has gone by."""
    confirmations().filter(state="waiting").update(try_at=Now())


def wait_until_postgresql_knows():
    """PostgreSQL has seen that whoever was killed is gone, and has let go of their rows."""

    def is_so():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'")
            return cursor.fetchone()[0] == 0

    wait_until(is_so)
    assert is_so()


def posted(port, requests):
    """How long each booking took, in seconds."""
    took = []
    for request in requests:
        began = perf_counter()
        answer = ask(port, request)
        took.append(perf_counter() - began)
        assert answer.status == 302, answer.text[:2000]
    return took


def words(letter):
    return letter["Subject"], letter.get_body(("plain",)).get_content(), letter.get_body(("html",)).get_content()


def test_each_of_five_hundred_arrives_whatever_ends_meanwhile(house, server, tmp_path, capsys):
    began = monotonic()
    desk, in_flight = Desk(), {}
    desk.book(range(MANY - BY_HTTP))
    server.takes = 0.03

    @contextmanager
    def noted(what):
        """Of each connection that there is when something ends, one mail at most is under way."""
        before, opened = len(server.connected), server.opened
        yield
        in_flight[what] = before + server.opened - opened

    with ExitStack() as stack:
        web = stack.enter_context(
            serving("coworking.wsgi", tmp_path / "web.log", lambda port: os.environ | environment(server.port))
        )
        requests = list(desk.browsers(web.port, range(MANY - BY_HTTP, MANY)))
        beat = stack.enter_context(deployed(server.port, tmp_path / "beat.log", BEAT))
        with deployed(server.port, tmp_path / "killed.log", WORKER) as worker:
            server.wait_for(80)
            with noted("worker killed"):
                worker.end(signal.SIGKILL)
        wait_until_postgresql_knows()
        sent = confirmations().filter(state="sent").count()
        assert 0 <= len(server.accepted) - sent <= in_flight["worker killed"]

        worker = stack.enter_context(deployed(server.port, tmp_path / "worker.log", WORKER))
        server.wait_for(160)
        with noted("PostgreSQL restarted"):
            house.end_postgres(signal.SIGINT)
        house.start_postgres()
        server.wait_for(240)
        with noted("PostgreSQL crashed"):
            house.end_postgres(signal.SIGQUIT)
        house.start_postgres()
        server.wait_for(300)

        with_redis = posted(web.port, requests[: BY_HTTP // 2])
        house.stop_redis()
        down_since = monotonic()
        server.close()
        without_redis = posted(web.port, requests[BY_HTTP // 2 :])
        # Mail is back at once; a round that still runs needs no Redis, and no other one begins.
        server.open()
        wait_until(lambda: monotonic() - down_since >= A_MINUTE, patience=A_MINUTE + 1)
        house.start_redis()
        arrived = len(server.accepted)
        let_time_go_by()
        server.wait_for(min(arrived + 40, MANY - 60), patience=60)

        waiting = list(confirmations().filter(state="waiting").order_by("pk").values_list("recipient", flat=True))
        server.refuses_for_now, server.refuses_for_good = set(waiting[-5:]), set(waiting[-10:-5])
        server.whims.extend([Whim.TAKE_AND_HANG_UP] * 3 + [Whim.STALL, Whim.TAKE_AND_STALL])
        let_time_go_by()
        wait_until(lambda: not server.whims)
        assert not server.whims
        wait_until(lambda: not confirmations().filter(state="waiting", attempts=0).exists())
        assert confirmations().filter(recipient__in=waiting[-10:], state="waiting").count() == 10
        server.refuses_for_now = server.refuses_for_good = set()

        def all_have_gone_out():
            let_time_go_by()
            return not confirmations().filter(state="waiting").exists()

        wait_until(all_have_gone_out)
        server.wait_until_quiet()
        assert beat.is_running
        assert worker.is_running

    counts = Counter(server.message_ids)
    doubles = len(server.accepted) - len(counts)
    with capsys.disabled():
        say(
            f"\n{len(server.accepted)} mails accepted, {len(counts)} of them different, {doubles} doubles; "
            f"in flight: {in_flight}, answers withheld: {server.withheld}; a booking took "
            f"{median(with_redis) * 1000:.0f} ms with Redis and {median(without_redis) * 1000:.0f} ms (at most "
            f"{max(without_redis) * 1000:.0f}) without; {monotonic() - began:.0f} s in all"
        )
    assert confirmations().count() == MANY
    assert not confirmations().exclude(state="sent").exists()
    assert set(counts) == set(confirmations().values_list("message_id", flat=True))
    assert len(counts) == MANY
    assert {str(letter["To"]) for letter in server.accepted} == {f"person{n}@example.jp" for n in range(MANY)}
    assert server.withheld == 4
    assert max(in_flight.values()) <= PROCESSES
    assert doubles <= sum(in_flight.values()) + server.withheld
    for twice in (message_id for message_id, count in counts.items() if count > 1):
        assert len({words(letter) for letter in server.accepted if letter["Message-ID"] == twice}) == 1
    assert max(without_redis) < 2
