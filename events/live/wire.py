"""Server-sent events as bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import json
import re

from events.live.channel import COUNTS, LINE, Message

JOINED, LOST, RELOAD = "joined", "lost", "reload"
HEARTBEAT = b":\n\n"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def event(name: str, text: str = "", *, id: str = "") -> bytes:
    """One event. An empty text makes one too, since it is a line of its own."""
    lines = [f"event: {name}"]
    lines += [f"id: {id}"] if id else []
    lines += [f"data: {line}" for line in _LINE_ENDS.split(text)]
    return ("\n".join(lines) + "\n\n").encode()


def told(message: Message, language: str, id: str) -> bytes:
    """A message as a reader of this language gets it."""
    if message["kind"] == LINE:
        text = message["html"].get(language) or next(iter(message["html"].values()), "")
    elif message["kind"] == COUNTS:
        text = json.dumps(message["here"])
    else:
        text = str(message["id"])
    return event(message["kind"], text, id=id)


def retry(milliseconds: int) -> bytes:
    """How long a browser waits before it comes back."""
    return f"retry: {milliseconds}\n\n".encode()
