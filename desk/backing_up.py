"""Everything that would be missed, in one file: the database as it was at one moment, and the media files."""

import fcntl
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction

from desk import media, programs, tables
from desk.archive import DUMP, MANIFEST, MEDIA, PIECE, Writer, pieces
from desk.manifest import Manifest, applied_migrations

Say = Callable[[str], None]
NAMED = re.compile(r"coworking-\d{4}-\d\d-\d\d-\d{6}\.tar")
PART = ".coworking-"  # begins the name of what is not whole yet
PATIENCE = 60_000  # milliseconds for who holds a table, such as a migration
JUST_MADE = 60  # seconds in which such a file may still be without its lock


@dataclass(frozen=True)
class Made:
    manifest: Manifest
    size: int


def name_at(moment: datetime) -> str:
    """The name that a backup gets by itself; the newest is the last by the alphabet."""
    return f"coworking-{moment:%Y-%m-%d-%H%M%S}.tar"


def back_up_to(path: Path, *, now: datetime, say: Say) -> Made:
    """Write a new file, for its owner alone to read. It has its name only once all of it is on the disk."""
    _must_be_free(path)
    _sweep(path.parent)
    with _unfinished(path.parent) as file:
        made = back_up(file, now=now, say=say)
        os.fsync(file.fileno())
        _give_name(Path(file.name), path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return made


def back_up(file: IO[bytes], *, now: datetime, say: Say) -> Made:
    """Write a backup into an empty file that can be read too."""
    [pg_dump] = programs.find("pg_dump", at_least=tables.server_major())
    archive = Writer(file)
    members = {}
    with _snapshot() as snapshot:
        say("Counting the rows…")
        rows, migrations = tables.count_rows(), applied_migrations()
        if not migrations:
            raise CommandError("This database is not one of the house: it holds no migrations.")
        say(f"Dumping the database ({sum(rows.values()):,} rows in {len(rows)} tables)…")
        with closing(_dump(pg_dump, snapshot)) as dump:
            members[DUMP] = archive.add(DUMP, dump)
    for name, path in media.files():
        with suppress(FileNotFoundError), path.open("rb") as content:  # gone since it was listed
            members[MEDIA + name] = archive.add(MEDIA + name, pieces(content))
    say(f"Took along {len(members) - 1} media files; sealing the archive…")
    manifest = Manifest(now, settings.VERSION, tables.server_major(), migrations, rows, members)
    archive.add(MANIFEST, [manifest.to_json()])
    archive.seal()
    file.flush()
    return Made(manifest, file.tell())


def forget_older(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups of a folder, told by the names that they got by themselves."""
    ours = sorted(each for each in folder.iterdir() if NAMED.fullmatch(each.name) and each.is_file())
    older = ours[:-keep]
    for each in older:
        each.unlink()
    return older


@contextmanager
def _snapshot() -> Iterator[str]:
    """One moment of the database, by the name under which pg_dump can see the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE}")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _dump(pg_dump: Path, snapshot: str) -> Generator[bytes, None, None]:
    command = [str(pg_dump), "--format=custom", "--no-password", f"--lock-wait-timeout={PATIENCE}"]
    command += [f"--snapshot={snapshot}", programs.database()]
    command += [f"--exclude-schema={connection.ops.quote_name(schema)}" for schema in tables.other_schemas()]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=programs.environment(),
            start_new_session=True,  # Ctrl-C is ours to hear
        ) as process,
    ):
        assert process.stdout  # noqa: S101 - asked for above
        try:
            while piece := process.stdout.read(PIECE):
                yield piece
        except BaseException:
            process.kill()
            raise
        if process.wait():
            raise CommandError(f"The database could not be dumped: {programs.last_words(complaints)}")


@contextmanager
def _unfinished(folder: Path) -> Iterator[IO[bytes]]:
    """A file by a name that nobody takes for a backup; it goes again, however this ends but by a kill."""
    number, name = tempfile.mkstemp(prefix=PART, suffix=".part", dir=folder)  # for its owner alone
    os.close(number)
    try:
        with open(name, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _must_be_free(path: Path) -> None:
    if os.path.lexists(path):
        raise CommandError(f"{path} is there already, and a backup never takes the place of another.")


def _give_name(part: Path, path: Path) -> None:
    try:
        os.link(part, path)  # where a rename would take the place of a file that has come meanwhile
    except OSError:  # it has come, or this file system knows no second name, as on a USB stick
        _must_be_free(path)
        part.rename(path)


def _sweep(folder: Path) -> None:
    """Remove what backups left that were killed: nobody holds their lock any more."""
    for left in folder.glob(f"{PART}*.part"):
        with suppress(OSError), left.open() as file:  # somebody else's, or held
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - left.stat().st_mtime > JUST_MADE:
                left.unlink()
