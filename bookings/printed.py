"""Parts of a page that are printed once for what they show.

Most of a space's page is the same for everyone until somebody books or an operator edits. Such a part is remembered in
the process under a key that holds all that it shows, so it can't be stale (design rule 12): whoever changes a row
changes the key.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language


@dataclass(frozen=True)
class _Part:
    template: str
    language: str | None
    key: Hashable
    context: Callable[[], dict[str, Any]] = field(compare=False, repr=False)


def printed(template: str, key: Hashable, context: Callable[[], dict[str, Any]]) -> SafeString:
    """A template printed with a context that follows from `key` and the active language, and from nothing else.

    The context is only made when the part is not remembered.
    """
    return _printed(_Part(template, get_language(), key, context))


@lru_cache(maxsize=512)
def _printed(part: _Part) -> SafeString:
    return render_to_string(part.template, part.context())
