"""bin/backup and bin/restore: the two commands of manage.py, on the database that bin/run has."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path

from . import parts, postgres, steps, venv
from .children import spawn
from .complaint import Complaint, plainly
from .house import House
from .only_one import claim
from .places import LOGS, ROOT, VAR, VENV
from .progress import say
from .stopping import Stopped, Stopping

DATA = "postgres"
NOT_USED = {"site_url": "http://localhost:8000", "redis_url": "redis://localhost:6379/0"}  # but settings.py asks


def main() -> None:
    folder, command, *words = sys.argv[1:]
    with redirect_stdout(sys.stderr), plainly(f"bin/{command}"):  # the output may be the backup itself
        stopping = Stopping()
        try:
            code = _keep(stopping, Path(folder), command, words)
        except Stopped as stopped:
            say(f"Stopped ({stopped}); nothing is left running.")
            code = 128 + stopped.signum
    sys.exit(code)


def _keep(stopping: Stopping, folder: Path, command: str, words: list[str]) -> int:
    python = venv.make_ready(ROOT, "requirements.lock", stopping.pause)
    with _database(stopping, command) as database_url:
        env = steps.clean_environment() | parts.environment(
            os.environ.get("SITE_URL") or NOT_USED["site_url"],
            "",
            database_url,
            os.environ.get("REDIS_URL") or NOT_USED["redis_url"],
            VAR,
        )
        os.chdir(folder)  # from where it was called, since it may name files as they are from there
        argv: list[str | Path] = [python, ROOT / "manage.py", command, *words]
        child = spawn(command, argv, env=env, stdin=0, output=1, errors=2)
        try:
            while child.is_alive:
                stopping.pause(0.5)
        finally:
            child.stop()
        return child.process.returncode


@contextmanager
def _database(stopping: Stopping, command: str) -> Iterator[str]:
    """The address of the database: the given one, that of a bin/run that runs, or our own until the end."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    if command == "backup" and not (VAR / DATA).exists():
        raise Complaint("There is no database here yet: bin/run makes it.")
    LOGS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as mine:
        try:
            mine.enter_context(claim(VAR / "run.pid"))
        except Complaint:
            if command == "restore":
                raise
            yield postgres.url(_socket_of_the_running_one())
            return
        house = mine.enter_context(House(stopping, LOGS))
        socket_dir = postgres.socket_dir_in(VAR / "socket") or house.short_folder()
        log = house.log("postgresql")
        house.take(postgres.start(VAR / DATA, socket_dir, log, venv=VENV, pause=stopping.pause))
        yield postgres.url(socket_dir)


def _socket_of_the_running_one() -> Path:
    """As PostgreSQL itself says it: the fifth line of its pid file, the last one being how far it has come."""
    try:
        lines = (VAR / DATA / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        lines = []
    if len(lines) < 8 or lines[7].strip() != "ready":
        raise Complaint("The house is just starting or stopping: try again in a moment.")
    return Path(lines[4])


if __name__ == "__main__":
    main()
