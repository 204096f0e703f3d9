"""A Redis of our own."""

import sys
from pathlib import Path

import pytest
import redis

from coworking.local import redis_server
from coworking.local.complaint import Complaint

pytestmark = pytest.mark.real_time

VENV = Path(sys.prefix)


def test_redis_wants_its_password_and_keeps_nothing(tmp_path: Path):
    child, url = redis_server.start(tmp_path / "redis.log", venv=VENV)
    with redis.Redis.from_url(url) as friend, redis.Redis.from_url(url.replace("://:", "://:wrong")) as stranger:
        friend.set("seat", "1")
        with pytest.raises(redis.AuthenticationError):
            stranger.get("seat")
        settings = friend.config_get("save"), friend.config_get("appendonly")

    assert settings == ({"save": ""}, {"appendonly": "no"})
    command = Path(f"/proc/{child.process.pid}/cmdline").read_text()
    assert url.split("@")[0].rpartition(":")[2] not in command
    child.stop()


def test_port_that_is_taken_meanwhile_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first, url = redis_server.start(tmp_path / "first.log", venv=VENV)
    ports = [int(url.rpartition(":")[2].partition("/")[0])]
    free_port = redis_server._free_port
    monkeypatch.setattr(redis_server, "_free_port", lambda: ports.pop() if ports else free_port())

    second, other = redis_server.start(tmp_path / "second.log", venv=VENV)

    assert other != url
    assert ports == []
    second.stop()
    first.stop()


def test_program_that_is_no_redis_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\necho 'not today' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(redis_server, "redis_server", lambda venv: program)

    with pytest.raises(Complaint, match="Redis did not start: not today"):
        redis_server.start(tmp_path / "redis.log", venv=VENV)
