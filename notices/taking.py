"""Taking the oldest due notice, and with it the turn of writing to whom it is for."""

import json
from datetime import datetime

from django.db import connection

from notices.models import Notice
from notices.prepared import Prepared

_COLUMNS = [field.attname for field in Notice._meta.concrete_fields]
_FACTS = _COLUMNS.index("facts")
# Whoever asks takes the turn here, and looks in another statement at what was sent last: one statement sees only what
# was there when it began, which may be before the last holder of the turn had sent something.
_NEXT = Prepared(
    "notices_next",
    f"""
    WITH next AS MATERIALIZED (
        SELECT {", ".join(_COLUMNS)} FROM notices_notice
        WHERE state = 'waiting' AND try_at <= $1 ORDER BY try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    SELECT *, pg_try_advisory_xact_lock(17, hashtext(recipient)) FROM next
    """,  # noqa: S608 - the names of columns
    ["timestamptz"],
)


def next_due(now: datetime) -> tuple[Notice, bool] | None:
    """The oldest due notice that nobody else has, locked until the transaction ends, and whether nobody else writes to
    its recipient before then."""
    for *values, is_free in _NEXT.rows(now):
        values[_FACTS] = json.loads(values[_FACTS])
        return Notice.from_db(connection.alias, _COLUMNS, values), is_free
    return None
