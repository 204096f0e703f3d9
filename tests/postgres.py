"""Going to PostgreSQL with raw rows, past every rule of Django's."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction


def refusal_of(sql: str, values: list[Any] | None = None) -> str:
    """The name of the constraint by which PostgreSQL refuses a statement; it fails where nothing is refused."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or [])
    return caught.value.__cause__.diag.constraint_name


def change(row: Any, **columns: Any) -> None:
    """Write columns of a row."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(*_update(row, columns))


def refused(row: Any, **columns: Any) -> str:
    """The name of the constraint by which PostgreSQL refuses to change a row so."""
    return refusal_of(*_update(row, columns))


def refused_copy(row: Any, **columns: Any) -> str:
    """The name of the constraint by which PostgreSQL refuses a second row like one, with other columns."""
    return refusal_of(*_copy(row, columns))


def copy(row: Any, **columns: Any) -> None:
    """Insert a second row like one, with other columns."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(*_copy(row, columns))


def add_check(table: str, name: str, condition: str) -> None:
    """Add a constraint that nobody has heard of, for the length of a test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")


def _update(row: Any, columns: dict[str, Any]) -> tuple[str, list[Any]]:
    assignments = ", ".join(f'"{name}" = %s' for name in columns)
    return f"UPDATE {row._meta.db_table} SET {assignments} WHERE id = %s", [*columns.values(), row.pk]  # noqa: S608


def _copy(row: Any, columns: dict[str, Any]) -> tuple[str, list[Any]]:
    names = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join("%s" if name in columns else f'"{name}"' for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    table = row._meta.db_table
    values = [columns[name] for name in names if name in columns]
    return f"INSERT INTO {table} ({quoted}) SELECT {chosen} FROM {table} WHERE id = %s", [*values, row.pk]  # noqa: S608


def named_without_a_test(*apps: str, tests: dict[str, Any]) -> set[str]:
    """The constraints of apps' tables for which a module has no test that is named like them."""
    from django.apps import apps as installed

    named = {
        constraint.name
        for app in apps
        for model in installed.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }
    return {name for name in named if f"test_{name}" not in tests}
