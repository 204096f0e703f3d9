"""A program that runs to its end as one step of progress."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from .children import Child, Pause, spawn
from .progress import step

LEFT_OUT = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV")
Detail = Callable[[str], str]


class Failed(Exception):  # noqa: N818 - it names an end, like Stopped
    """A program ended with an error; `output` is all it said."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


def no_detail(output: str) -> str:
    return ""


def clean_environment() -> dict[str, str]:
    """Ours without what bin/run set to start itself, and without what would lead pip out of .venv."""
    return {name: value for name, value in os.environ.items() if name not in LEFT_OUT}


def run(
    label: str,
    argv: Sequence[str | Path],
    *,
    pause: Pause,
    env: Mapping[str, str] | None = None,
    become: Callable[[], None] | None = None,
    detail: Detail = no_detail,
) -> str:
    """Run a program and return what it said; its last words are in `Failed` when it fails.

    It speaks into a pipe and not into a file, because on a full disk a file would stay empty.
    """
    with step(label) as line:
        said = bytearray()

        def tell(piece: bytes) -> None:
            said.extend(piece)
            line.moves(detail(said.decode(errors="replace")))

        child = spawn(label, argv, output=subprocess.PIPE, env=env, become=become)
        output = collect(child, pause, tell)
        if child.process.returncode:
            raise Failed(output)
    return output


def collect(child: Child, pause: Pause, tell: Callable[[bytes], None] = lambda piece: None) -> str:
    """Wait for the end of a child, telling what comes out of its pipe; stop it when we are stopped."""
    assert child.process.stdout  # noqa: S101 - callers ask for a pipe
    said = bytearray()
    with child.process.stdout as pipe:
        os.set_blocking(pipe.fileno(), False)
        try:
            ended = False
            while not ended:
                ended = not child.is_alive
                with suppress(BlockingIOError):
                    while piece := os.read(pipe.fileno(), 65536):
                        said += piece
                        tell(piece)
                if not ended:
                    tell(b"")
                    pause(0.1)
        finally:
            child.stop()
    return said.decode(errors="replace")
