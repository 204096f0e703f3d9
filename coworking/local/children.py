"""Starting processes so that none can be left behind, and ending them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Pause = Callable[[float], None]


@dataclass
class Child:
    """A process of ours and the way it likes to be stopped."""

    name: str
    process: "subprocess.Popen[bytes]"
    stop_with: signal.Signals
    patience: float

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def ended_how(self) -> str:
        code = self.process.returncode
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def stop(self, wait: Pause = time.sleep, in_a_hurry: Callable[[], bool] = lambda: False) -> None:
        """Ask, wait, then kill; at the end nothing of its process group is left."""
        deadline = time.monotonic() + self.patience
        if self.is_alive:
            self.process.send_signal(self.stop_with)
        while self.is_alive and time.monotonic() < deadline and not in_a_hurry():
            wait(0.05)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def spawn(
    name: str,
    argv: Sequence[str | Path],
    *,
    stop_with: signal.Signals = signal.SIGTERM,
    patience: float = 10,
    output: int | IO[bytes] = subprocess.DEVNULL,
    errors: int | IO[bytes] = subprocess.STDOUT,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    env: Mapping[str, str] | None = None,
    become: Callable[[], None] | None = None,
    pass_fds: Sequence[int] = (),
) -> Child:
    """Start a process in a session of its own, so that Ctrl-C at the terminal reaches only us.

    Should we be killed without a chance to stop it, the kernel sends it `stop_with`. The order below matters:
    becoming somebody else clears that promise, and we may die before it is given.
    """
    parent = os.getpid()

    def before_exec() -> None:  # pragma: no cover - coverage does not see between fork and exec
        if become:
            become()
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, int(stop_with), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    process = subprocess.Popen(
        [str(part) for part in argv],
        stdin=stdin,
        stdout=output,
        stderr=errors,
        env=env,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=before_exec,  # noqa: PLW1509 - we run no threads, and the two calls have no other way in
    )
    return Child(name, process, stop_with, patience)
