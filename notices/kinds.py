"""The kinds of notices. Each app registers its own from its notices.py when it starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from notices.models import Notice


class Topic(TextChoices):
    """What a kind of notice is about, as people choose what they want to be told."""

    BOOKINGS = "bookings", _("Bookings")
    MEMBERSHIP = "membership", _("Membership")
    MONEY = "money", _("Money")
    TRAVEL = "travel", _("Trial tickets and Coworking VISA")
    EVENTS = "events", _("Events")
    RUNNING = "running", _("Running a space")


class Needed(TextChoices):
    """Why a kind can't be turned off."""

    NO = "", _("can be turned off")
    VAIN = "vain", _("So that nobody comes in vain.")
    LINK = "link", _("It holds the link or the code that you need.")
    AGREED = "agreed", _("It is about what you and the space have agreed.")
    MONEY = "money", _("It is about money.")
    ANSWER = "answer", _("It answers what you have asked.")


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `mimetype` may carry parameters, as text/calendar needs."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Sender:
    """In whose name a letter goes out: a space with its colour, and the ink that reads on it."""

    name: str
    colour: str
    ink: str


@dataclass(frozen=True)
class Letter:
    """A notice put into words, in the recipient's language: what is said, without the frame around it.

    `text` and `html` say the same. `reason` is why the reader gets it. Without a sender the federation writes.
    """

    subject: str
    title: str
    text: str
    html: str
    reason: str = ""
    sender: Sender | None = None
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """What the outbox must know of one kind: is it still worth sending, how does it read, and how may it be sent.

    `render` is called with the recipient's language active, and only when `still_wanted` said yes. One that is `alone`
    goes out at once and in a mail of its own: a link that somebody waits for, a paper that is filed. One that is
    `quiet` never goes out at night.
    """

    name: str
    label: "_StrPromise"
    still_wanted: "Callable[[Notice], bool]"
    render: "Callable[[Notice], Letter]"
    topic: Topic = field(kw_only=True)
    needed: Needed = field(default=Needed.NO, kw_only=True)
    alone: bool = field(default=False, kw_only=True)
    quiet: bool = field(default=False, kw_only=True)

    @property
    def can_be_turned_off(self) -> bool:
        return not self.needed


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; two apps must not claim one name."""
    if kind.name in _kinds and _kinds[kind.name] != kind:
        raise ValueError(f"The notice kind {kind.name} is registered already.")
    _kinds[kind.name] = kind


def kind_of(notice: "Notice") -> Kind:
    """The kind of a notice; KeyError if no app registered it."""
    return _kinds[notice.kind]


def kinds() -> list[Kind]:
    """All kinds, by topic and in the order in which they were registered."""
    order = list(Topic)
    return sorted(_kinds.values(), key=lambda kind: order.index(kind.topic))


def labels() -> "dict[str, _StrPromise]":
    """Each kind's name and what people call it."""
    return {name: kind.label for name, kind in sorted(_kinds.items())}
