"""Letters in a Maildir, read for people: what a mail program would make of them."""

import base64
import email.policy
import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path

HEADERS = ("From", "To", "Cc", "Reply-To", "Date", "Message-ID", "List-Unsubscribe")


@dataclass(frozen=True)
class Attachment:
    """One file that came with a letter."""

    number: int
    name: str
    content_type: str
    content: bytes


class Letter:
    """One mail, with the name of its file as its key."""

    def __init__(self, key: str, raw: bytes) -> None:
        self.key = key
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)  # noqa: S101 - this is what the default policy makes
        self._message = parsed

    @property
    def subject(self) -> str:
        return str(self._message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self._message["To"] or "")

    @property
    def sent_at(self) -> datetime | None:
        """When it was written, or None when it does not say so."""
        try:
            moment = parsedate_to_datetime(str(self._message["Date"]))
        except ValueError:
            return None
        # "-0000" says: this is UTC, and nothing of where the sender is.
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(self._message[name])) for name in HEADERS if self._message[name]]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML part with its own pictures inside, since it is shown where nothing may be loaded."""
        html = self._body("html")
        for part in self._message.walk():
            if html and part["Content-ID"]:
                picture = base64.b64encode(_content(part)).decode()
                cid = str(part["Content-ID"]).strip().strip("<>")
                html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{picture}")
        return html

    @property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(
                number,
                part.get_filename() or f"{part.get_content_type().replace('/', '.')}",
                part.get_content_type(),
                _content(part),
            )
            for number, part in enumerate(self._message.iter_attachments())
        ]

    def _body(self, kind: str) -> str:
        part = self._message.get_body((kind,))
        return str(part.get_content()) if part else ""


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def deliver(folder: Path, raw: bytes) -> None:
    """Put a letter into the folder, whole or not at all."""
    _open(folder).add(raw)


def latest(folder: Path, most: int) -> list[Letter]:
    """The newest letters, newest first. Their keys begin with the second in which they came."""
    opened = _open(folder)
    keys = sorted(opened.keys(), key=lambda key: (folder / "new" / key).stat().st_mtime_ns, reverse=True)
    return [Letter(key, opened.get_bytes(key)) for key in keys[:most]]


def find(folder: Path, key: str) -> Letter | None:
    try:
        return Letter(key, _open(folder).get_bytes(key))
    except KeyError:
        return None


def _open(folder: Path) -> "mailbox.Maildir":
    folder.parent.mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(folder, create=True)
