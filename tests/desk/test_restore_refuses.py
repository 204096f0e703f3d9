"""What a restore would lose is asked about first, and nobody else may look on."""

import io
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from desk import tables
from tests.desk import houses

pytestmark = pytest.mark.real_time


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_database_with_rows_is_refused_and_told_what_it_holds(used: str, backup: Path):
    before = houses.rows(used)
    number = sum(map(len, before.values()))

    sentence = rf"^The database {used} holds {number:,} rows \(\d+ in \w+, .*, …\), with 0 media files\. .* --replace\."
    with houses.living_in(used), pytest.raises(CommandError, match=sentence):
        call_command("restore", backup, verbosity=0)

    assert houses.rows(used) == before


def test_tables_as_migrate_makes_them_are_empty(empty: str, furnished: str, backup: Path):
    assert houses.manage(empty, "migrate").returncode == 0

    with houses.living_in(empty):
        call_command("restore", backup, verbosity=0)

    assert houses.rows(empty) == houses.rows(furnished)


def test_files_alone_are_something_to_lose(empty: str, backup: Path, pictures: Path, settings: LazySettings):
    settings.MEDIA_ROOT = str(pictures)

    with houses.living_in(empty), pytest.raises(CommandError, match=r"holds 0 rows, with 2 media files\."):
        call_command("restore", backup, verbosity=0)


def test_without_a_terminal_replacing_takes_a_yes(used: str, backup: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{used}\n"))

    with houses.living_in(used), pytest.raises(CommandError, match="Nobody can be asked here: say --yes"):
        call_command("restore", backup, replace=True, verbosity=0)


def test_at_a_terminal_another_name_changes_nothing(
    used: str, backup: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    before = houses.rows(used)
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))

    with houses.living_in(used), pytest.raises(CommandError, match="That is not its name"):
        call_command("restore", backup, replace=True)

    assert houses.rows(used) == before
    assert "All of it will be lost." in capfd.readouterr().err


def test_terminal_that_ends_changes_nothing(used: str, backup: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", Terminal(""))

    with houses.living_in(used), pytest.raises(CommandError, match="That is not its name"):
        call_command("restore", backup, replace=True, verbosity=0)


def test_its_name_replaces_everything(
    used: str, furnished: str, backup: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    houses.ask(used, "UPDATE members_user SET family_name = 'somebody else'")
    houses.ask(used, "CREATE TABLE of_a_newer_version (id bigint PRIMARY KEY, space bigint REFERENCES spaces_space)")
    houses.ask(used, "CREATE VIEW looks AS SELECT * FROM spaces_space")
    houses.ask(used, "CREATE TYPE mood AS ENUM ('calm')")
    houses.ask(used, "CREATE FUNCTION of_a_newer_version() RETURNS mood LANGUAGE sql AS $$ SELECT 'calm'::mood $$")
    monkeypatch.setattr(sys, "stdin", Terminal(f"{used}\n"))

    with houses.living_in(used):
        call_command("restore", backup, replace=True)

    assert houses.rows(used) == houses.rows(furnished)
    assert houses.definitions(used)["functions"] == houses.definitions(furnished)["functions"]
    assert houses.ask(used, "SELECT to_regclass('looks'), to_regtype('mood')") == [(None, None)]
    last = capfd.readouterr().err.splitlines()[-1]
    assert last.startswith("Restored ")
    assert last.endswith("tables, as many of each as the backup says, and 2 media files.")


@pytest.mark.parametrize("replace", [False, True])
def test_others_who_are_connected_are_named(empty: str, backup: Path, replace: bool):
    with (
        houses.living_in(empty),
        houses.connected(empty),
        pytest.raises(CommandError, match=r"connected to this database: 1 of coworking from this machine \(without a"),
    ):
        call_command("restore", backup, replace=replace, yes=replace, verbosity=0)

    assert houses.tables(empty) == []


def test_role_that_may_not_look_at_others_is_told_of_them_too(empty: str, backup: Path):
    role = f"plain_{empty}"
    houses.ask("postgres", f"CREATE ROLE {role} LOGIN PASSWORD 'hush'")
    try:
        with houses.living_in(empty), houses.connected(empty), pytest.MonkeyPatch.context() as patched:
            patched.setitem(tables.connection.settings_dict, "USER", role)
            patched.setitem(tables.connection.settings_dict, "PASSWORD", "hush")
            with pytest.raises(
                CommandError, match=r"database: 1 of coworking from somewhere \(without a name\)\. Stop"
            ):
                call_command("restore", backup, verbosity=0)
    finally:
        houses.ask("postgres", f"DROP ROLE {role}")

    assert houses.tables(empty) == []


def test_backup_of_an_older_version_is_restored_and_wants_migrate(
    used: str, empty: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    houses.ask(used, "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")
    with houses.living_in(used):
        call_command("backup", tmp_path / "older.tar", verbosity=0)

    with houses.living_in(empty):
        call_command("restore", tmp_path / "older.tar")

    assert capfd.readouterr().err.splitlines()[-1] == (
        "The backup is of an older version: run `manage.py migrate` before you open the house."
    )


def test_file_that_is_not_there_is_one_sentence(empty: str, tmp_path: Path):
    with (
        houses.living_in(empty),
        pytest.raises(CommandError, match=r"restored: No such file or directory \(.*no\.tar\)"),
    ):
        call_command("restore", tmp_path / "no.tar", verbosity=0)


def test_database_that_is_not_there_is_one_sentence(empty: str, backup: Path):
    done = houses.manage("nowhere", "restore", backup)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("CommandError: The backup could not be restored: the database says")
    assert 'database "nowhere" does not exist' in done.stderr
    assert "Traceback" not in done.stderr
