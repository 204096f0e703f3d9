"""Showing on the terminal what went wrong in a part; everything that it says stays in its log."""

import re
from pathlib import Path

from .progress import say

# The first words of a line of Django's, gunicorn's or Celery's log, or of one that is JSON: when, and how bad.
BEGINS = re.compile(
    r"^(?:\[|\{\"time\": \")?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.{0,40}?\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b"
)
SHOWN = ("ERROR", "CRITICAL")


class Tail:
    """The end of a growing log."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self._read = 0
        self._rest = ""
        self._bad = True  # what stands before the first dated line is a program that could not even begin

    def show_errors(self) -> None:
        """Print what is new and bad, with the lines that belong to it, such as a traceback."""
        for line in self._new_lines():
            begins = BEGINS.match(line)
            if begins:
                self._bad = begins[1] in SHOWN
            if self._bad and line.strip():
                say(f"{self.name} | {line}")

    def last_lines(self, number: int = 12) -> list[str]:
        lines = self.path.read_text(errors="replace").splitlines()[-number:]
        return [f"{self.name} | {line}" for line in lines]

    def _new_lines(self) -> list[str]:
        with self.path.open("rb") as file:
            file.seek(self._read)
            piece = file.read()
        self._read += len(piece)
        *lines, self._rest = (self._rest + piece.decode(errors="replace")).split("\n")
        return lines
