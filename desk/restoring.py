"""A backup takes the place of what the database holds: all of it, or nothing is changed."""

import hashlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from desk import media, tables
from desk.archive import DUMP, MANIFEST, MEDIA, Member, check_seal, damaged, members, pieces
from desk.ending import ASKING
from desk.manifest import Manifest, unknown_migrations
from desk.replacing import Replacement

Say = Callable[[str], None]


@dataclass(frozen=True)
class Loss:
    """What a restore would do away with."""

    rows: dict[str, int]
    files: int

    @classmethod
    def now(cls) -> "Loss":
        counted = {table: count for table, count in tables.count_rows().items() if count}
        return cls(counted, media.count())

    @property
    def is_nothing(self) -> bool:
        return not self.files and not self.rows.keys() - set(tables.BOOKKEEPING)

    def __str__(self) -> str:
        telling = {table: count for table, count in self.rows.items() if table not in tables.BOOKKEEPING}
        most = sorted(telling.items(), key=lambda each: -each[1])[:8]
        named = ", ".join(f"{count:,} in {table}" for table, count in most) + (", …" if len(telling) > 8 else "")
        return f"{sum(self.rows.values()):,} rows{named and f' ({named})'}, with {self.files} media files"


@contextmanager
def checked(path: Path, say: Say) -> Iterator[tuple[IO[bytes], Manifest]]:
    """Open a backup whose every byte is as it was written, and which this house and its server can take."""
    with path.open("rb") as file:
        say(f"Checking {path}…")
        check_seal(file)
        manifest, found = None, {}
        for name, content in members(file):
            if name == MANIFEST:
                manifest = Manifest.from_json(content.read())
            else:
                found[name] = _measured(content)
        if manifest is None or DUMP not in found or found != manifest.members:
            raise damaged(file)
        _must_fit(manifest)
        yield file, manifest


def restore(file: IO[bytes], manifest: Manifest, say: Say) -> None:
    """Put a checked backup in the place of what is there.

    What can go wrong with the media files is tried before the database commits: they make room, and come after it.
    """
    with media.Incoming() as incoming, Replacement(manifest) as replacement:
        for name, content in members(file):
            if name.startswith(MEDIA):
                incoming.put(name.removeprefix(MEDIA), content)
            elif name == DUMP:
                say(f"Restoring the database ({manifest.all_rows:,} rows)…")
                replacement.load(pieces(content))
        # From here on being asked to stop has to wait: the files belong to the rows.
        signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
        try:
            incoming.make_room()
            replacement.commit()
            incoming.take_place()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKING)
    say("Gathering the planner's statistics…")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def is_behind() -> bool:
    """Whether the restored tables wait for migrations of this version."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _measured(content: IO[bytes]) -> Member:
    digest, size = hashlib.sha256(), 0
    for piece in pieces(content):
        digest.update(piece)
        size += len(piece)
    return Member(size, digest.hexdigest())


def _must_fit(manifest: Manifest) -> None:
    unknown = unknown_migrations(manifest.migrations)
    if unknown:
        raise CommandError(
            f"The backup was made by version {manifest.version}, which is newer than this one: "
            f"it knows {len(unknown)} migrations that this one does not ({unknown[-1]}). "
            "Bring the house up to date first. Nothing was changed."
        )
    if manifest.postgresql > tables.server_major():
        raise CommandError(
            f"The backup is of PostgreSQL {manifest.postgresql} and this server is {tables.server_major()}: "
            f"restore it into {manifest.postgresql} or newer. Nothing was changed."
        )
