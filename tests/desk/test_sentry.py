"""Errors arrive at a Sentry of one's own, without whose they are; without one nothing is sent."""

import subprocess
import sys
from urllib.parse import urlencode

import pytest
from django.conf import settings

from coworking.celery import app
from tests.desk.faulty import stumble
from tests.desk.sentry_sink import sink
from tests.desk.serving import serving
from tests.docker.compose import ROOT
from tests.notices import processes
from tests.settings.test_environment import GIVEN, manage

SECRETS = ("aiko@example.jp", "c00kie", "f0rm", "qu3ry", "t0ken", "192.0.2.17", "r3ferer", "agent/1.0")


def only_event(kept, patience=30):
    processes.wait_until(lambda: kept.events, patience)
    [event] = kept.events
    assert not [word for word in SECRETS if any(word in body for body in kept.arrived)]
    return event


def says(event):
    [*_, error] = event["exception"]["values"]
    return error["type"], error["value"].splitlines()


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_an_error_in_a_view_arrives_without_whose_it_is(tmp_path):
    form = urlencode({"email": "aiko@example.jp", "password": "f0rm"})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "sessionid=c00kie; csrftoken=c00kie",
        "Authorization": "Bearer t0ken",
        "X-Forwarded-For": "192.0.2.17",
        "Referer": "http://localhost/r3ferer",
        "User-Agent": "agent/1.0",
    }
    with sink() as kept:
        given = {"SENTRY_DSN": kept.dsn, "SENTRY_ENVIRONMENT": "tests", "TRUSTED_PROXY_COUNT": "1"}
        with serving(tmp_path, "tests.desk.faulty_web", **given) as web:
            web.ask("/stumbling/?email=qu3ry&x=qu3ry", "POST", form, **headers | {"X-Request-ID": "of-this-request"})
            event = only_event(kept)

    assert says(event)[0] == "IntegrityError"
    assert "DETAIL:  …" in says(event)[1]
    assert event["tags"]["request_id"] == "of-this-request"
    assert (event["environment"], event["release"]) == ("tests", f"coworking@{settings.VERSION}")
    assert event["transaction"] == "/stumbling/"
    assert event["request"] == {"method": "POST", "url": "http://localhost/stumbling/"}
    assert not {"user", "extra"} & set(event)
    assert not any("vars" in frame for one in event["exception"]["values"] for frame in one["stacktrace"]["frames"])
    crumbs = [crumb["message"] for crumb in event["breadcrumbs"]["values"] if crumb["category"] == "tests.desk"]
    assert crumbs == ["Just before, for …"]
    assert "aiko@example.jp" not in web.log.read_text()


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_an_error_in_a_task_arrives_without_whose_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "json")
    with sink() as kept:
        monkeypatch.setenv("SENTRY_DSN", kept.dsn)
        options = ["-I", "tests.desk.faulty", "--concurrency=1"]
        with processes.worker(25, tmp_path / "worker.log", *options) as worker:
            with app.connection_for_write() as broker:
                stumble.apply_async(["aiko@example.jp"], connection=broker, headers={"request_id": "of-that-request"})
            event = only_event(kept)
            worker.wait_until_it_says("raised unexpected")

    assert says(event)[0] == "IntegrityError"
    assert "DETAIL:  …" in says(event)[1]
    assert event["tags"]["request_id"] == "of-that-request"
    assert event["transaction"] == "tests.desk.faulty.stumble"
    assert not {"user", "extra", "request"} & set(event)
    assert "aiko@example.jp" not in worker.said


def test_without_an_address_nothing_of_sentry_is_even_imported():
    code = "import django, sys; django.setup(); print([name for name in sys.modules if 'sentry' in name])"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**GIVEN, "DJANGO_SETTINGS_MODULE": "coworking.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[]\n"


def test_an_address_that_can_not_be_read_is_refused_without_its_key():
    said = manage("check", **GIVEN, SENTRY_DSN="http://s3cret@sentry.example")

    assert said.returncode == 1
    assert said.stderr == "SENTRY_DSN can't be read. Copy it from the settings of a project in Sentry.\n"
