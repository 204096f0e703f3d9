"""A request has an id, which all that is logged on its account carries, in the web server and in the worker."""

import json
import re

import pytest

from coworking.celery import app
from coworking.logs import Line
from coworking.request_ids import carried, current
from tests.desk.faulty import mutter
from tests.desk.serving import serving
from tests.notices import processes

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def id_of(answer):
    return answer.headers["X-Request-ID"]


def test_each_request_has_an_id_of_its_own(client):
    first, second = (id_of(client.get("/healthz")) for _ in range(2))

    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second
    assert current() == ""


def test_a_page_that_does_not_exist_has_one_too(client, db):
    assert len(id_of(client.get("/nowhere/"))) == 32


def test_a_refusal_that_django_logs_carries_it(client, db, caplog, monkeypatch):
    """Django logs it when all middleware is done."""
    said = []
    monkeypatch.setattr(caplog.handler, "emit", lambda record: said.append(Line().format(record)))

    given = [id_of(client.post("/healthz")), id_of(client.get("/ticket/nothing/"))]

    refusals = [line.split(maxsplit=3)[-1] for line in said if "django.request" in line]
    assert refusals == [
        f"django.request [{given[0]}] Method Not Allowed (POST): /healthz",
        f"django.request [{given[1]}] Bad Request: /ticket/…/",
    ]


@pytest.mark.parametrize(("proxies", "is_believed"), [(0, False), (1, True)])
def test_an_id_is_taken_from_a_proxy_of_ours_alone(client, settings, proxies, is_believed):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    answer = client.get("/healthz", headers={"X-Request-ID": "from-the-proxy_1"})

    assert (id_of(answer) == "from-the-proxy_1") is is_believed


@pytest.mark.parametrize("said", ["short", "a" * 65, "aiko@example.jp", "192.0.2.17", "two words", "häuschen", "a\nb"])
def test_an_id_that_makes_no_sense_is_not_taken(client, settings, said):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert re.fullmatch("[0-9a-f]{32}", id_of(client.get("/healthz", headers={"X-Request-ID": said})))


def test_a_task_that_runs_inside_a_request_leaves_it_its_id():
    with carried("of-the-request"):
        mutter.apply(["something"], headers={"request_id": "of-the-task"})
        assert current() == "of-the-request"


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_the_id_of_a_request_goes_through_to_the_task_that_it_wakes(tmp_path, monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "json")
    log = tmp_path / "worker.log"
    options = ["-I", "tests.desk.faulty", "--concurrency=1", "--pool=prefork"]
    with serving(tmp_path, "tests.desk.faulty_web") as web, processes.worker(25, log, *options) as worker:
        _, headers, said = web.ask("/told/", "POST", "words=hello", **FORM)
        assert said == "told"
        with app.connection_for_write() as broker:
            mutter.apply_async(["by itself"], connection=broker, headers={})
        worker.wait_until_it_says("The task says by itself")
        worker.wait_until_it_says("The task says hello")
        of_web = web.lines

    of_worker = [json.loads(line) for line in worker.said.splitlines() if line.startswith("{")]
    given = headers["X-Request-ID"]
    page, access = (line for line in of_web if line.get("request_id") == given)
    assert (page["level"], page["message"]) == ("WARNING", "The page says hello")
    assert access | {"time": "", "milliseconds": 0, "message": ""} == {
        "time": "",
        "level": "INFO",
        "logger": "coworking.access",
        "request_id": given,
        "message": "",
        "method": "POST",
        "view": "told",
        "status": 200,
        "milliseconds": 0,
    }
    said_by_task = {line["message"]: line for line in of_worker if line["logger"] == "tests.desk"}
    hello, itself = said_by_task["The task says hello"], said_by_task["The task says by itself"]
    assert (hello["request_id"], hello["task"]) == (given, "tests.desk.faulty.mutter")
    assert re.fullmatch("[0-9a-f]{32}", itself["request_id"])
    assert itself["request_id"] != given
    assert any(given == line.get("request_id") and " succeeded in " in line["message"] for line in of_worker)
