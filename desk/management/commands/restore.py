import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from desk import restoring, tables
from desk.ending import ends_tidily
from desk.manifest import Manifest
from desk.plainly import plainly


class Command(BaseCommand):
    help = "Put a backup in the place of what the database and the media files hold."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="What `manage.py backup` made.")
        parser.add_argument("--replace", action="store_true", help="Also where there are rows already: they are lost.")
        parser.add_argument("--yes", action="store_true", help="Do not ask at the terminal whether they may be lost.")

    def handle(self, *args: Any, file: Path, replace: bool, yes: bool, verbosity: int, **options: Any) -> None:
        self.verbosity = verbosity
        with (
            ends_tidily(),
            plainly("The backup could not be restored"),
            restoring.checked(file, self._say) as (archive, manifest),
        ):
            self._say(
                f"It is whole: {manifest.all_rows:,} rows, of {timezone.localtime(manifest.made_at):%Y-%m-%d %H:%M}."
            )
            tables.must_be_alone()
            loss = restoring.Loss.now()
            if not loss.is_nothing:
                self._must_be_wanted(loss, replace, yes)
            restoring.restore(archive, manifest, self._say)
            self._tell(manifest)

    def _must_be_wanted(self, loss: restoring.Loss, replace: bool, yes: bool) -> None:
        name = connection.settings_dict["NAME"]
        lost = f"The database {name} holds {loss}."
        if not replace:
            raise CommandError(f"{lost} They would be lost: say so with --replace. Nothing was changed.")
        if yes:
            return
        if not sys.stdin.isatty():
            raise CommandError(f"{lost} Nobody can be asked here: say --yes if they may go. Nothing was changed.")
        self.stderr.write(f"{lost} All of it will be lost.", str)
        try:
            typed = input(f"Type the name of the database to go on ({name}): ")
        except EOFError:
            typed = ""
        if typed != name:
            raise CommandError("That is not its name. Nothing was changed.")

    def _tell(self, manifest: Manifest) -> None:
        files = len(manifest.members) - 1
        self._say(
            f"Restored {manifest.all_rows:,} rows of {len(manifest.rows)} tables, as many of each as the backup says, "
            f"and {files} media files."
        )
        if restoring.is_behind():
            self._say("The backup is of an older version: run `manage.py migrate` before you open the house.")

    def _say(self, text: str) -> None:
        if self.verbosity:
            self.stderr.write(text, str)  # as it is: the colour here is that of errors
