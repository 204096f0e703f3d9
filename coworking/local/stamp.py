"""What .venv says of itself: whether it is whole, and what it was installed from."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


class Stamp:
    """A file in .venv, written before anything is done to it and again when all is done."""

    def __init__(self, venv: Path) -> None:
        self._venv = venv
        self._path = venv / "installed.json"

    @property
    def exists(self) -> bool:
        return self._path.exists()

    @property
    def is_whole(self) -> bool:
        """False after pip was interrupted, after an upgrade of Python, or when a package was taken away since."""
        said = self._read()
        return said.get("python") == PYTHON and set(said.get("contents", [])) <= set(self._contents())

    def holds(self, lock: Path) -> bool:
        """Whether this very lock file was installed."""
        return self._read().get(lock.name) == _digest(lock)

    def begin(self) -> None:
        """From now on, and until `end`, nobody knows what is in there."""
        self._venv.mkdir(exist_ok=True)
        self._path.write_text("{}")

    def end(self, locks: Iterable[Path]) -> None:
        digests = {lock.name: _digest(lock) for lock in locks}
        self._path.write_text(json.dumps({"python": PYTHON, **digests, "contents": self._contents()}, indent=0))

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _contents(self) -> list[str]:
        packages = self._venv / "lib" / f"python{PYTHON}" / "site-packages"
        names = os.listdir(packages) if packages.is_dir() else []
        return sorted(name for name in names if not name.startswith("__"))


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
