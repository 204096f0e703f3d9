"""Reading a stream of server-sent events as a browser does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One event of a stream."""

    kind: str
    text: str
    id: str


def events_in(text: str) -> list[Said]:
    """The events in a piece of a stream; comments, and blocks that name no event, are left out."""
    found = []
    for block in text.split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        if "event" in fields:
            found.append(Said(fields["event"][0], "\n".join(fields["data"]), fields.get("id", [""])[0]))
    return found
