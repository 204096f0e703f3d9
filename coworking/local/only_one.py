"""One bin/run for each clone: two would write into the same data."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .complaint import Complaint
from .progress import say


class Claim:
    """The clone is ours for as long as this process lives."""

    def __init__(self, file: IO[str], took_over: bool) -> None:
        self._file = file
        self.took_over = took_over

    def tell(self, text: str) -> None:
        """Leave word for the next one who tries."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()


@contextmanager
def claim(path: Path) -> Iterator[Claim]:
    """Take the lock, which the kernel gives back when we die, however we die.

    The number in the file is only for people: it may be that of a process which has nothing to do with us.
    """
    with path.open("a+") as file:
        file.seek(0)
        said = file.read().strip()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Complaint(f"It runs in this clone already ({said}): stop that one first.") from taken
        if said:
            say(f"The pid file of an earlier run was left behind ({said}): that run was killed, going on.")
        mine = Claim(file, took_over=bool(said))
        mine.tell(f"process {os.getpid()}")
        try:
            yield mine
        finally:
            mine.tell("")
