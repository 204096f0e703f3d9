"""bin/backup and bin/restore, whether bin/run runs or not."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from tests.local.clones import PASSED_ON, Clone

pytestmark = pytest.mark.real_time


def call(clone: Clone, command: str, *words: object, cwd: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    argv = [str(clone.path / "bin" / command), *map(str, words)]
    return subprocess.run(argv, cwd=cwd, env=inherited | env, capture_output=True, text=True, timeout=120, check=False)


def test_house_is_backed_up_running_or_not_and_restored_when_it_is_closed(house: Clone, tmp_path: Path):
    run = house.run()
    run.until_open()
    done = call(house, "backup", "open.tar", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert (tmp_path / "open.tar").stat().st_size > 100_000

    refused = call(house, "restore", "open.tar", "--replace", "--yes", cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("bin/restore: It runs in this clone already (process ")
    run.stop()

    with (tmp_path / "closed.tar").open("wb") as file:
        inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        subprocess.run([house.path / "bin/backup", "-"], stdout=file, env=inherited, cwd=tmp_path, check=True)
    assert house.living() == {}

    kept = call(house, "restore", "open.tar", cwd=tmp_path)
    assert kept.returncode == 1
    assert "They would be lost: say so with --replace." in kept.stderr

    for name in ("open.tar", "closed.tar"):
        done = call(house, "restore", name, "--replace", "--yes", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr.splitlines()[-2].startswith("Restored ")
    assert house.living() == {}
    assert (house.path / "var/run.pid").read_text() == ""


def test_clone_without_a_database_has_nothing_to_back_up(empty_clone: Clone, tmp_path: Path):
    empty_clone.borrow_venv()

    done = call(empty_clone, "backup", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "bin/backup: There is no database here yet: bin/run makes it.\n"


def test_new_clone_takes_a_backup_before_its_first_start(house: Clone, empty_clone: Clone, tmp_path: Path):
    assert call(house, "backup", "moving.tar", cwd=tmp_path).returncode == 0
    empty_clone.borrow_venv()

    done = call(empty_clone, "restore", "moving.tar", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert empty_clone.living() == {}


def test_given_database_is_the_one(house: Clone, tmp_path: Path):
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()

    done = call(house, "backup", cwd=tmp_path, DATABASE_URL=f"postgres://me@:5432/none?host={nowhere}")

    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("CommandError: The backup could not be written: the database says")
    assert list(tmp_path.glob("*.tar")) == []


def test_database_that_is_just_starting_is_told(house: Clone, tmp_path: Path):
    with (house.path / "var/run.pid").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = call(house, "backup", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == "bin/backup: The house is just starting or stopping: try again in a moment.\n"
