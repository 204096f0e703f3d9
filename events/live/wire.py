"""Server-sent events as bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import json
import re

from events.live import channel
from events.live.channel import Message

JOINED, LOST, RELOAD, LAPSED = "joined", "lost", "reload", "lapsed"
HEARTBEAT = b":\n\n"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def event(name: str, text: str = "", *, id: str = "") -> bytes:
    """One event. An empty text makes one too, since it is a line of its own."""
    lines = [f"event: {name}"]
    lines += [f"id: {id}"] if id else []
    lines += [f"data: {line}" for line in _LINE_ENDS.split(text)]
    return ("\n".join(lines) + "\n\n").encode()


def told(message: Message, id: str) -> dict[str, bytes]:
    """A message as events by language; what is the same in all of them stands under one. ValueError if it is none."""
    match message:
        case {"event": str(), "kind": channel.LINE, "id": int(), "html": {**html}} if html:
            texts = {str(language): str(line) for language, line in html.items()}
        case {"event": str(), "kind": channel.HIDDEN, "id": int(line)}:
            texts = {"": str(line)}
        case {"event": str(), "kind": channel.COUNTS, "here": {**here}}:
            texts = {"": json.dumps(here)}
        case _:
            raise ValueError("It is no message.")
    return {language: event(message["kind"], text, id=id) for language, text in texts.items()}


def retry(milliseconds: int) -> bytes:
    """How long a browser waits before it comes back."""
    return f"retry: {milliseconds}\n\n".encode()
