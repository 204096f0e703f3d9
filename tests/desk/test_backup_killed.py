"""Whatever ends a backup or a restore in the middle, nothing half-made is mistaken for a whole."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from desk import backing_up
from tests.desk import houses
from tests.races.connections import Raw, run

pytestmark = pytest.mark.real_time

PATIENCE = 60
TABLES_ARE_GONE = """
    SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE application_name = 'psql'
    AND mode = 'AccessExclusiveLock' AND relation = 'spaces_space'::regclass AND granted)
"""
ASKED = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def until(question: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def held(database: str, table: str) -> Iterator[Raw]:
    """A table that nobody else can read until this connection lets it go."""
    with houses.connected(database) as conn:
        run(conn, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield conn


def sessions(database: str, program: str) -> int:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = %s"
    return houses.ask("postgres", sql, database, program)[0][0]


def end_sessions(database: str, program: str) -> None:
    sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = %s"
    houses.ask("postgres", sql, database, program)


@contextmanager
def backing_up_in_the_middle(database: str, folder: Path) -> Iterator[tuple["subprocess.Popen[str]", Raw]]:
    """A backup that waits, and the connection for which it does."""
    with (
        subprocess.Popen(
            houses.command("backup", folder), env=houses.environment(database), stderr=subprocess.PIPE, text=True
        ) as process,
        held(database, "spaces_space") as lock,
    ):
        # It has counted the rows of other tables and waits for this one's.
        until(lambda: list(folder.glob(".coworking-*.part")))
        yield process, lock


def test_killed_backup_has_no_name_and_the_next_one_sweeps_it_away(used: str, tmp_path: Path):
    with backing_up_in_the_middle(used, tmp_path) as (process, _):
        process.kill()
        process.wait()
    [left] = tmp_path.iterdir()
    assert left.suffix == ".part"
    assert not backing_up.NAMED.fullmatch(left.name)

    old = time.time() - 2 * backing_up.JUST_MADE
    os.utime(left, (old, old))
    until(lambda: not sessions(used, "pg_dump"))
    with houses.living_in(used):
        call_command("backup", tmp_path, verbosity=0)
    [made] = tmp_path.iterdir()
    assert backing_up.NAMED.fullmatch(made.name)


@pytest.mark.parametrize("how", ASKED)
def test_backup_that_is_asked_to_stop_leaves_nothing(used: str, tmp_path: Path, how: signal.Signals):
    with backing_up_in_the_middle(used, tmp_path) as (process, lock):
        process.send_signal(how)
        lock.rollback()
        said = process.stderr.read()

    assert (process.returncode, said.splitlines()[-1]) == (128 + how, "Stopped before the end.")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_another_one_writes_is_not_swept_away(used: str, tmp_path: Path):
    with backing_up_in_the_middle(used, tmp_path) as (process, _):
        [part] = tmp_path.iterdir()
        os.utime(part, (0, 0))
        backing_up._sweep(tmp_path)
        assert part.exists()
        process.kill()


def test_pg_dump_that_dies_leaves_nothing(used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its session is ended by the server in the middle, as when the server goes."""
    dump = backing_up._dump
    monkeypatch.setattr(backing_up, "PIECE", 16)

    def ending(*facts):
        for number, piece in enumerate(dump(*facts)):
            if number == 3:
                end_sessions(used, "pg_dump")
            yield piece

    monkeypatch.setattr(backing_up, "_dump", ending)
    with houses.living_in(used), pytest.raises(CommandError, match=r"could not be dumped: pg_dump: error: .*terminat"):
        call_command("backup", tmp_path, verbosity=0)

    assert list(tmp_path.iterdir()) == []


def test_server_that_goes_while_rows_are_counted_is_one_sentence(
    used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def ended(*_):
        end_sessions(used, "")
        return count()

    count = backing_up.tables.count_rows
    monkeypatch.setattr(backing_up.tables, "count_rows", ended)
    with houses.living_in(used), pytest.raises(CommandError, match="could not be written: the database says '"):
        call_command("backup", tmp_path, verbosity=0)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, *ASKED])
def test_restore_that_is_ended_in_the_middle_leaves_everything_as_it_was(
    used: str, backup: Path, tmp_path: Path, how: signal.Signals
):
    """A piece at a time goes through a pipe to pg_restore; it is ended when the first new table stands."""
    before, guards = houses.rows(used), houses.definitions(used)
    media = tmp_path / "kept"
    media.mkdir()
    (media / "picture.png").write_bytes(b"as it was")
    slow = (
        "import time, sys; from desk import archive, restoring; p = archive.pieces\n"
        "def pieces(content):\n"
        "    first = next(p(content)); yield first[:len(first) // 2]\n"
        "    print('HALF', flush=True); time.sleep(600)\n"
        "from django.core.management import execute_from_command_line as go\n"
        "import desk.management.commands.restore\n"
        "real = restoring.restore\n"
        "def restore(*facts): restoring.pieces = pieces; real(*facts)\n"
        "restoring.restore = restore; go(sys.argv)"
    )
    words = houses.command("restore", backup, "--replace", "--yes")
    with subprocess.Popen(
        [words[0], "-c", slow, *words[4:]],
        cwd=houses.ROOT,
        env=houses.environment(used, MEDIA_ROOT=str(media), DJANGO_SETTINGS_MODULE="coworking.settings"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "HALF\n", process.stderr.read()
            until(lambda: houses.ask(used, TABLES_ARE_GONE)[0][0])
            process.send_signal(how)
            said = process.communicate(timeout=PATIENCE)[1]
        finally:
            process.kill()
    until(lambda: not sessions(used, "psql"))

    assert "Traceback" not in said
    assert houses.rows(used) == before
    assert houses.definitions(used) == guards
    assert (media / "picture.png").read_bytes() == b"as it was"


def test_full_disk_is_one_sentence_and_leaves_nothing(furnished: str, tmp_path: Path):
    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 64; trap "" XFSZ; exec "$@"', "sh", *houses.command("backup", tmp_path)],
        env=houses.environment(furnished),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "CommandError: The backup could not be written: File too large."
    assert list(tmp_path.iterdir()) == []
