"""A real mail server in a thread of the test: it can be slow, refuse, stall, hang up, go away and come back, and it
keeps what it has accepted."""

import asyncio
import email
import email.policy
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from enum import Enum, auto

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Whim(Enum):
    """What becomes of one mail."""

    STALL = auto()
    TAKE_AND_HANG_UP = auto()
    TAKE_AND_STALL = auto()


class MailServer:
    """What the server does with a mail, and the mails that it has accepted."""

    def __init__(self) -> None:
        self.takes = 0.0
        """How many seconds it thinks about each mail before it accepts it."""
        self.refuses = ""
        """What it answers to every mail instead of accepting it."""
        self.stalls = False
        """Whether it goes silent once it has a mail."""
        self.whims: deque[Whim] = deque()
        """What becomes of the next mails, one each."""
        self.refuses_for_now: set[str] = set()
        self.refuses_for_good: set[str] = set()
        """Whom it does not know, now or ever."""
        self.withheld = 0
        """How many mails it has accepted without saying so."""
        self.connected: set[asyncio.Transport] = set()
        """Who is connected: of each of them, one mail at most may have gone out that they do not know of yet."""
        self.opened = 0
        """How many connections there have been."""
        self.port = 0
        self._controller: Controller | None = None
        self._accepted: list[EmailMessage] = []
        self._changed = threading.Condition()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses_for_now:
            return "450 come back later"
        if address in self.refuses_for_good:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        whim = self.whims.popleft() if self.whims else None
        if self.stalls or whim == Whim.STALL:
            await asyncio.sleep(3600)
        await asyncio.sleep(self.takes)
        if self.refuses:
            return self.refuses
        self._accept(envelope)
        if whim:
            self.withheld += 1
            if whim == Whim.TAKE_AND_HANG_UP:
                server.transport.abort()
            await asyncio.sleep(3600)
        return "250 OK"

    def _accept(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        with self._changed:
            self._accepted.append(letter)
            self._changed.notify_all()

    def open(self) -> None:
        """Be there, on the port that it has, or has had."""
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Go away, and hang up on everybody; what they were answered they still hear."""
        if self._controller:
            for transport in list(self.connected):
                self._controller.loop.call_soon_threadsafe(transport.close)
            self._controller.stop()
            self._controller = None
            self.connected.clear()

    @property
    def accepted(self) -> list[EmailMessage]:
        with self._changed:
            return list(self._accepted)

    @property
    def message_ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.accepted]

    def wait_for(self, count: int, patience: float = 40) -> None:
        """Wait until so many mails have been accepted."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self._accepted) >= count, patience)
            assert enough, f"{len(self._accepted)} of {count} mails after {patience} s"

    def wait_until_quiet(self, seconds: float = 1.0) -> None:
        """Wait until no mail has come for some time."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < seconds:
            if len(self.accepted) != last:
                last, since = len(self.accepted), time.monotonic()
            time.sleep(0.05)


class _Connection(SMTP):
    """One connection, known to the server while it is open."""

    event_handler: MailServer

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.event_handler.connected.add(transport)
        self.event_handler.opened += 1
        self._counted = transport
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.connected.discard(self._counted)
        super().connection_lost(error)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Connection(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Start one on a free port, and stop it."""
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
    server.open()
    try:
        yield server
    finally:
        server.close()
