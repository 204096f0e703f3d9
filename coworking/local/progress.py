"""Lines that show what is being done, that it moves, and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .stopping import Stopped


def say(text: str, end: str = "\n") -> None:
    """Print at once. A terminal that is gone must not keep us from stopping in good order."""
    with suppress(OSError):
        sys.stdout.write(text + end)
        sys.stdout.flush()


class Step:
    """A step under way: one line that is redrawn on a terminal, and grows in a file."""

    redrawn_every = 0.2
    grown_every = 5.0

    def __init__(self, label: str) -> None:
        self.label = label
        self.began = self.shown = time.monotonic()
        self.on_terminal = sys.stdout.isatty()
        say(f"{label}… ", end="")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def moves(self, detail: str) -> None:
        """Show how far it has come, but not more often than a person can read."""
        now = time.monotonic()
        if now - self.shown < (self.redrawn_every if self.on_terminal else self.grown_every):
            return
        self.shown = now
        if self.on_terminal:
            say(f"\r\033[K{self.label}… {detail} ({self.seconds:.0f} s)", end="")
        else:
            say(f"{detail or f'{self.seconds:.0f} s'}… ", end="")

    def ends(self, result: str) -> None:
        if self.on_terminal:
            say(f"\r\033[K{self.label}… ", end="")
        say(result)


@contextmanager
def step(label: str) -> Iterator[Step]:
    """A named piece of work; its line ends with the seconds it took, or says how it ended before that."""
    line = Step(label)
    try:
        yield line
    except BaseException as error:
        line.ends(f"{'stopped' if isinstance(error, Stopped) else 'failed'} ({line.seconds:.1f} s)")
        raise
    line.ends(f"{line.seconds:.1f} s")
