"""Who listens to which event, and what was told of late: all in the memory of one process.

What is told is numbered. Who comes back after a short absence names the last number that reached them and hears what
came since; where that can't be known, they are asked to reload. Nothing here waits: a listener has a queue, and whoever
does not empty it is let go, since a browser comes back by itself.
"""

import asyncio
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from events.live import wire
from events.live.channel import HIDDEN, LINE, WALL, Message, Reader

MOST_KEPT = 200  # of what was told of one event
KEPT_FOR = 60 * 60.0  # seconds
# Who comes for the first time hears what was told since their page may have been made; pages know a line by its id.
SINCE_THE_PAGE = 60.0
MOST_WAITING = MOST_KEPT + 100
_ID = re.compile(r"(?P<era>[0-9a-f]{8})-(?P<number>[0-9]{1,15})", re.ASCII)


class Listener:
    """One browser that follows an event: the pieces of its stream that are still to be sent."""

    def __init__(self, reader: Reader, language: str) -> None:
        self.reader = reader
        self.language = language
        self.is_closed = False
        self._pieces: list[bytes] = []
        self._has_some = asyncio.Event()

    def give(self, piece: bytes) -> None:
        """Add to what is to be sent; who does not take it is let go."""
        if len(self._pieces) >= MOST_WAITING:
            self.close()
        if not self.is_closed:
            self._pieces.append(piece)
            self._has_some.set()

    async def take(self) -> bytes:
        """All that is to be sent, as soon as there is something; nothing once the listener is closed."""
        await self._has_some.wait()
        self._has_some.clear()
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)

    def lapse(self) -> None:
        """Say that the right to listen has lapsed; after what waits the stream ends with it."""
        self.give(wire.event(wire.LAPSED))
        self.is_closed = True

    def close(self) -> None:
        """What waits is dropped, and the stream ends as soon as its last piece is out."""
        self.is_closed = True
        self._pieces.clear()
        self._has_some.set()


@dataclass(frozen=True)
class Told:
    """One message as it was told, with its number and its moment."""

    number: int
    at: float
    message: Message
    pieces: Mapping[str, bytes]

    def piece(self, language: str) -> bytes:
        """In this language, or in whichever there is."""
        return self.pieces.get(language) or next(iter(self.pieces.values()))


@dataclass
class Followed:
    """One event: who listens, and what was told of late. All up to number `forgotten` may be missing."""

    forgotten: int
    listeners: set[Listener] = field(default_factory=set)
    told: deque[Told] = field(default_factory=deque)


class Hub:
    """All events that are followed, or were of late."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._events: dict[str, Followed] = {}
        self._number = 0
        self._forgotten = 0
        self._era = secrets.token_hex(4)
        self.hears = False

    def join(self, reader: Reader, language: str, last: str = "") -> Listener:
        """A listener from now on; `last` is the id of the last thing that reached them, of an earlier stream."""
        listener = Listener(reader, language)
        event = self._event(reader.reference)
        event.listeners.add(listener)
        missed = self._missed(event, last)
        for told in missed or []:
            self._tell(listener, told)
        listener.give(wire.event(wire.JOINED, id=self._id(self._number)))
        if not self.hears:
            listener.give(wire.event(wire.LOST))
        elif missed is None:
            listener.give(wire.event(wire.RELOAD))
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener whose stream has ended."""
        self._event(listener.reader.reference).listeners.discard(listener)
        self._tidy()

    def take(self, message: Message) -> None:
        """Hand on what came from the channel. Raises ValueError for what is no message, and nobody is told of it."""
        number = self._number + 1
        told = Told(number, self._clock(), message, wire.told(message, self._id(number)))
        event = self._event(message["event"])
        self._number = number
        if message["kind"] == HIDDEN:
            self._forget_line(event, message["id"])
        event.told.append(told)
        for listener in event.listeners:
            self._tell(listener, told)
        self._tidy()

    def beat(self) -> None:
        """Let something move on every stream."""
        self._to_all(wire.HEARTBEAT)

    def lost(self) -> None:
        """The channel is not heard any more: pages look for themselves meanwhile."""
        if self.hears:
            self._to_all(wire.event(wire.LOST))
        self.hears = False

    def found(self) -> None:
        """The channel is heard, from now on: nobody knows what was told before."""
        self.hears = True
        self._era = secrets.token_hex(4)
        for event in self._events.values():
            event.told.clear()
        self._to_all(wire.event(wire.RELOAD, id=self._id(self._number)))

    def close(self) -> None:
        """End every stream."""
        for event in self._events.values():
            for listener in event.listeners:
                listener.close()

    def _event(self, reference: str) -> Followed:
        return self._events.setdefault(reference, Followed(self._forgotten))

    def _missed(self, event: Followed, last: str) -> list[Told] | None:
        """What was told since, or None where that is not known."""
        if not last:
            return [told for told in event.told if told.at > self._clock() - SINCE_THE_PAGE]
        id = _ID.fullmatch(last)
        if not id or id["era"] != self._era or int(id["number"]) < event.forgotten:
            return None
        return [told for told in event.told if told.number > int(id["number"])]

    def _tell(self, listener: Listener, told: Told) -> None:
        kind = told.message["kind"]
        if listener.reader.sees_wall or kind not in WALL:
            listener.give(told.piece(listener.language))

    def _to_all(self, piece: bytes) -> None:
        for event in self._events.values():
            for listener in event.listeners:
                listener.give(piece)

    def _forget_line(self, event: Followed, pk: int) -> None:
        """What a host has hidden is told to nobody again."""
        kept = (told for told in event.told if (told.message["kind"], told.message.get("id")) != (LINE, pk))
        event.told = deque(kept)

    def _tidy(self) -> None:
        """Forget what is old or too much, and events that nobody follows and of which nothing is kept."""
        old = self._clock() - KEPT_FOR
        for reference, event in list(self._events.items()):
            while event.told and (event.told[0].at < old or len(event.told) > MOST_KEPT):
                event.forgotten = event.told.popleft().number
            if not event.told and not event.listeners:
                self._forgotten = max(self._forgotten, event.forgotten)
                del self._events[reference]

    def _id(self, number: int) -> str:
        return f"{self._era}-{number}"
