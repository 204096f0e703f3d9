"""Being asked to stop: Ctrl-C, SIGTERM and a closed terminal come in where we wait, never in between."""

import os
import select
import signal
from contextlib import suppress
from types import FrameType


class Stopped(Exception):  # noqa: N818 - being asked to stop is no error
    """Somebody asked us to stop."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


class Stopping:
    """Turns signals into `Stopped`, raised by `pause`.

    An exception out of a signal handler could fall between the start of a process and the line that
    remembers it, and leave that process behind.
    """

    def __init__(self) -> None:
        self.asked: int | None = None
        self.in_a_hurry = False
        self._woken, wakes = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wakes, False)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # started under nohup
            signal.signal(signal.SIGHUP, self._ask)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # wakes `pause` when a child ends

    def _ask(self, signum: int, frame: FrameType | None) -> None:
        self.in_a_hurry = self.asked is not None
        self.asked = self.asked or signum

    def pause(self, seconds: float) -> None:
        """Wait, shorter when a child ends; raise `Stopped` when we were asked to stop."""
        if self.asked is None:
            self.wait(seconds)
        if self.asked is not None:
            raise Stopped(self.asked)

    def wait(self, seconds: float) -> None:
        """Wait, shorter when any signal comes."""
        select.select([self._woken], [], [], seconds)
        with suppress(BlockingIOError):
            while os.read(self._woken, 512):
                pass
