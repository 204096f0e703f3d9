"""What a form showed when it was opened: who saves writes what they changed, and nothing that others wrote meanwhile.

The form carries a mark of each value; the values themselves would be long.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

LENGTH = 12


def marked(values: Mapping[str, Any]) -> str:
    """Marks of the values that a form shows, for a hidden field of it."""
    return remarked({}, values)


def remarked(marks: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Marks that a form sent, with those of values that it shows anew."""
    found = {**marks, **{name: _mark(value) for name, value in values.items()}}
    return json.dumps(found, separators=(",", ":"))


def marks_of(text: str) -> dict[str, str]:
    """The marks that a form sent back; none where there are none, or they can't be read."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {name: mark for name, mark in found.items() if isinstance(mark, str)} if isinstance(found, dict) else {}


def changed(
    wished: Mapping[str, Any], current: Mapping[str, Any], marks: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """What was changed in a form, and the names of what somebody else has changed to something else meanwhile.

    Without a mark a value counts as shown as it is now.
    """
    found, overtaken = {}, []
    for name, value in wished.items():
        mine, theirs = _mark(value), _mark(current.get(name))
        shown = marks.get(name, theirs)
        if mine in (shown, theirs):
            continue
        found[name] = value
        if theirs != shown:
            overtaken.append(name)
    return found, overtaken


def _mark(value: Any) -> str:
    """The same for what reads the same: a browser sends lines with other ends, and a form strips what is around."""
    if isinstance(value, Model):
        value = value.pk
    elif isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat()
    text = str(value if value is not None else "").replace("\r\n", "\n").strip()
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
