"""The services of the tests themselves."""

import fcntl
import os
import sys
import time
from pathlib import Path

import pytest

from coworking.local import throwaway

pytestmark = pytest.mark.real_time


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(throwaway.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def folder(temporary: Path, name: str, age: int) -> Path:
    made = temporary / f"coworking-test-{name}"
    made.mkdir()
    (made / "lock").touch()
    os.utime(made / "lock", (time.time() - age, time.time() - age))
    return made


def test_what_a_killed_run_left_is_swept_and_nothing_else(temporary: Path):
    left, new, held = (folder(temporary, name, age) for name, age in (("left", 99), ("new", 0), ("held", 99)))
    other = temporary / "other"
    other.mkdir()

    with (held / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        throwaway._sweep()

    assert [path.exists() for path in (left, new, held, other)] == [False, True, True, True]


def test_given_services_are_used_and_nothing_is_left(temporary: Path):
    with throwaway.services(Path(sys.prefix), time.sleep) as settings:
        assert settings["DATABASE_URL"] == os.environ["DATABASE_URL"]
        assert settings["REDIS_URL"] == os.environ["REDIS_URL"]

    assert list(temporary.iterdir()) == []
