"""Running pytest so that one sees it run and its counts are known in the end."""

import codecs
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import steps
from .children import Pause, spawn
from .progress import say

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SUMMARY = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+) in [\d.:]+s", re.MULTILINE)
BAD = ("failed", "error", "errors")


@dataclass(frozen=True)
class Outcome:
    """How a run of pytest ended: its exit code and its counts, such as 3 passed."""

    code: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Tests that failed; one at least when pytest is not content, as with too little coverage."""
        return sum(self.counts.get(word, 0) for word in BAD) or int(self.code != 0)

    def in_words(self, failed_stages: int = 0) -> str:
        """One line for people and for machines; a stage that failed counts as one more failure."""
        others = [f"{count} {word}" for word, count in self.counts.items() if word not in ("passed", *BAD)]
        passed, failed = self.counts.get("passed", 0), self.failed + failed_stages
        return ", ".join([f"{passed} passed", f"{failed} failed", *others])


def run(arguments: Sequence[str], python: Path, env: dict[str, str], pause: Pause) -> Outcome:
    """Run pytest with its output passing through."""
    width = {"COLUMNS": str(shutil.get_terminal_size().columns)}
    colour = "--color=yes" if sys.stdout.isatty() else "--color=no"
    argv: list[str | Path] = [python, "-m", "pytest", colour, *arguments]
    child = spawn("pytest", argv, output=subprocess.PIPE, env=width | env)
    text = codecs.getincrementaldecoder("utf-8")(errors="replace")
    output = steps.collect(child, pause, lambda piece: say(text.decode(piece), end=""))
    return Outcome(child.process.returncode, counts(output))


def counts(output: str) -> dict[str, int]:
    """The numbers in pytest's last line."""
    found = SUMMARY.findall(COLOURS.sub("", output))
    words = [part.split() for part in found[-1].split(", ")] if found else []
    return {word: int(number) for number, word in words}
