"""/readyz: whether the house can serve, in time, whatever hangs."""

import socket
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk import asking, health
from notices.models import Notice
from tests.conftest import NOW
from tests.desk.serving import free_port, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", False)


def notice(key, *, minutes_ago=0, state="waiting", kind="test.letter", **fields):
    moment = NOW - timedelta(minutes=minutes_ago)
    settled = None if state == "waiting" else moment
    return Notice.objects.create(
        kind=kind,
        subject_key="test:1",
        dedupe_key=key,
        recipient="someone@example.jp",
        language="en",
        due_at=moment,
        settled_at=settled,
        state=state,
        **fields,
    )


def asked(client):
    answer = client.get("/readyz")
    said = answer.json()
    return answer.status_code, said["state"], {name: part["state"] for name, part in said["parts"].items()}


def test_all_is_well(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert "no-store" in answer["Cache-Control"]
    assert answer.json() == {
        "state": "ok",
        "parts": {
            "database": {"state": "ok"},
            "migrations": {"state": "ok"},
            "redis": {"state": "ok"},
            "notices": {"state": "ok", "oldest_due_seconds": 0, "failing": 0, "parked": 0},
        },
    }
    assert client.head("/readyz").status_code == 200
    assert client.post("/readyz").status_code == 405


def test_with_https_it_answers_without_being_sent_there(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/readyz").status_code == 200


def test_what_is_due_later_is_not_late(client):
    notice("later", minutes_ago=-60)

    said = client.get("/readyz").json()["parts"]["notices"]
    assert said == {"state": "ok", "oldest_due_seconds": 0, "failing": 0, "parked": 0}


def test_a_notice_that_waits_for_long_makes_it_degraded(client):
    notice("a while", minutes_ago=14)
    assert asked(client)[:2] == (200, "ok")

    notice("long", minutes_ago=16)
    notice("settled", minutes_ago=500, state="sent")
    status, state, parts = asked(client)
    assert (status, state, parts["notices"]) == (200, "degraded", "degraded")
    assert 960 <= client.get("/readyz").json()["parts"]["notices"]["oldest_due_seconds"] < 1020


def test_a_mail_server_that_is_gone_makes_it_degraded_although_each_try_puts_the_next_off(client):
    later = NOW + timedelta(minutes=20)
    notice("failed once", minutes_ago=1, attempts=1, try_at=later)
    assert asked(client)[:2] == (200, "ok")

    notice("failed often", minutes_ago=20, attempts=5, try_at=later)
    notice("of the night, put off", minutes_ago=500, try_at=later)
    status, state, parts = asked(client)
    assert (status, state, parts["notices"]) == (200, "degraded", "degraded")
    said = client.get("/readyz").json()["parts"]["notices"]
    assert said["failing"] == 2
    assert 1200 <= said["oldest_due_seconds"] < 1260


def test_parked_notices_are_counted_and_are_no_fault_of_the_house(client):
    for key in ("one", "two"):
        notice(key, state="parked")

    status, state, _ = asked(client)
    assert (status, state) == (200, "ok")
    assert client.get("/readyz").json()["parts"]["notices"]["parked"] == 2


def test_a_migration_that_is_missing_closes_the_house(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations) RETURNING *")
        row = cursor.fetchone()
    try:
        status, state, parts = asked(client)
        assert (status, state) == (503, "down")
        assert parts == {"database": "ok", "migrations": "down", "redis": "ok", "notices": "unknown"}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations VALUES (%s, %s, %s, %s)", row)
    assert asked(client)[:2] == (200, "ok")


def test_migrations_are_read_once(client, monkeypatch):
    assert asked(client)[:2] == (200, "ok")
    monkeypatch.setattr(health, "MigrationExecutor", None)

    assert asked(client)[:2] == (200, "ok")


def test_many_notices_cost_no_more_queries(client, monkeypatch):
    """Asked in the test's own thread, where queries are counted."""
    monkeypatch.setattr(connection, "close", lambda: None)
    counts = []
    for number in (1, 40):
        for each in range(number):
            notice(f"{number}-{each}", minutes_ago=each)
            notice(f"{number}-{each} parked", state="parked")
            notice(f"{number}-{each} failing", attempts=1)
        health._ask_database()
        with CaptureQueriesContext(connection) as queries:
            health._ask_database()
        counts.append(len(queries))
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")
    assert counts == [4, 4]


def plan_of(rows):
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {rows.query}".replace("= waiting", "= 'waiting'"))
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    return plan


def test_the_oldest_is_found_by_its_index(client):
    plan = plan_of(health._next_try())

    assert "Index" in plan
    assert "notice_due" in plan
    assert "Sort" not in plan


def test_what_fails_is_found_by_its_index(client):
    plan = plan_of(health._failing().order_by("due_at"))

    assert "notice_failing" in plan
    assert "Sort" not in plan


def test_a_connection_that_the_network_has_lost_ends_by_itself(client):
    """As libpq was told; no test can cut a network."""
    connection.ensure_connection()
    told = connection.connection.info.dsn_parameters

    assert int(told["connect_timeout"]) <= 5
    silent_for = int(told["keepalives_idle"]) + int(told["keepalives_interval"]) * int(told["keepalives_count"])
    assert max(silent_for, int(told["tcp_user_timeout"]) / 1000) < asking.GIVEN_UP


# What hangs and what is gone, seen by the real server


@pytest.fixture
def black_hole():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def ready(web):
    began = time.monotonic()
    status, _, said = web.ask("/readyz")
    return status, said, time.monotonic() - began


@pytest.mark.real_time
def test_of_a_server_that_hangs_or_is_gone_it_tells_within_seconds(tmp_path, black_hole):
    nowhere = free_port()
    for number, port in enumerate((black_hole, nowhere)):
        folder = tmp_path / str(number)
        folder.mkdir()
        secrets = {
            "DATABASE_URL": f"postgres://somebody:pa55word@127.0.0.1:{port}/house",
            "REDIS_URL": f"redis://:pa55word@127.0.0.1:{port}/0",
        }
        with serving(folder, **secrets) as web:
            for _ in range(4):  # each process more than once
                status, said, seconds = ready(web)
                assert status == 503
                assert seconds < 5
                assert '"database": {"state": "down"}' in said
                assert '"redis": {"state": "down"}' in said
                assert not any(word in said for word in ("pa55word", "somebody", "127.0.0.1", str(port), "rror"))
            assert web.ask("/healthz")[2] == "ok"


@pytest.mark.real_time
def test_without_redis_the_house_is_open_and_degraded(tmp_path, black_hole):
    with serving(tmp_path, REDIS_URL=f"redis://127.0.0.1:{black_hole}/0") as web:
        status, said, seconds = ready(web)

    assert (status, '"state": "degraded"' in said, seconds < 5) == (200, True, True)
    assert '"redis": {"state": "down"}' in said
    assert '"database": {"state": "ok"}' in said
