"""Making .venv, and keeping it at what is locked."""

import fcntl
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import packages
from .children import Pause
from .complaint import Complaint
from .progress import say
from .stamp import PYTHON, Stamp

LOCKS = ("requirements.lock", "requirements-dev.lock")  # each holds what the one before it holds


def make_ready(root: Path, lock: str, pause: Pause) -> Path:
    """Return the Python of a .venv in which everything in the lock file is installed."""
    venv = root / ".venv"
    python, stamp = venv / "bin" / "python", Stamp(venv)
    with _alone(root / lock, pause):
        works = _works(venv)
        if works and stamp.is_whole and stamp.holds(root / lock):
            return python
        if works and not stamp.exists:
            say("The .venv here was made by other means: installing into it what is locked.")
        elif (venv.exists() or venv.is_symlink()) and not (works and stamp.is_whole):
            say("The .venv here is half made or broken: making it anew.")
            _remove(venv)
            works = False
        stamp.begin()
        if not works:
            _make(venv, pause)
        packages.install(python, root / lock, pause)
        stamp.end(root / name for name in LOCKS[: LOCKS.index(lock) + 1])
    return python


def _works(venv: Path) -> bool:
    """bin/run begins with .venv's own Python; when another one runs this, then that one did not start."""
    return venv.exists() and Path(sys.prefix).samefile(venv)


def _remove(venv: Path) -> None:
    if venv.is_symlink():
        venv.unlink()
    else:
        shutil.rmtree(venv)


def _make(venv: Path, pause: Pause) -> None:
    if not importlib.util.find_spec("ensurepip"):
        raise Complaint(
            f"The Python at {sys.executable} comes without what makes a .venv; "
            "on Debian and Ubuntu this brings it: apt-get install python3-venv"
        )
    base = Path(sys.base_prefix) / "bin" / f"python{PYTHON}"
    packages.step("Making .venv", [base if base.exists() else sys.executable, "-m", "venv", venv], venv, pause)


@contextmanager
def _alone(lock: Path, pause: Pause) -> Iterator[None]:
    """Two at once would ruin the .venv for each other."""
    with lock.open() as file:
        waiting = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waiting:
                    say("Another bin/run or bin/test is installing into this .venv: waiting for it.")
                waiting = True
                pause(0.5)
        yield
