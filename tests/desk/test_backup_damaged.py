"""What is not a whole backup of ours is refused in a sentence, and nothing changes."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from desk import archive
from tests.desk import houses

pytestmark = pytest.mark.real_time

CUT = r"is damaged or was cut short: take another backup\. Nothing was changed\.$"
FOREIGN = r"is no backup of this house"
STRANGE = r"holds what no backup does"
NEWER = r"made by a newer version of the house, or not by it"


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def small(path: Path) -> bytes:
    """An archive of a few kilobytes, sealed as ours are."""
    with path.open("w+b") as file:
        writer = archive.Writer(file)
        writer.add("database.dump", [b"PGDMP", b"x" * 700])
        writer.add("media/" + "長" * 40, [b"picture"])
        writer.add("manifest.json", [b"{}"])
        writer.seal()
    return path.read_bytes()


def test_small_archive_is_whole(tmp_path: Path):
    small(tmp_path / "small.tar")

    with (tmp_path / "small.tar").open("rb") as file:
        archive.check_seal(file)
        assert [(name, len(content.read())) for name, content in archive.members(file)] == [
            ("database.dump", 705),
            ("media/" + "長" * 40, 7),
            ("manifest.json", 2),
        ]


@pytest.mark.parametrize("mask", [0x01, 0x10, 0x80, 0xFF])
def test_each_byte_that_is_changed_is_noticed(tmp_path: Path, mask: int):
    whole = small(tmp_path / "small.tar")
    assert len(whole) < 10_000

    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= mask
        with pytest.raises(CommandError, match=f"{CUT}|{FOREIGN}"):
            archive.check_seal(named(bytes(changed)))


def test_each_length_at_which_it_is_cut_or_grown_is_noticed(tmp_path: Path):
    whole = small(tmp_path / "small.tar")

    for length in range(len(whole)):
        with pytest.raises(CommandError, match=f"{CUT}|{FOREIGN}"):
            archive.check_seal(named(whole[:length]))
    for more in (b"\0", b"\0" * 512, b"x" * 10240, whole):
        with pytest.raises(CommandError, match=CUT):
            archive.check_seal(named(whole + more))


def named(content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = "some.tar"  # type: ignore[misc]
    return file


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def bit_in_the_dump(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[70_000] ^= 1
    path.write_bytes(bytes(content))


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def photograph(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0" * 4000)


def other_tar(path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        tar.add(__file__, "database.dump.txt")


def resealed(change: Callable[[dict[str, bytes]], None]) -> Callable[[Path], None]:
    """The archive with other members, sealed as if it had always been so."""

    def make(path: Path) -> None:
        with path.open("rb") as file:
            held = {name: content.read() for name, content in archive.members(file)}
        change(held)
        write(path, held)

    return make


def write(path: Path, held: dict[str, bytes]) -> None:
    with path.open("w+b") as file:
        writer = archive.Writer(file)
        for name, content in held.items():
            writer.add(name, [content])
        writer.seal()


def manifest(**changed: object) -> Callable[[Path], None]:
    def change(held: dict[str, bytes]) -> None:
        held["manifest.json"] = json.dumps(json.loads(held["manifest.json"]) | changed).encode()

    return resealed(change)


def without(name: str) -> Callable[[Path], None]:
    return resealed(lambda held: held.pop(name))


def with_member(name: str, content: bytes = b"evil") -> Callable[[Path], None]:
    """One more file, of which the manifest knows too."""

    def change(held: dict[str, bytes]) -> None:
        said = json.loads(held.pop("manifest.json"))
        said["members"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        held[name] = content
        held["manifest.json"] = json.dumps(said).encode()

    return resealed(change)


DAMAGES = {
    "cut in half": (cut_in_half, CUT),
    "a bit in the dump": (bit_in_the_dump, CUT),
    "empty": (empty_file, FOREIGN),
    "a photograph": (photograph, FOREIGN),
    "another tar": (other_tar, FOREIGN),
    "no manifest": (without("manifest.json"), CUT),
    "a file that the manifest misses": (without("media/logo.png"), CUT),
    "another file": (resealed(lambda held: held.update({"media/logo.png": b"other"})), CUT),
    "a file that the manifest does not know": (resealed(lambda held: held.update({"media/new": b""})), CUT),
    "no JSON": (resealed(lambda held: held.update({"manifest.json": b"\xff{"})), NEWER),
    "JSON of another kind": (resealed(lambda held: held.update({"manifest.json": b"[1]"})), NEWER),
    "deep JSON": (resealed(lambda held: held.update({"manifest.json": b"[" * 99_999})), NEWER),
    "a later format": (manifest(format=2), NEWER),
    "no moment": (manifest(made_at="yesterday"), NEWER),
    "a moment of no zone": (manifest(made_at="2026-11-24T09:00:00"), NEWER),
    "members without a size": (manifest(members={"database.dump": {}}), NEWER),
    "migrations that we don't have": (
        manifest(migrations={"spaces": ["0001_initial", "9999_more"]}, version="9.9"),
        r"version 9\.9, which is newer than this one: .* 1 migrations .* \(spaces\.9999_more\)",
    ),
    "a later PostgreSQL": (manifest(postgresql=99), "is of PostgreSQL 99 and this server is 18"),
    "a way up": (with_member("media/../../evil"), STRANGE),
    "a root": (with_member("media//etc/evil"), STRANGE),
    "a root of its own": (with_member("/etc/evil"), STRANGE),
    "a dot": (with_member("media/./evil"), STRANGE),
    "a folder of its own": (with_member("evil"), STRANGE),
    "nothing but the folder": (with_member("media/"), STRANGE),
    "our own folder": (with_member("media/.restoring/evil"), STRANGE),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_is_refused_and_nothing_changes(
    used: str, backup: Path, pictures: Path, settings: LazySettings, damage: str
):
    settings.MEDIA_ROOT = str(pictures)
    before, files = houses.rows(used), sorted(pictures.rglob("*"))
    make, sentence = DAMAGES[damage]
    make(backup)

    with houses.living_in(used), pytest.raises(CommandError, match=sentence):
        call_command("restore", backup, replace=True, yes=True, verbosity=0)

    assert houses.rows(used) == before
    assert sorted(pictures.rglob("*")) == files
    assert not (backup.parent / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: bytes):
    link = tarfile.TarInfo("media/passwd")
    link.type, link.linkname = kind, "/etc/passwd"

    with (tmp_path / "some.tar").open("w+b") as file:
        archive.Writer(file).add("database.dump", [])
        file.write(link.tobuf(tarfile.GNU_FORMAT))
        archive.Writer(file).seal()
        archive.check_seal(file)
        with pytest.raises(CommandError, match=STRANGE):
            list(archive.members(file))


def test_a_name_twice_is_refused(tmp_path: Path):
    with (tmp_path / "some.tar").open("w+b") as file:
        for _ in range(2):
            archive.Writer(file).add("database.dump", [])
        archive.Writer(file).seal()
        with pytest.raises(CommandError, match=STRANGE):
            list(archive.members(file))


@pytest.mark.parametrize("change", ["one row less", "a table more", "a name to get out of the quotes"])
def test_rows_that_do_not_add_up_undo_everything(used: str, backup: Path, change: str):
    before = houses.rows(used)
    with backup.open("rb") as file:
        rows = next(json.load(content) for name, content in archive.members(file) if name == "manifest.json")["rows"]
    if change == "one row less":
        rows["spaces_space"] += 1
    else:
        rows["more" if change == "a table more" else "'; COMMIT; DROP TABLE spaces_space; --"] = 0
    manifest(rows=rows)(backup)

    with houses.living_in(used), pytest.raises(CommandError, match=r"is as it was: .*the rows do not add up"):
        call_command("restore", backup, replace=True, yes=True, verbosity=0)

    assert houses.rows(used) == before


def test_dump_that_pg_restore_cannot_read_undoes_everything(used: str, backup: Path):
    before = houses.rows(used)
    with backup.open("rb") as file:
        held = {name: content.read() for name, content in archive.members(file)}
    dump = held["database.dump"] = held["database.dump"][:-20_000]
    said = json.loads(held["manifest.json"])
    said["members"]["database.dump"] = {"size": len(dump), "sha256": hashlib.sha256(dump).hexdigest()}
    write(backup, held | {"manifest.json": json.dumps(said).encode()})

    with houses.living_in(used), pytest.raises(CommandError, match="is as it was: pg_restore: error: "):
        call_command("restore", backup, replace=True, yes=True, verbosity=0)

    assert houses.rows(used) == before
