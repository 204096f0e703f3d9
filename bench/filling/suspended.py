"""Loading without the guard: a table's triggers, keys and indexes step aside and come back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('u', 'x', 'f')
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = %s::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
"""


@contextmanager
def suspended(table: str) -> Iterator[CursorWrapper]:
    """Give a cursor that writes to `table` unhindered; only the primary key and its CHECKs stay.

    What comes back is built over all rows at once, so PostgreSQL itself checks uniqueness, exclusions and foreign keys
    again. The triggers look at no row twice: whoever loads asks `invariants.check` afterwards.
    """
    with connection.cursor() as cursor:
        # A table with checks that wait for the commit can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(CONSTRAINTS, [table])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, [table])
        indexes = cursor.fetchall()
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield cursor
        for _, definition in indexes:
            cursor.execute(definition)
        for name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
