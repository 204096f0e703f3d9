"""Databases beside the tests' own, each a whole house, and what stands in them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.db import connection
from psycopg2 import extensions

ROOT = Path(__file__).parents[2]
# Parts of the catalogue that tell how tables are guarded, each as text by the name of what it is about.
DEFINITIONS = {
    "columns": """
        SELECT attrelid::regclass || '.' || attname, format('%s %s %s %s', format_type(atttypid, atttypmod), attnotnull,
            attidentity, pg_get_expr(adbin, adrelid))
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped""",
    "constraints": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) || ' ' || convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass || '.' || tgname, format('%s %s', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "functions": """
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a' AND NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')""",
    "extensions": "SELECT extname, extversion FROM pg_extension",
    "sequences": """
        SELECT sequencename, format('%s %s %s', pg_sequences.last_value, increment_by, data_type) FROM pg_sequences""",
}


def url(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextmanager
def connected(name: str) -> Iterator[extensions.connection]:
    """A plain connection of its own."""
    conn = psycopg2.connect(**connection.get_connection_params() | {"dbname": name})
    try:
        yield conn
    finally:
        conn.close()


def ask(name: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connected(name) as conn, conn.cursor() as cursor:
        cursor.execute(sql, values or None)
        found = cursor.fetchall() if cursor.description else []
        conn.commit()
        return found


def tables(name: str) -> list[str]:
    return [table for (table,) in ask(name, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]


def rows(name: str) -> dict[str, list[str]]:
    """Every row of every table with all its columns, as PostgreSQL writes them (bytes in hex), in order."""
    found = {}
    with connected(name) as conn, conn.cursor() as cursor:
        for table in tables(name):
            cursor.execute(f'SELECT t::text FROM public."{table}" t')  # noqa: S608
            found[table] = sorted(row for (row,) in cursor.fetchall())
    return found


def definitions(name: str) -> dict[str, dict[str, str]]:
    """What guards the rows. Casts of lists are left out, which PostgreSQL writes otherwise when it has read its own."""
    return {
        what: {about: re.sub(r"::(text|character varying)(\[\])?|[()]", "", said) for about, said in ask(name, sql)}
        for what, sql in DEFINITIONS.items()
    }


@contextmanager
def database(name: str, like: str = "template0") -> Iterator[str]:
    """A new database, gone afterwards."""
    name = f"{name}_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def living_in(name: str) -> Iterator[None]:
    """This process as a house whose DATABASE_URL names another database."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def environment(name: str, **more: str) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": url(name)} | more


def command(*words: object) -> list[str]:
    return [sys.executable, "-W", "error", str(ROOT / "manage.py"), *map(str, words)]


def manage(name: str, *words: object, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run manage.py against a database, as somebody at a terminal would."""
    return subprocess.run(
        command(*words), env=environment(name, **more), capture_output=True, text=True, timeout=120, check=False
    )
