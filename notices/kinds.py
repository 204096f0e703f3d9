"""The kinds of notices. Each app registers its own from its notices.py when it starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from notices.models import Notice


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `mimetype` may carry parameters, as text/calendar needs."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """A notice put into words, in the recipient's language."""

    subject: str
    text: str
    html: str
    from_name: str = ""
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """What the outbox must know of one kind: is it still worth sending, and how does it read.

    `render` is called with the recipient's language active, and only when `still_wanted` said yes.
    """

    name: str
    label: "_StrPromise"
    still_wanted: "Callable[[Notice], bool]"
    render: "Callable[[Notice], Letter]"


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; two apps must not claim one name."""
    if kind.name in _kinds and _kinds[kind.name] != kind:
        raise ValueError(f"The notice kind {kind.name} is registered already.")
    _kinds[kind.name] = kind


def kind_of(notice: "Notice") -> Kind:
    """The kind of a notice; KeyError if no app registered it."""
    return _kinds[notice.kind]


def labels() -> "dict[str, _StrPromise]":
    """Each kind's name and what people call it."""
    return {name: kind.label for name, kind in sorted(_kinds.items())}
