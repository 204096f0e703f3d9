"""A copy of the tree in which the real bin/run runs, and its processes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from coworking.local.places import ROOT

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
SITE_PACKAGES = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
BASE_PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


class Run:
    """One start of bin/run; all it says goes to a file."""

    def __init__(self, command: list[str], output: Path, env: dict[str, str]) -> None:
        self._output = output
        self.began = time.monotonic()
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                command, stdout=file, stderr=subprocess.STDOUT, env=env, start_new_session=True
            )

    @property
    def said(self) -> str:
        return self._output.read_text(errors="replace")

    def until_open(self) -> str:
        """Wait until it says where it is open, and return that address."""
        found = None
        while not found:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < self.began + 60, self.said
            time.sleep(0.02)
            found = re.search(r"is open: (http\S+)/\n[\s\S]*Ctrl-C stops it", self.said)
        return found[1]

    def until_it_ends(self) -> int:
        return self.process.wait(timeout=90)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.until_it_ends()


class Clone:
    """A copy of this tree, and all that runs in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._runs: list[Run] = []

    def fill(self) -> None:
        """Copy what git knows of this tree, and what was not yet told to git."""
        listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.check_output(listed, text=True).split("\0"):
            if (ROOT / name).is_file() and not name.startswith("tests/"):
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.path / name)

    def borrow_venv(self, python: Path = BASE_PYTHON) -> None:
        """A .venv with the packages of the one that runs these tests, and a stamp that says so."""
        venv = self.path / ".venv"
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").symlink_to(python)
        (venv / "pyvenv.cfg").write_text(f"home = {python.parent}\n")
        (venv / SITE_PACKAGES).parent.mkdir(parents=True)
        (venv / SITE_PACKAGES).symlink_to(Path(sys.prefix) / SITE_PACKAGES)
        lock = self.path / "requirements.lock"
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        stamp = {"python": version, lock.name: sha256(lock.read_bytes()).hexdigest()}
        (venv / "installed.json").write_text(json.dumps(stamp))

    def run(self, *before: str, **env: str) -> Run:
        """Start bin/run, by way of another command if one is given; on a free port unless PORT is given."""
        inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        command = [*before, str(self.path / "bin" / "run")]
        run = Run(command, self.path.with_name(f"{self.path.name}.{len(self._runs)}"), inherited | {"PORT": "0"} | env)
        self._runs.append(run)
        return run

    def living(self) -> dict[int, str]:
        """The processes that stand anywhere in the clone, with their command lines."""
        found = {}
        for process in Path("/proc").iterdir():
            try:
                if process.name.isdigit() and (process / "cwd").readlink().is_relative_to(self.path):
                    found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return found

    def end_everything(self) -> None:
        for run in self._runs:
            if run.process.poll() is None:
                run.stop()
