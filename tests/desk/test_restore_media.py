"""Media files and the database belong together: what goes wrong with the ones leaves both as they were, or is told."""

import errno
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from desk import media, replacing
from tests.desk import houses

pytestmark = pytest.mark.real_time

# Ends itself as a machine does that goes down, just before or just after the database commits.
FALLS = """
import os, signal, sys
from django.core.management import execute_from_command_line
from desk.replacing import Replacement
commit, moment = Replacement.commit, sys.argv.pop(1)
def fall(self):
    if moment == "after":
        commit(self)
    os.kill(os.getpid(), signal.SIGKILL)
Replacement.commit = fall
execute_from_command_line(sys.argv)
"""


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def standing(backup: Path, tmp_path: Path, settings: LazySettings) -> Path:
    """A MEDIA_ROOT with other files than the backup's, some by the same names."""
    root = tmp_path / "standing"
    (root / "rooms").mkdir(parents=True)
    (root / "rooms" / "old.png").write_bytes(b"old")
    (root / "logo.png").write_bytes(b"old")
    settings.MEDIA_ROOT = str(root)
    return root


def files_in(root: Path) -> dict[str, bytes]:
    return {str(each.relative_to(root)): each.read_bytes() for each in root.rglob("*") if each.is_file()}


def in_the_backup(pictures: Path) -> dict[str, bytes]:
    return {name: content for name, content in files_in(pictures).items() if name != "elsewhere"}


def restore(backup: Path) -> None:
    call_command("restore", backup, replace=True, yes=True, verbosity=0)


def refuse_to_move(monkeypatch: pytest.MonkeyPatch, stuck: Callable[[Path], bool]) -> None:
    """As for a mount point, or a folder that is somebody else's; root, who runs tests too, is refused nothing."""
    rename = Path.rename

    def move(self: Path, target: Path) -> Path:
        if stuck(self):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", move)


def test_folder_that_cannot_be_moved_leaves_everything_as_it_was(
    used: str, backup: Path, standing: Path, monkeypatch: pytest.MonkeyPatch
):
    houses.ask(used, "DELETE FROM events_calendarfeed")
    before, files = houses.rows(used), files_in(standing)
    refuse_to_move(monkeypatch, lambda path: path == standing / "rooms")

    with houses.living_in(used), pytest.raises(CommandError, match=r"could not be restored: .* busy \(.*/rooms\)\.$"):
        restore(backup)

    assert houses.rows(used) == before
    assert files_in(standing) == files
    assert {path.name for path in standing.iterdir()} == {"rooms", "logo.png"}


def test_file_by_the_name_of_our_folder_leaves_everything_as_it_was(used: str, backup: Path, standing: Path):
    (standing / ".replaced").write_bytes(b"somebody's")
    houses.ask(used, "DELETE FROM events_calendarfeed")
    before, files = houses.rows(used), files_in(standing)

    with houses.living_in(used), pytest.raises(CommandError, match=r"restored: File exists \(.*/\.replaced\)\.$"):
        restore(backup)

    assert houses.rows(used) == before
    assert files_in(standing) == files


def test_what_the_disk_keeps_at_its_top_is_left_alone(
    used: str, tmp_path: Path, standing: Path, backup: Path, pictures: Path, settings: LazySettings
):
    (standing / "lost+found").mkdir()
    (standing / "lost+found" / "#12").write_bytes(b"root's")

    with houses.living_in(used):
        call_command("backup", tmp_path / "with.tar", verbosity=0)
        restore(backup)
        assert files_in(standing) == in_the_backup(pictures) | {"lost+found/#12": b"root's"}
        restore(tmp_path / "with.tar")

    assert files_in(standing) == {"rooms/old.png": b"old", "logo.png": b"old", "lost+found/#12": b"root's"}


def test_what_fails_after_the_database_committed_is_told_and_restored_once_more(
    used: str, furnished: str, tmp_path: Path, backup: Path, standing: Path, pictures: Path
):
    houses.ask(used, "DELETE FROM events_calendarfeed")
    with pytest.MonkeyPatch.context() as patched, houses.living_in(used):
        refuse_to_move(patched, lambda path: path == standing / ".restoring" / "rooms")
        sentence = r"^The database is restored, but not all media files are; .* once more: .* busy \(.*/rooms\)\.$"
        with pytest.raises(CommandError, match=sentence):
            restore(backup)

    assert houses.rows(used) == houses.rows(furnished)
    with houses.living_in(used):
        with pytest.raises(CommandError, match=r"A restore was cut off .* are in .*/\.replaced, .* Restore once more"):
            call_command("backup", tmp_path / "half.tar", verbosity=0)
        assert not (tmp_path / "half.tar").exists()
        restore(backup)
        call_command("backup", tmp_path / "whole.tar", verbosity=0)
    assert files_in(standing) == in_the_backup(pictures)


def test_what_was_replaced_and_cannot_be_deleted_is_told(
    used: str, backup: Path, standing: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(path: Path, **_: object) -> None:
        if Path(path).name == ".replaced":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), f"{path}/old.png")

    monkeypatch.setattr(media.shutil, "rmtree", refuse)
    with houses.living_in(used), pytest.raises(CommandError, match=r"^All is restored, but .* by hand: Permission den"):
        restore(backup)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_machine_that_goes_down_while_files_are_exchanged_loses_none_unsaid(
    used: str, furnished: str, tmp_path: Path, backup: Path, standing: Path, pictures: Path, moment: str
):
    houses.ask(used, "DELETE FROM events_calendarfeed")
    words = houses.command("restore", backup, "--replace", "--yes")
    fallen = subprocess.run(
        [words[0], "-c", FALLS, moment, *words[4:]],
        cwd=houses.ROOT,
        env=houses.environment(used, MEDIA_ROOT=str(standing), DJANGO_SETTINGS_MODULE="coworking.settings"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert fallen.returncode == -signal.SIGKILL, fallen.stderr
    assert {b"old"} < set(files_in(standing).values())

    with houses.living_in(used):
        with pytest.raises(CommandError, match=r"A restore was cut off"):
            call_command("backup", tmp_path / "half.tar", verbosity=0)
        with pytest.raises(CommandError, match=r"with 2 media files\."):
            call_command("restore", backup, verbosity=0)
        restore(backup)
        call_command("backup", tmp_path / "whole.tar", verbosity=0)
    assert houses.rows(used) == houses.rows(furnished)
    assert files_in(standing) == in_the_backup(pictures)


def test_connection_that_breaks_while_the_database_commits_is_not_taken_for_nothing_changed(
    used: str, furnished: str, backup: Path, standing: Path, pictures: Path
):
    houses.ask(used, "DELETE FROM events_calendarfeed")
    files = files_in(standing)
    with pytest.MonkeyPatch.context() as patched, houses.living_in(used):
        patched.setattr(replacing, "COMPARE", replacing.COMPARE + "SELECT pg_terminate_backend(pg_backend_pid());")
        with pytest.raises(
            CommandError, match=r"may be restored or as it was, .*Restore once more: .*terminat"
        ) as told:
            restore(backup)

    assert "Nothing was changed" not in str(told.value)
    assert houses.rows(used) == houses.rows(furnished)
    assert files_in(standing) == files
    with houses.living_in(used):
        restore(backup)
    assert files_in(standing) == in_the_backup(pictures)
