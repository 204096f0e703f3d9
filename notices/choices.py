"""What somebody chooses from: the kinds by topic, each on or off, and those that always come with the reason."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notices.choosing import turned_off
from notices.kinds import Kind, Needed, Topic, kinds

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Switch:
    """A kind that can be turned off, and whether it is on."""

    kind: Kind
    is_on: bool


@dataclass(frozen=True)
class Choices:
    """Switches by topic, topics without one left out; and what always comes, by reason."""

    by_topic: "dict[_StrPromise | str, list[Switch]]"
    always: "dict[_StrPromise | str, list[Kind]]"

    @property
    def names(self) -> list[str]:
        """The kinds of all switches."""
        return [switch.kind.name for switches in self.by_topic.values() for switch in switches]


def choices_of(address: str, topics: Collection[Topic], *, besides: Iterable[str] = ()) -> Choices:
    """What is chosen for an address about some topics, without the kinds `besides`; one query."""
    off, besides = turned_off(address), set(besides)
    shown = [kind for kind in kinds() if kind.topic in topics and kind.name not in besides]
    by_topic: dict[_StrPromise | str, list[Switch]] = {}
    for kind in shown:
        if kind.can_be_turned_off:
            by_topic.setdefault(kind.topic.label, []).append(Switch(kind, kind.name not in off))
    always = {reason.label: [kind for kind in shown if kind.needed == reason] for reason in Needed if reason}
    return Choices(by_topic, {reason: found for reason, found in always.items() if found})


def topics_for(*, runs_a_space: bool) -> list[Topic]:
    """The topics that concern somebody; running a space concerns who does it."""
    return [topic for topic in Topic if runs_a_space or topic != Topic.RUNNING]
