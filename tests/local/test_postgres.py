"""A PostgreSQL of our own: what it is made of, and what it finds from earlier runs."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from coworking.local import cluster, orphans, postgres, unprivileged
from coworking.local.children import Child
from coworking.local.complaint import Complaint

pytestmark = pytest.mark.real_time

VENV = Path(sys.prefix)
Start = Callable[[], Child]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that everybody may enter, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="cw-"))
    made.chmod(0o755)
    (made / "socket").mkdir(mode=0o700)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    started: list[Child] = []

    def begin() -> Child:
        log = folder / "log"
        started.append(postgres.start(folder / "data", folder / "socket", log, venv=VENV, keeps=False))
        return started[-1]

    yield begin
    for child in started:
        child.stop()


def query(folder: Path, sql: str) -> Any:
    connection = psycopg2.connect(postgres.url(folder / "socket"))
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchone()[0]
    connection.close()
    return found


def test_it_finds_japanese_words_and_opens_no_port(folder: Path, start: Start):
    start()

    assert query(folder, "create extension pg_trgm; select cardinality(show_trgm('小春日和'))") > 0
    assert query(folder, "select datctype from pg_database where datname = 'coworking'") == "C.UTF-8"
    assert query(folder, "show listen_addresses") == ""


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine like most containers, where root may have no user namespace."""

    def forbidden(number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(unprivileged, "_enter_namespace", forbidden)
    unprivileged.disguise.cache_clear()
    yield
    unprivileged.disguise.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="a plain user needs no disguise")
@pytest.mark.usefixtures("no_namespaces")
def test_root_becomes_another_user_where_namespaces_are_forbidden(
    folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch
):
    folder.chmod(0o700)  # as /root is
    server = start()
    owner = Path(f"/proc/{server.process.pid}").stat().st_uid
    server.stop()
    monkeypatch.undo()
    unprivileged.disguise.cache_clear()

    again = start()

    assert owner != 0
    assert again.is_alive, "the same data also serve a root that may have namespaces"


@pytest.mark.skipif(os.geteuid() != 0, reason="a plain user needs no disguise")
@pytest.mark.usefixtures("no_namespaces")
def test_folder_that_the_other_user_cannot_enter_is_told(folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch):
    become = unprivileged._become

    def powerless(number: int, keep_reach: bool) -> None:
        if keep_reach:
            raise PermissionError
        become(number, keep_reach=False)

    monkeypatch.setattr(unprivileged, "_become", powerless)
    folder.chmod(0o700)

    with pytest.raises(Complaint, match=f"can't enter {folder}"):
        start()


@pytest.mark.skipif(os.geteuid() != 0, reason="a plain user needs no disguise")
def test_machine_that_knows_only_root_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unprivileged.pwd, "getpwall", lambda: [unprivileged.pwd.getpwuid(0)])
    unprivileged.disguise.cache_clear()

    with pytest.raises(Complaint, match="knows no other user"):
        unprivileged.disguise()


def test_data_of_another_release_are_left_alone(folder: Path, start: Start):
    start().stop()
    (folder / "data" / "PG_VERSION").write_text("9.6\n")

    with pytest.raises(Complaint, match=r"was made by PostgreSQL 9\.6 and this is \d+"):
        start()


def test_broken_data_are_told_with_the_servers_own_words(folder: Path, start: Start):
    start().stop()
    (folder / "data" / "global" / "pg_control").unlink()

    with pytest.raises(Complaint, match=r"PostgreSQL did not start: .*pg_control"):
        start()


def test_data_half_made_by_an_initdb_that_was_killed_are_made_anew(folder: Path, start: Start):
    half_made = folder / "data.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    start()

    assert not half_made.exists()
    assert query(folder, "select 'open'") == "open"


def test_server_that_is_still_alive_is_stopped_first(folder: Path, start: Start):
    first = start()

    second = start()

    assert not first.is_alive
    assert second.is_alive


def test_server_that_does_not_stop_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orphans, "PATIENCE", 0.2)
    deaf = "trap '' INT; echo ready; while :; do sleep 0.1; done"
    stubborn = subprocess.Popen(["sh", "-c", deaf], cwd=tmp_path, stdout=subprocess.PIPE)
    assert stubborn.stdout
    stubborn.stdout.readline()
    (tmp_path / "postmaster.pid").write_text(f"{stubborn.pid}\n")
    try:
        with pytest.raises(Complaint, match=f"end process {stubborn.pid}"):
            orphans.clear_stale_lock(tmp_path, tmp_path / "socket", time.sleep)
    finally:
        stubborn.kill()
        stubborn.communicate()


@pytest.mark.parametrize("said", ["", "not a number\n", "{mine}\n", "4194305\n"])
def test_pid_file_of_nobody_is_cleared(tmp_path: Path, said: str, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "postmaster.pid").write_text(said.format(mine=os.getpid()))

    orphans.clear_stale_lock(tmp_path, tmp_path / "socket", time.sleep)

    assert list(tmp_path.iterdir()) == []
    assert "of a process that is gone" in capsys.readouterr().out


def test_socket_goes_elsewhere_when_the_clone_lies_too_deep(tmp_path: Path):
    deep = tmp_path / ("d" * 107)

    assert postgres.socket_dir_in(deep) is None
    assert not deep.exists()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("LOG: a\nFATAL:  no room\nLOG: b\n", "FATAL:  no room"),
        ("nothing known\n", "nothing known"),
        ("", "it said nothing."),
    ],
)
def test_last_words_are_the_line_that_tells(output: str, words: str):
    assert cluster.last_words(output) == words
