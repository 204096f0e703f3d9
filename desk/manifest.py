"""What a backup says of itself, beside the data."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from desk.archive import Member

FORMAT = 1
UNREADABLE = "The backup was made by a newer version of the house, or not by it. Nothing was changed."


@dataclass(frozen=True)
class Manifest:
    """`rows` counts each table in the snapshot that the dump holds; `postgresql` is the major release of its server."""

    made_at: datetime
    version: str
    postgresql: int
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    members: dict[str, Member]

    def to_json(self) -> bytes:
        said = {"format": FORMAT} | asdict(self) | {"made_at": self.made_at.isoformat()}
        return json.dumps(said, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Read what a stranger may have written."""
        try:
            said = json.loads(text)
            if said.pop("format") != FORMAT:
                raise CommandError(UNREADABLE)
            found = cls(
                made_at=datetime.fromisoformat(said["made_at"]),
                version=str(said["version"]),
                postgresql=int(said["postgresql"]),
                migrations={str(app): [str(name) for name in names] for app, names in said["migrations"].items()},
                rows={str(table): int(count) for table, count in said["rows"].items()},
                members={str(name): Member(**about) for name, about in said["members"].items()},
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CommandError(UNREADABLE) from error
        if found.made_at.tzinfo is None:
            raise CommandError(UNREADABLE)
        return found

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())


def applied_migrations() -> dict[str, list[str]]:
    """Those of the database, of each app in the order in which they ran; the last one says how new its tables are."""
    recorder = MigrationRecorder(connection)
    found: dict[str, list[str]] = {}
    if recorder.has_table():
        for app, name in recorder.migration_qs.order_by("id").values_list("app", "name"):
            found.setdefault(app, []).append(name)
    return found


def unknown_migrations(migrations: dict[str, list[str]]) -> list[str]:
    """Those that this version of the house does not have: whoever has them is newer."""
    known: set[Any] = set()
    loader = MigrationLoader(None)
    for key, migration in loader.disk_migrations.items():
        known |= {key, *map(tuple, migration.replaces)}
    return sorted(f"{app}.{name}" for app, names in migrations.items() for name in names if (app, name) not in known)
