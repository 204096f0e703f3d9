"""What apps above have to do with a space that leaves the federation; each registers its part when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from spaces.models import Space


@dataclass(frozen=True)
class Above:
    """The part of an app: what it says before, in sentences and a fixed number of queries, and what it does.

    It acts while visas are locked, and no resource yet (design rule 10). Both are called with the day and with now.
    """

    name: str
    says: Callable[[Space, date, datetime], list[str]]
    acts: Callable[[Space, date, datetime], None]


_registered: dict[str, Above] = {}


def register(above: Above) -> None:
    """Add the part of an app; two must not claim one name."""
    if _registered.get(above.name, above) != above:
        raise ValueError(f"{above.name} is registered already.")
    _registered[above.name] = above


def said(space: Space, left_on: date, *, now: datetime) -> tuple[str, ...]:
    """What would happen above, in the active language."""
    return tuple(sentence for above in _registered.values() for sentence in above.says(space, left_on, now))


def act(space: Space, left_on: date, *, now: datetime) -> None:
    """Let every app above do its part."""
    for above in _registered.values():
        above.acts(space, left_on, now)
