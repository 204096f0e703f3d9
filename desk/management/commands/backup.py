import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from desk import backing_up
from desk.archive import pieces
from desk.ending import ends_tidily
from desk.plainly import plainly


class Command(BaseCommand):
    help = "Back up the database and the media files into one file."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", default=".", help="A new file, a folder for one named by the date, or - for the output."
        )
        parser.add_argument(
            "--keep", type=int, help="Afterwards delete all but this many of the backups named by their date there."
        )

    def handle(self, *args: Any, path: str, keep: int | None, verbosity: int, **options: Any) -> None:
        self.verbosity = verbosity
        folder = Path(path)
        if keep is not None and (keep < 1 or path == "-" or not folder.is_dir()):
            raise CommandError("--keep takes a number from 1 on, and a folder to keep them in.")
        with ends_tidily(), plainly("The backup could not be written"):
            if path == "-":
                self._pass_on()
                return
            if not folder.is_dir() and folder.suffix != ".tar":
                raise CommandError(f"There is no folder {path}; the name of a file ends with .tar.")
            now = timezone.localtime()
            to = folder / backing_up.name_at(now) if folder.is_dir() else folder
            self._tell(backing_up.back_up_to(to, now=now, say=self._say), str(to.absolute()))
            for gone in backing_up.forget_older(folder, keep) if keep else []:
                self._say(f"Deleted the older {gone.name}.")

    def _pass_on(self) -> None:
        """To the output, but only once it is whole: who reads it gets all of it, or nothing and exit code 1."""
        if sys.stdout.isatty():
            raise CommandError("The output is a terminal: send it into a file or a pipe.")
        with tempfile.TemporaryFile() as file:
            made = backing_up.back_up(file, now=timezone.localtime(), say=self._say)
            file.seek(0)
            for piece in pieces(file):
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
        self._tell(made, "the output")

    def _tell(self, made: backing_up.Made, where: str) -> None:
        self._say(
            f"Backed up {made.manifest.all_rows:,} rows of {len(made.manifest.rows)} tables and "
            f"{len(made.manifest.members) - 1} media files into {where} ({made.size:,} bytes)."
        )

    def _say(self, text: str) -> None:
        if self.verbosity:
            self.stderr.write(text, str)  # as it is: the colour here is that of errors
