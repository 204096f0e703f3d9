"""PostgreSQL's own programs are found, and what is missing or can't be is one sentence."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from coworking.local import wheels
from desk import archive, backing_up, programs, replacing
from tests.desk import houses

pytestmark = pytest.mark.real_time

WHEEL = wheels.postgres_program(Path(sys.prefix), "pg_dump").parent


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def program(folder: Path, name: str, major: int) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {major}.4 (Debian {major}.4-1)'\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(("major", "found"), [(17, "wheel"), (18, "path"), (19, "path")])
def test_what_is_on_the_path_comes_first_when_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, major: int, found: str
):
    program(tmp_path, "pg_dump", major)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert programs.find("pg_dump", at_least=18) == [(WHEEL if found == "wheel" else tmp_path) / "pg_dump"]


def test_both_are_of_one_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program(tmp_path, "pg_restore", 18)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert programs.find("pg_restore", "psql", at_least=18) == [WHEEL / "pg_restore", WHEEL / "psql"]


def test_too_old_and_too_few_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program(tmp_path, "pg_dump", 15)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(CommandError) as refused:
        programs.find("pg_dump", at_least=18)
    assert str(refused.value) == (
        f"pg_dump of PostgreSQL 18 or newer can't be found ({tmp_path} has 15): "
        "install them, on Debian and Ubuntu by the package postgresql-client-18."
    )


def test_without_any_the_backup_says_so_and_leaves_nothing(
    furnished: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda name: None)

    with houses.living_in(furnished), pytest.raises(CommandError, match=r"^pg_dump of PostgreSQL 18 or newer can't be"):
        call_command("backup", tmp_path, verbosity=0)
    assert list(tmp_path.iterdir()) == []


def test_all_of_the_address_is_passed_on_but_the_password(monkeypatch: pytest.MonkeyPatch):
    given = {
        "dbname": "its name",
        "host": "/a folder/with'quotes",
        "port": 5433,
        "user": "me",
        "password": "hush",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "cursor_factory": object,
    }
    monkeypatch.setattr(backing_up.connection, "get_connection_params", lambda: dict(given))

    option = programs.database()

    assert "hush" not in option
    read = programs.make_dsn(option.removeprefix("--dbname="))
    kept = {name: value for name, value in given.items() if isinstance(value, str | int) and "password" not in name}
    assert read == programs.make_dsn(**kept)
    assert programs.environment()["PGPASSWORD"] == "hush"


def test_password_of_a_key_is_not_left_out_in_silence(furnished: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The programs would say that the key can't be loaded, and not why."""
    with houses.living_in(furnished):
        monkeypatch.setitem(backing_up.connection.settings_dict["OPTIONS"], "sslpassword", "hush")
        with pytest.raises(CommandError, match=r"^DATABASE_URL names an sslpassword") as refused:
            call_command("backup", tmp_path, verbosity=0)

    assert "hush" not in str(refused.value)
    assert os.listdir(tmp_path) == []


def test_folder_that_is_not_there_and_one_that_is_closed(furnished: str, tmp_path: Path):
    with (
        houses.living_in(furnished),
        pytest.raises(CommandError, match=r"written: No such file or directory \(.*\)\.$"),
    ):
        call_command("backup", tmp_path / "nowhere" / "it.tar", verbosity=0)
    with (
        houses.living_in(furnished),
        pytest.raises(CommandError, match=r"written: (Permission|Operation|Read-only|No such)"),
    ):
        call_command("backup", "/proc/it.tar", verbosity=0)


def test_folder_that_is_not_there_is_not_taken_for_a_file(furnished: str, tmp_path: Path):
    with houses.living_in(furnished), pytest.raises(CommandError, match=r"no folder .*/backups; .* ends with \.tar\.$"):
        call_command("backup", tmp_path / "backups", verbosity=0)
    assert os.listdir(tmp_path) == []


def test_server_older_than_the_programs_is_not_told_what_it_does_not_know(
    furnished: str, empty: str, backup: Path, monkeypatch: pytest.MonkeyPatch
):
    """By hand with a PostgreSQL 15 too, which refuses the setting; here only the way there is tried."""
    told = subprocess.check_output([WHEEL / "pg_restore", "--file=-"], input=dump_in(backup))
    setting = b"\nSET transaction_timeout = 0;\n"
    assert setting in told
    filtered = subprocess.check_output(replacing.WITHOUT, input=told)
    assert filtered == told.replace(setting, b"\n", 1)

    monkeypatch.setattr(replacing, "FIRST_TO_KNOW", 99)
    with houses.living_in(empty):
        call_command("restore", backup, verbosity=0)

    assert houses.rows(empty) == houses.rows(furnished)


def dump_in(backup: Path) -> bytes:
    with backup.open("rb") as file:
        return next(content.read() for name, content in archive.members(file) if name == archive.DUMP)


def test_terminal_is_no_place_for_a_backup(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    with pytest.raises(CommandError, match="The output is a terminal"):
        call_command("backup", "-", verbosity=0)


def test_database_of_something_else_is_not_backed_up(empty: str, tmp_path: Path):
    with houses.living_in(empty), pytest.raises(CommandError, match="This database is not one of the house"):
        call_command("backup", tmp_path, verbosity=0)
    assert os.listdir(tmp_path) == []


def test_folder_of_pictures_that_cannot_be_read_is_told(
    furnished: str, tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
):
    """As for a folder of somebody else's; root, who runs tests too, may read everything."""
    scan = os.scandir

    def refuse(path: str):
        if str(path).endswith("/rooms"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with houses.living_in(furnished), pytest.raises(CommandError, match=r"written: Permission denied \(.*/rooms\)\.$"):
        call_command("backup", tmp_path / "it.tar", verbosity=0)
    assert not (tmp_path / "it.tar").exists()
