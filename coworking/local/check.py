"""bin/test: everything that CI checks, in one command, with services that are gone afterwards."""

import sys
import tempfile
import time
from pathlib import Path

from . import chromium, pytest_run, stages, steps, throwaway, venv
from .children import Pause
from .complaint import plainly
from .places import ROOT, VENV
from .progress import say
from .stopping import Stopped, Stopping

EVERYTHING = ("-n", "2", "--cov", "--cov-report=term:skip-covered")


def main() -> None:
    with plainly("bin/test"):
        stopping = Stopping()
        try:
            code = _check(stopping, sys.argv[1:])
        except Stopped as stopped:
            say(f"Stopped ({stopped}); nothing is left running.")
            code = 128 + stopped.signum
    sys.exit(code)


def _check(stopping: Stopping, arguments: list[str]) -> int:
    python = venv.make_ready(ROOT, "requirements-dev.lock", stopping.pause)
    browser = chromium.find() if arguments else chromium.find_or_install(ROOT, stopping.pause)
    with (
        tempfile.TemporaryDirectory(prefix="coworking-test-") as folder,
        throwaway.services(VENV, stopping.pause) as settings,
    ):
        env = steps.clean_environment() | settings | {"COVERAGE_FILE": str(Path(folder) / "coverage")}
        env |= {"CHROMIUM": browser} if browser else {}
        if arguments:
            return pytest_run.run(arguments, python, env, stopping.pause).code
        return _everything(stopping.pause, python, env)


def _everything(pause: Pause, python: Path, env: dict[str, str]) -> int:
    began = time.monotonic()
    all_stages = stages.stages(ROOT)
    failed = [stage.label for stage in all_stages if not stages.content(stage, VENV, env, pause)]
    tests = pytest_run.run(EVERYTHING, python, env, pause)
    unhappy = failed + (["pytest"] if tests.code else [])
    took = f"{time.monotonic() - began:.0f} s"
    say(f"\nFailed in {took}: {', '.join(unhappy)}." if unhappy else f"\nAll is well, in {took}.")
    say(tests.in_words(failed_stages=len(failed)))
    return 1 if unhappy else 0


if __name__ == "__main__":
    main()
