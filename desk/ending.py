"""Being asked to stop: whoever is in the middle of something tidies up on the way out."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ends_tidily() -> Iterator[None]:
    """A signal that would end the process at once leaves through every `with` and `finally` instead."""

    def leave(signum: int, frame: FrameType | None) -> None:
        with suppress(OSError):  # the terminal may be gone
            sys.stderr.write("Stopped before the end.\n")
        sys.exit(128 + signum)

    kept = {each: signal.signal(each, leave) for each in ASKING}
    try:
        yield
    finally:
        for each, before in kept.items():
            signal.signal(each, before)
