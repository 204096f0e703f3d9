"""The first step of bin/bench: make .venv ready, then go on inside it. Knows only the standard library."""

import os
import sys

from local import venv
from local.complaint import plainly
from local.places import ROOT
from local.steps import clean_environment
from local.stopping import Stopped, Stopping


def main() -> None:
    with plainly("bin/bench"):
        try:
            python = venv.make_ready(ROOT, "requirements-dev.lock", Stopping().pause)
        except Stopped:
            sys.exit(130)
        os.execve(python, [str(python), "-m", "bench", *sys.argv[1:]], clean_environment())  # noqa: S606 - our own program, by its path


if __name__ == "__main__":
    main()
