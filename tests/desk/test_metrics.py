"""/metrics: figures for Prometheus, behind a token."""

import re
from datetime import timedelta
from threading import Event

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from coworking import request_figures
from desk import health, house_figures, rounds
from desk.asking import Question
from notices.tasks import deliver_due
from tests.conftest import NOW
from tests.desk.serving import free_port, serving
from tests.desk.test_ready import notice
from tests.factories import make_booking, make_user
from tests.races.connections import raw, run

TOKEN = "a-long-random-text"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _guarded(settings):
    settings.METRICS_TOKEN = TOKEN


def figures(text):
    """Each sample by its name and the values of its labels."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told():
    answer = Client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    return figures(answer.content.decode())


# Who may


def test_without_a_token_in_the_settings_there_is_no_such_page(client, db, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


WRONG = (
    "",
    "Bearer",
    "Bearer ",
    f"Basic {TOKEN}",
    TOKEN,
    f"Bearer {TOKEN}x",
    "Bearer a",
    "Bearer häuschen",
    "Bearer \x00",
)


@pytest.mark.parametrize("header", WRONG)
def test_a_wrong_token_is_refused(client, header):
    answer = client.get("/metrics", headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer["WWW-Authenticate"], answer.content) == (401, 'Bearer realm="metrics"', b"")


@pytest.mark.django_db(transaction=True)
def test_who_has_the_token_reads_what_prometheus_reads(client):
    answer = client.get("/metrics", headers=BEARER)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/metrics", headers=BEARER).status_code == 405
    openly = client.get("/metrics", headers=BEARER | {"Accept": "application/openmetrics-text; version=1.0.0"})
    assert openly["Content-Type"].startswith("application/openmetrics-text")
    assert openly.content.endswith(b"# EOF\n")


# The house


@pytest.mark.django_db(transaction=True)
def test_the_outbox_in_figures():
    notice("late", minutes_ago=20)
    notice("later", minutes_ago=-20)
    notice("tried", minutes_ago=30, attempts=3, try_at=NOW + timedelta(minutes=10))
    for key, kind in (("a", "bookings.confirmed"), ("b", "bookings.confirmed"), ("c", "billing.invoice")):
        notice(key, state="parked", kind=kind)
    notice("sent", minutes_ago=60, state="sent")
    notice("sent long ago", minutes_ago=60 * 25, state="sent")
    notice("dropped", minutes_ago=5, state="dropped")

    said = told()

    assert said["coworking_database_up",] == 1
    assert said["coworking_figures_complete",] == 1
    assert said["coworking_redis_up",] == 1
    assert said["coworking_notices", "waiting"] == 3
    assert said["coworking_notices_failing",] == 1
    assert said["coworking_notices", "parked"] == 3
    assert said["coworking_notices_parked", "bookings.confirmed"] == 2
    assert said["coworking_notices_parked", "billing.invoice"] == 1
    assert said["coworking_notices_settled_last_day", "sent"] == 1
    assert said["coworking_notices_settled_last_day", "dropped"] == 1
    assert 1800 <= said["coworking_notices_oldest_due_seconds",] < 1830


@pytest.mark.django_db(transaction=True)
def test_when_a_worker_last_had_a_round():
    cache.clear()
    assert ("coworking_last_round_timestamp_seconds",) not in told()

    rounds._note(sender=deliver_due)

    assert told()["coworking_last_round_timestamp_seconds",] == pytest.approx(NOW.timestamp(), abs=30)


@pytest.mark.django_db(transaction=True)
def test_bookings_of_today(four_spaces, koharubiyori):
    def booked(starts, ends, number, **fields):
        person = make_user(f"person{number}@example.jp")
        return make_booking(koharubiyori.open_seats, user=person, starts=starts, ends=ends, **fields)

    booked("11:00", "13:00", 1)
    booked("12:00", "14:00", 2, checked_in_at=NOW)
    booked("12:00", "14:00", 3, cancelled_at=NOW, cancelled_by="person")

    said = told()

    assert said["coworking_bookings_today", "koharubiyori"] == 2
    assert said["coworking_bookings_today_checked_in", "koharubiyori"] == 1
    assert said["coworking_bookings_today", "dorinoki"] == 0


@pytest.mark.django_db(transaction=True)
def test_many_rows_cost_no_more_queries(four_spaces, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(connection, "close", lambda: None)
    try:
        for number in (1, 30):
            for each in range(number):
                notice(f"{number}-{each}", state="parked", kind=f"kind.{each}")
            with django_assert_num_queries(8):
                assert house_figures._ask().are_complete
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_counted_is_missed_alone_and_that_is_told(four_spaces):
    """Somebody holds the table of the bookings, as a migration may."""
    notice("a", state="parked", kind="billing.invoice")
    with raw() as [other]:
        run(other, "LOCK TABLE bookings_booking")
        said = told()

    assert said["coworking_database_up",] == 1
    assert said["coworking_figures_complete",] == 0
    assert said["coworking_notices_parked", "billing.invoice"] == 1
    assert said["coworking_notices_settled_last_day", "sent"] == 0
    assert ("coworking_bookings_today", "koharubiyori") not in said


@pytest.mark.django_db(transaction=True)
def test_who_asks_while_another_still_waits_asks_nothing_anew(monkeypatch):
    """A database that hangs costs one connection, however often it is asked."""
    goes_on, asked = Event(), []

    def ask():
        asked.append(1)
        goes_on.wait(30)
        return house_figures.Figures()

    monkeypatch.setattr(house_figures, "_figures", Question(ask))
    monkeypatch.setattr(health, "PATIENCE", 1.0)
    try:
        assert [told()["coworking_figures_complete",] for _ in range(2)] == [0, 0]
        assert asked == [1]
    finally:
        goes_on.set()


# Requests


def test_labels_hold_no_more_than_the_house_knows(client, db):
    client.get("/spaces/nowhere/")
    client.get("/nowhere/aiko@example.jp/")
    client.generic("BREW", "/healthz")
    client.get("/healthz?token=secret")

    samples = [s for family in request_figures.RequestFigures().collect() for s in family.samples]
    counts = [s.labels for s in samples if s.name == "coworking_requests_total"]
    counted = {(labels["method"], labels["status"], labels["view"]) for labels in counts}
    assert {("GET", "4xx", "bookings:space"), ("GET", "4xx", "none"), ("other", "4xx", "healthz")} <= counted
    assert ("GET", "2xx", "healthz") in counted
    assert all(re.fullmatch(r"[\w:.-]+", view) for _, _, view in counted)
    assert not any("aiko" in str(s.labels) or "secret" in str(s.labels) for s in samples)


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_processes_of_the_web_server_count_as_one(tmp_path):
    """Whichever answers tells the sum; a server that starts anew begins at nothing."""
    with serving(tmp_path, METRICS_TOKEN=TOKEN, WEB_CONCURRENCY="3") as web:
        before = requests(web)
        for _ in range(30):
            assert web.ask("/healthz")[0] == 200
        told = [requests(web) for _ in range(6)]
        processes = {path.name for path in (tmp_path / "metrics").glob("counter_*.db")}

    assert len(processes) > 1, "one process answered all"
    assert [sum_ - before for sum_ in told] == [30] * 6
    with serving(tmp_path, METRICS_TOKEN=TOKEN) as web:
        assert requests(web) < 30


def requests(web):
    status, _, said = web.ask("/metrics", **BEARER)
    assert status == 200
    read = figures(said)
    assert (
        read["coworking_request_seconds_count", "healthz"] == read["coworking_requests_total", "GET", "2xx", "healthz"]
    )
    return read["coworking_requests_total", "GET", "2xx", "healthz"]


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_without_database_and_redis_it_says_so_and_still_counts(tmp_path):
    nowhere = free_port()
    gone = {"DATABASE_URL": f"postgres://127.0.0.1:{nowhere}/x", "REDIS_URL": f"redis://127.0.0.1:{nowhere}/0"}
    with serving(tmp_path, METRICS_TOKEN=TOKEN, **gone) as web:
        said = figures(web.ask("/metrics", **BEARER)[2])

    assert said["coworking_database_up",] == 0
    assert said["coworking_redis_up",] == 0
    assert said["coworking_requests_total", "GET", "2xx", "healthz"] >= 1
    assert not any(name.startswith("coworking_notices") for name, *_ in said)
