"""A real mail server in a thread of the test: it can be slow, refuse, stall, and it keeps what it has accepted."""

import asyncio
import email
import email.policy
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """What the server does with a mail, and the mails that it has accepted."""

    def __init__(self) -> None:
        self.takes = 0.0
        """How many seconds it thinks about each mail before it accepts it."""
        self.refuses = ""
        """What it answers to every mail instead of accepting it."""
        self.stalls = False
        """Whether it goes silent once it has a mail."""
        self.port = 0
        self._accepted: list[EmailMessage] = []
        self._changed = threading.Condition()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.stalls:
            await asyncio.sleep(3600)
        await asyncio.sleep(self.takes)
        if self.refuses:
            return self.refuses
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        with self._changed:
            self._accepted.append(letter)
            self._changed.notify_all()
        return "250 OK"

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


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Start one on a free port, and stop it."""
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
