"""The data folder of our own PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from . import steps
from .children import Pause
from .complaint import Complaint, from_output, full_disk
from .unprivileged import disguise
from .wheels import postgres_program

OWNER = "coworking"
# A new cluster takes some 40 MB. PostgreSQL does not always say that it found no room: it may panic instead.
ROOM = 64_000_000
LAST_WORDS = ("FATAL", "PANIC", "ERROR", "error:", "could not")


def make_unless_there(data: Path, *, venv: Path, pause: Pause, keeps: bool) -> None:
    """Make the cluster once; a cluster that need not keep anything is not synced to the disk."""
    if data.exists():
        _must_fit(data, postgres_program(venv, "postgres"))
        return
    # Beside its final place: what an initdb leaves that was killed is never mistaken for data.
    half_made = data.with_name(f"{data.name}.new")
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir(mode=0o700, parents=True)
    room = shutil.disk_usage(half_made).free
    who = disguise()
    if who:
        who.give(half_made)
    options = ["-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-instructions"]
    options += ["--locale=C.UTF-8"]  # with another LC_CTYPE, pg_trgm may find nothing in Japanese
    options += [] if keeps else ["--no-sync"]
    try:
        steps.run(
            "Making the database",
            [postgres_program(venv, "initdb"), "-D", half_made, *options],
            pause=pause,
            env=environment(),
            become=who.enter if who else None,
        )
    except steps.Failed as failed:
        shutil.rmtree(half_made, ignore_errors=True)
        if room < ROOM:
            raise full_disk(data.parent) from failed
        sentence = f"PostgreSQL could not make its data: {last_words(failed.output)}"
        raise from_output(failed.output, data.parent, sentence) from failed
    half_made.rename(data)


def _must_fit(data: Path, server: Path) -> None:
    """A newer PostgreSQL does not read an older one's data."""
    theirs = (data / "PG_VERSION").read_text().strip() if (data / "PG_VERSION").exists() else "nothing known"
    ours = subprocess.check_output([server, "--version"], text=True).split()[-1].split(".")[0]
    if theirs != ours:
        raise Complaint(
            f"{data} was made by PostgreSQL {theirs} and this is {ours}: move that folder away to begin "
            "anew, or dump it with the old release and load it with this one."
        )


def environment() -> Mapping[str, str]:
    """Ours, but in English, since we read what is said, and without PGPORT and its like."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {"LC_ALL": "C"}


def last_words(output: str) -> str:
    """The line that says what was wrong, out of many."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    wrong = [line for line in lines if any(word in line for word in LAST_WORDS)]
    return (wrong or lines or ["it said nothing."])[-1]
