"""Finding the browser for the browser tests, or bringing it here."""

import os
import shutil
import subprocess
from pathlib import Path

from . import steps
from .children import Pause
from .complaint import Complaint, from_output

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")  # without such a font, Japanese is a row of boxes


def find() -> str | None:
    """A Chromium that really starts; on Ubuntu the command may be there and only tell what to install."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
            return found
    return None


def find_or_install(where: Path, pause: Pause) -> str:
    """The path of Chromium; it is never skipped in silence that there is none."""
    found = find()
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Complaint(
            "The browser tests need Chromium and there is none here: install it, "
            "or say where it is, as in CHROMIUM=/opt/chromium/chrome bin/test."
        )
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        steps.run("Asking for the list of packages", ["apt-get", "update"], pause=pause, env=quiet)
        steps.run(
            "Installing Chromium",
            ["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES],
            pause=pause,
            env=quiet,
            detail=_last_line,
        )
    except steps.Failed as failed:
        last = _last_line(failed.output)
        raise from_output(failed.output, where, f"Chromium can't be installed here: {last}") from failed
    found = find()
    if not found:
        raise Complaint("Chromium was installed by apt-get, but it does not start: see chromium --version.")
    return found


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or [""])[-1][:70]
