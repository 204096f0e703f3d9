"""Rows that the database has put together as JSON text, made into objects once for each text.

Pages read the same spaces and price lists again and again, and making objects of them costs more than reading them. The
text is read anew on every page; only the making is remembered by those who call this, with the text itself as the key,
so that nothing stale can come out (design rule 12).
"""

from typing import Any, TypeVar

from django.db.models import Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)


def made(model: type[M], row: dict[str, Any]) -> M:
    """A model's instance of a row as PostgreSQL's to_jsonb gives it, dates and times as text."""
    fields = {field.attname: field.to_python(row[field.attname]) for field in model._meta.concrete_fields}
    instance = model(**fields)
    instance._state.adding = False
    instance._state.db = "default"
    return instance


def own_copy(instance: M) -> M:
    """A copy that its caller may set fields on: what is remembered stays as the database had it."""
    twin = type(instance).__new__(type(instance))
    twin.__dict__.update(instance.__dict__)
    twin._state = ModelState()
    twin._state.adding = False
    twin._state.db = instance._state.db
    return twin
