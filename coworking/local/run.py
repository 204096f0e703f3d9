"""bin/run: everything the house needs, started in order, watched, and stopped in the reverse order."""

import os
import socket
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

from . import parts, postgres, redis_server, steps, venv
from .address import answers, is_well, live_url, site_url
from .children import spawn
from .complaint import Complaint, plainly
from .house import House
from .only_one import Claim, claim
from .places import LOGS, ROOT, VAR, VENV
from .port import beside, listen, wanted
from .progress import say, step
from .stopping import Stopped, Stopping

FORESEEN = 2  # the exit code of `prepare` when what it says is a sentence for the person at the terminal


def main() -> None:
    with plainly("bin/run"):
        stopping = Stopping()
        try:
            wanted(os.environ)  # said before minutes of installing, not after
            LOGS.mkdir(parents=True, exist_ok=True)
            with (
                claim(VAR / "run.pid") as mine,
                listen(os.environ, stopping.pause, patience=15 if mine.took_over else 0) as listener,
                beside(listener) as live_listener,
            ):
                _run(stopping, mine, listener, live_listener)
        except Stopped as stopped:
            say(f"Stopped ({stopped}); nothing is left running.")


def _run(stopping: Stopping, mine: Claim, listener: socket.socket, live_listener: socket.socket) -> None:
    python = venv.make_ready(ROOT, "requirements.lock", stopping.pause)
    host, port = listener.getsockname()[:2]
    url = os.environ.get("SITE_URL") or site_url(host, port)
    mine.tell(f"process {os.getpid()}, {url}")
    with House(stopping, LOGS) as house:
        live_at = os.environ.get("LIVE_URL") or live_url(url, live_listener.getsockname()[1])
        env = steps.clean_environment() | _services(house, url, live_at)
        accounts = _prepare(python, env, house)
        house.take(parts.web(python, listener, env, LOGS), shows_errors=True)
        house.take(parts.live(python, live_listener, env, LOGS), shows_errors=True)
        with step("Opening the doors"):
            while not (answers(listener.getsockname(), url) and is_well(live_listener.getsockname())):
                house.check()
                stopping.pause(0.1)
        house.take(parts.worker(python, env, LOGS), shows_errors=True)
        house.take(parts.beat(python, env, LOGS), shows_errors=True)
        _announce(url, accounts, is_seen_from_outside=not ip_address(host).is_loopback)
        house.watch()


def _services(house: House, url: str, live_at: str) -> dict[str, str]:
    """Start what is not given from outside; a mailbox goes with a database of our own, and with no other."""
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    pause = house.stopping.pause
    own: dict[str, str] = {}
    if "DATABASE_URL" not in given:
        socket_dir = postgres.socket_dir_in(VAR / "socket") or house.short_folder()
        data, log = VAR / "postgres", house.log("postgresql")
        house.take(postgres.start(data, socket_dir, log, venv=VENV, pause=pause))
        given["DATABASE_URL"] = postgres.url(socket_dir)
        own["MAILBOX_DIR"] = str(VAR / "mailbox")
    if "REDIS_URL" not in given:
        redis, given["REDIS_URL"] = redis_server.start(house.log("redis"), venv=VENV, pause=pause)
        house.take(redis)
    return own | parts.environment(url, live_at, given["DATABASE_URL"], given["REDIS_URL"], VAR)


def _prepare(python: Path, env: dict[str, str], house: House) -> str:
    """Tables, spaces, samples and static files, by a process that knows Django; returns its accounts."""
    argv: list[str | Path] = [
        python,
        "-m",
        "coworking.local.prepare",
        *(["--samples"] if "MAILBOX_DIR" in env else []),
    ]
    child = spawn("prepare", argv, env=env, output=subprocess.PIPE, errors=sys.stdout.buffer)
    said = steps.collect(child, house.stopping.pause)
    if child.process.returncode == FORESEEN:
        raise Complaint(said.strip())
    if child.process.returncode:
        house.check()
        raise Complaint(f"The database could not be prepared ({child.ended_how}); the reason stands above.")
    return said


def _announce(url: str, accounts: str, is_seen_from_outside: bool) -> None:
    say(f"\n  The house is open: {url}/")
    if accounts:
        say(f"  Mails that it sends: {url}/mailbox")
        if is_seen_from_outside:
            say("  HOST lets others in: whoever reaches this machine can read those mails, sign-in codes too.")
        say(f"\n{accounts.rstrip()}\n")
    else:
        say("  The database is the one of DATABASE_URL, so there are no sample accounts and no mailbox here.")
    say("  Ctrl-C stops it.\n")


if __name__ == "__main__":
    main()
