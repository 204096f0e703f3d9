"""Statements that are asked all day, planned once for each connection: planning them took longer than running them.

PostgreSQL forgets a prepared statement with its connection, not with a transaction, and plans it anew by itself when a
table changes. Who puts a pooler in between needs one that keeps prepared statements apart (docs/deploying.md).
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

# The names that each connection of the driver has prepared.
_prepared: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


class Prepared:
    """A statement with a name, its parameters marked as $1, $2 and on, and their types in PostgreSQL's words."""

    def __init__(self, name: str, statement: str, types: Sequence[str]) -> None:
        self.name = name
        self.making = f"PREPARE {name} ({', '.join(types)}) AS {statement}"
        self.asking = f"EXECUTE {name} ({', '.join(['%s'] * len(types))})"

    def rows(self, *params: Any) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        with connection.cursor() as cursor:
            known = _prepared.setdefault(connection.connection, set())
            if self.name not in known:
                # Past Django's log: no page asks for it, but the first one on a connection.
                cursor.cursor.execute(self.making)
                known.add(self.name)
            cursor.execute(self.asking, params)
            return cursor.fetchall()
