"""What Django does before the doors open: tables, the spaces, samples, static files."""

import argparse
import hashlib
import inspect
import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TextIO

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError

from coworking.local.complaint import Complaint, foreseen, from_output
from coworking.local.places import VAR
from coworking.local.progress import Step, step
from coworking.local.run import FORESEEN


class Applied(io.StringIO):
    """What `migrate` prints, as the movement of a step."""

    def __init__(self, line: Step) -> None:
        super().__init__()
        self._line = line

    def write(self, text: str) -> int:
        if text.strip().startswith("Applying"):
            self._line.moves(text.strip().removeprefix("Applying ").removesuffix("..."))
        return len(text)


def main() -> int:
    """Prepare everything; the table of sample accounts, or what went wrong, is all that goes to the output."""
    options = argparse.ArgumentParser()
    options.add_argument("--samples", action="store_true", help="make sample accounts and bookings")
    with_samples = options.parse_args().samples
    output = sys.stdout
    with redirect_stdout(sys.stderr):  # progress goes to the terminal
        try:
            prepare(output, with_samples)
        except (Complaint, OSError) as error:
            complaint = foreseen(error)
            if complaint is None:
                raise
            output.write(str(complaint))
            return FORESEEN
    return 0


def prepare(accounts: TextIO, with_samples: bool) -> None:
    try:
        with step("Bringing the tables up to date") as line:
            django.setup()
            call_command("migrate", interactive=False, stdout=Applied(line))
        with step("Loading the spaces"):
            call_command("load_spaces", stdout=io.StringIO())
        if with_samples:
            with step("Making sample accounts, bookings and events"):
                call_command("load_samples", stdout=accounts)
                call_command("load_event_samples")
        collect_static_files(VAR / "static.stamp")
    except ImproperlyConfigured as error:
        raise Complaint(str(error)) from error
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise from_output(reason, VAR, f"The database can't be used: {reason}") from error


def collect_static_files(stamp: Path) -> None:
    """Collect them again only when one of them, or the way they are stored, has changed."""
    from django.conf import settings

    now = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == now and Path(settings.STATIC_ROOT).is_dir():
        return
    stamp.unlink(missing_ok=True)
    with step("Collecting static files"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def _static_fingerprint() -> str:
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.contrib.staticfiles.storage import staticfiles_storage

    storage = staticfiles_storage.__class__  # asks for the class behind the lazy object
    sources = {Path(inspect.getfile(kind)) for kind in storage.__mro__[:-1]}
    for finder in get_finders():
        sources |= {Path(place.path(path)) for path, place in finder.list([])}
    facts = [str(settings.STATIC_ROOT)]
    facts += [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sorted(sources)]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
