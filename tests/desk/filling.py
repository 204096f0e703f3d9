"""A row in each table that the samples leave empty, made of a value for each column's type."""

from datetime import datetime
from typing import Any

import psycopg2
from psycopg2 import extensions

from billing.models import Payment
from billing.receipts import issue_receipt
from tests.desk import houses

EVERY_BYTE = bytes(range(256))
AWKWARD = "'\"\\\t\r\n\\N\\. 札幌 🏔"  # for those who quote, escape or encode
BY_TYPE = {
    "boolean": False,
    "bytea": EVERY_BYTE,
    "date": "2026-11-24",
    "timestamp with time zone": "2026-11-24T09:00:00+09:00",
    "time without time zone": "09:00",
    "jsonb": '{"\\u672d": ["\\\\", null]}',
    "inet": "192.0.2.1",
    "uuid": "5" * 32,
    **dict.fromkeys(("numeric", "smallint", "integer", "bigint"), 1),
}
# Where a constraint asks for more than a value of the right type.
SPECIAL = {
    "billing_month.first_on": "2020-01-01",
    "bookings_visarequest.answer": "",
    "bookings_visarequest.reason": "",
    "bookings_visarequest.ends_at": "2026-11-24T11:00:00+09:00",
}
COLUMNS = """
    SELECT attname, format_type(atttypid, NULL), atttypmod - 4, (
        SELECT confrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND conrelid = attrelid AND conkey = ARRAY[attnum]
    )
    FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull
        AND attidentity = '' AND attgenerated = ''
"""


def fill(name: str, *, now: datetime) -> dict[str, str]:
    """Fill in an order that foreign keys allow. Tables that stay empty are returned, with the reason."""
    with houses.living_in(name):
        payment = Payment.objects.filter(yen__gt=0, voided_at=None).first()
        issue_receipt(payment=payment, addressee=AWKWARD, language="ja", now=now)  # of rules that no value knows
    with houses.connected(name) as conn:
        conn.autocommit = True
        left = {table: "" for table, rows in houses.rows(name).items() if not rows}
        before = len(left) + 1
        while len(left) < before:
            before = len(left)
            left = {table: why for table in left if (why := _why_not(conn, table))}
        return left


def _why_not(conn: extensions.connection, table: str) -> str:
    """Add a row; why that is impossible, or nothing."""
    with conn.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        row = {column: _value(cursor, table, column, *about) for column, *about in cursor.fetchall()}
        names, places = ", ".join(f'"{column}"' for column in row), ", ".join("%s" for _ in row)
        try:
            cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({places})', list(row.values()))  # noqa: S608
        except psycopg2.Error as error:
            return str(error)
        return ""


def _value(cursor: extensions.cursor, table: str, column: str, kind: str, length: int, refers_to: str | None) -> Any:
    if f"{table}.{column}" in SPECIAL:
        return SPECIAL[f"{table}.{column}"]
    if refers_to:
        cursor.execute(f"SELECT min(id) FROM {refers_to}")  # noqa: S608
        return cursor.fetchone()[0]
    if kind.endswith("[]"):
        return "{}"
    return BY_TYPE.get(kind, AWKWARD[:length] if length > 0 else AWKWARD)
