"""A house is backed up, and comes back as it was: every row, every guard, every file."""

import json
import os
import re
import stat
import subprocess
import tarfile
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as house_settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from bookings.booking import book
from bookings.models import Booking
from desk import backing_up
from spaces.calendar import Span
from spaces.models import Space
from tests.desk import houses
from tests.factories import make_user
from tests.races.connections import run

pytestmark = pytest.mark.real_time


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def files_in(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_row_of_every_table_comes_back(furnished: str, empty: str, backup: Path):
    before = houses.rows(furnished)
    assert [table for table, rows in before.items() if not rows] == []
    assert sum(map(len, before.values())) > 1000

    with houses.living_in(empty):
        call_command("restore", backup, verbosity=0)

    assert houses.rows(empty) == before


def test_guards_and_sequences_come_back(furnished: str, empty: str, backup: Path):
    before = houses.definitions(furnished)
    assert len(before["triggers"]) > 20
    assert "booking_within_capacity_insert" in " ".join(before["triggers"])
    assert {"btree_gist", "pg_trgm"} < set(before["extensions"])

    with houses.living_in(empty):
        call_command("restore", backup, verbosity=0)

    assert houses.definitions(empty) == before
    assert next_numbers(empty) == next_numbers(furnished)


def next_numbers(database: str) -> dict[str, int]:
    names = houses.ask(database, "SELECT sequencename FROM pg_sequences ORDER BY 1")
    return {name: houses.ask(database, f"SELECT nextval('{name}')")[0][0] for (name,) in names}


def test_restored_house_takes_a_booking_and_refuses_one_too_many(empty: str, backup: Path):
    with houses.living_in(empty):
        call_command("restore", backup, verbosity=0)
        space = Space.objects.get(slug="koharubiyori")
        resource = space.resources.filter(kind="open_seats").first()
        day = timezone.localdate() + timedelta(days=9)
        while not space_is_open(space, day):
            day += timedelta(days=1)
        booked = book(
            user=make_user("new@example.jp"),
            space=space,
            resource_id=resource.pk,
            span=Span(*at(day, 11, 13)),
            now=timezone.now(),
        )
        with pytest.raises(Exception, match="seats, and they are taken"):
            Booking.objects.filter(pk=booked.pk).update(seats=resource.capacity + 1)


def at(day: date, *hours: int):
    begins = timezone.localtime().replace(
        year=day.year, month=day.month, day=day.day, minute=0, second=0, microsecond=0
    )
    return [begins.replace(hour=hour) for hour in hours]


def space_is_open(space: Space, day: date) -> bool:
    return space.hours.filter(weekday=day.weekday()).exists()


def test_media_files_come_back_and_links_do_not(empty: str, backup: Path, pictures: Path, settings: LazySettings):
    before = files_in(pictures)
    del before["elsewhere"]

    with houses.living_in(empty):
        call_command("restore", backup, verbosity=0)

    assert files_in(Path(settings.MEDIA_ROOT)) == before


def test_files_that_came_since_go(used: str, backup: Path, pictures: Path, settings: LazySettings):
    settings.MEDIA_ROOT = str(pictures)
    before = files_in(pictures)
    del before["elsewhere"]
    (pictures / "later.png").write_bytes(b"later")
    (pictures / "logo.png").write_bytes(b"changed")

    with houses.living_in(used):
        call_command("restore", backup, replace=True, yes=True, verbosity=0)

    assert files_in(pictures) == before


def test_backup_is_one_moment_while_others_write(
    used: str, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Somebody commits after the rows were counted and before pg_dump begins: neither sees it."""
    before = houses.rows(used)
    begin = backing_up._dump

    def write(*facts):
        with houses.connected(used) as conn:
            run(conn, "UPDATE members_user SET family_name = 'somebody else'")
            run(conn, "DELETE FROM events_calendarfeed")
            conn.commit()
        return begin(*facts)

    monkeypatch.setattr(backing_up, "_dump", write)
    with houses.living_in(used):
        call_command("backup", tmp_path / "one.tar", verbosity=0)
    assert houses.rows(used) != before

    with houses.living_in(empty):
        call_command("restore", tmp_path / "one.tar", verbosity=0)
    assert houses.rows(empty) == before


def test_manifest_says_what_is_inside_and_tar_reads_it(furnished: str, backup: Path):
    with tarfile.open(backup) as tar:
        names = tar.getnames()
        said = json.load(tar.extractfile("manifest.json"))

    assert [names[0], *names[-2:]] == ["database.dump", "manifest.json", "seal.sha256"]
    assert said["version"] == tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
    assert said["postgresql"] == 18
    assert said["rows"] == {table: len(rows) for table, rows in houses.rows(furnished).items()}
    assert said["migrations"]["spaces"][0] == "0001_initial"
    assert set(said["members"]) == set(names[:-2])
    listed = subprocess.run(["tar", "--list", "--file", backup], capture_output=True, text=True, check=True)
    assert listed.stderr == ""
    assert len(listed.stdout.splitlines()) == len(names)


def test_version_is_the_one_of_the_project():
    assert tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"] == house_settings.VERSION


def test_backup_in_a_folder_is_named_by_its_date_and_told(
    furnished: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    with houses.living_in(furnished):
        call_command("backup", tmp_path)

    [made] = tmp_path.iterdir()
    said = capfd.readouterr()
    assert re.fullmatch(r"coworking-\d{4}-\d\d-\d\d-\d{6}\.tar", made.name)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert said.out == ""
    assert said.err.splitlines()[-1].endswith(f"0 media files into {made} ({made.stat().st_size:,} bytes).")


def test_backup_goes_into_a_pipe(furnished: str, empty: str, tmp_path: Path):
    with (tmp_path / "piped.tar").open("wb") as file:
        done = subprocess.run(
            houses.command("backup", "-"),
            env=houses.environment(furnished),
            stdout=file,
            stderr=subprocess.PIPE,
            check=True,
        )

    assert done.stderr.decode().splitlines()[-1].startswith("Backed up ")
    with houses.living_in(empty):
        call_command("restore", tmp_path / "piped.tar", verbosity=0)
    assert houses.rows(empty) == houses.rows(furnished)


def test_output_gets_nothing_but_the_backup(furnished: str, capfdbinary: pytest.CaptureFixture[bytes]):
    with houses.living_in(furnished):
        call_command("backup", "-")

    said = capfdbinary.readouterr()
    assert said.out.startswith(b"database.dump\0")
    assert said.err.splitlines()[-1].endswith(f"into the output ({len(said.out):,} bytes).".encode())


def test_no_password_is_on_a_command_line(furnished: str, empty: str, backup: Path, monkeypatch: pytest.MonkeyPatch):
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda argv, **rest: started.append((argv, rest.get("env"))) or popen(argv, **rest)
    )
    with houses.living_in(empty):
        monkeypatch.setitem(backing_up.connection.settings_dict, "PASSWORD", "hush, hush")
        call_command("restore", backup, verbosity=0)
        call_command("backup", backup.with_name("again.tar"), verbosity=0)

    started = [(argv, env) for argv, env in started if "--version" not in argv]
    assert [Path(argv[0]).name for argv, _ in started] == ["psql", "pg_restore", "pg_dump"]
    for argv, env in started:
        assert "hush" not in " ".join(argv)
        assert env["PGPASSWORD"] == "hush, hush"


def test_what_is_there_is_never_overwritten(furnished: str, tmp_path: Path):
    path = tmp_path / "mine.tar"
    path.write_text("precious")

    with houses.living_in(furnished), pytest.raises(CommandError, match=r"mine\.tar is there already"):
        call_command("backup", path)

    assert files_in(tmp_path) == {"mine.tar": b"precious"}


def test_what_comes_meanwhile_is_not_overwritten_either(
    furnished: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "mine.tar"
    seal = backing_up.Writer.seal
    monkeypatch.setattr(backing_up.Writer, "seal", lambda self: (seal(self), path.write_text("precious")))

    with houses.living_in(furnished), pytest.raises(CommandError, match=r"mine\.tar is there already"):
        call_command("backup", path)

    assert files_in(tmp_path) == {"mine.tar": b"precious"}


def test_where_files_have_one_name_only_the_backup_is_renamed(
    furnished: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_):
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with houses.living_in(furnished):
        call_command("backup", tmp_path / "on-a-stick.tar", verbosity=0)

    assert [path.name for path in tmp_path.iterdir()] == ["on-a-stick.tar"]


def test_keep_forgets_older_ones_of_its_own_naming(furnished: str, tmp_path: Path):
    older = [f"coworking-2025-01-0{day}-031500.tar" for day in (1, 2, 3)]
    others = ["coworking-2025-01-01-031500.tar.gpg", "coworking-by-hand.tar", "photos.tar"]
    for name in older + others:
        (tmp_path / name).touch()

    with houses.living_in(furnished):
        call_command("backup", tmp_path, keep=2, verbosity=0)

    names = {path.name for path in tmp_path.iterdir()}
    assert {*others, older[2]} < names
    assert len(names) == len(others) + 2


@pytest.mark.parametrize(("path", "keep"), [(".", 0), (".", -1), ("-", 3), ("new.tar", 3)])
def test_keep_needs_a_number_and_a_folder(path: str, keep: int):
    with pytest.raises(CommandError, match="from 1 on, and a folder"):
        call_command("backup", path, keep=keep)


def test_nightly_run_says_nothing(furnished: str, tmp_path: Path):
    done = houses.manage(furnished, "backup", tmp_path, "--keep=2", "--verbosity=0")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
