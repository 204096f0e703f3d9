"""The media files: what is below MEDIA_ROOT."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management.base import CommandError

from desk.archive import PIECE
from desk.plainly import plainly

# Inside MEDIA_ROOT, since that may be a file system of its own, out of which nothing can be moved in one go.
COMING, GOING = ".restoring", ".replaced"
OF_THE_DISK = "lost+found"  # at the top of a file system, and root's alone


def files() -> Iterator[tuple[str, Path]]:
    """Every file with its path inside MEDIA_ROOT. Links are not followed: they may lead anywhere.

    Raises CommandError while files stand aside that belong here, and OSError for a folder that can't be read.
    """
    root = Path(settings.MEDIA_ROOT)
    if os.path.lexists(root / GOING):
        raise CommandError(
            f"A restore was cut off while it exchanged the media files: those that it replaced are in {root / GOING}, "
            f"those that came in {root} and {root / COMING}. Restore once more, or put back what belongs to the "
            "database as it is now, and delete both folders."
        )
    for path in _files(root):
        yield path.relative_to(root).as_posix(), path


def count() -> int:
    """How many files a restore would do away with, also those that stand aside since one was cut off."""
    return sum(1 for _ in _files(Path(settings.MEDIA_ROOT)))


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, onerror=_unless_gone):
        at = Path(folder)
        folders[:] = sorted(name for name in folders if at != root or name not in (COMING, OF_THE_DISK))
        for path in sorted(at / name for name in names):
            if path.is_file() and not path.is_symlink():
                yield path


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


class Incoming:
    """Files of a backup, put beside those that stand.

    Those that stand make room before the database commits, while all can still be as it was; `take_place` follows it.
    Short, but not one moment: the house is closed meanwhile. As long as what made room is there, no backup is made.
    """

    def __init__(self) -> None:
        self._root = Path(settings.MEDIA_ROOT)
        self._coming = self._root / COMING
        self._going = self._root / GOING
        self._aside: Path | None = None

    def __enter__(self) -> "Incoming":
        shutil.rmtree(self._coming, ignore_errors=True)
        return self

    def put(self, name: str, content: IO[bytes]) -> None:
        if name.split("/")[0] in (COMING, GOING, OF_THE_DISK):
            raise CommandError(f"The backup holds what no backup does, {name!r}. Nothing was changed.")
        path = self._coming / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            shutil.copyfileobj(content, file, PIECE)
            file.flush()
            os.fsync(file.fileno())

    def make_room(self) -> None:
        """Move away what stands; it is put back unless `take_place` follows."""
        standing = self._standing()
        if not standing and not self._coming.is_dir():
            return
        self._going.mkdir(exist_ok=True)
        self._aside = Path(tempfile.mkdtemp(dir=self._going))  # beside what an earlier restore may have left
        for each in standing:
            each.rename(self._aside / each.name)

    def take_place(self) -> None:
        """The database has committed: nothing is put back any more."""
        self._aside = None
        with plainly("The database is restored, but not all media files are; mend this and restore once more"):
            if self._coming.is_dir():
                for each in list(self._coming.iterdir()):
                    each.rename(self._root / each.name)
        with plainly("All is restored, but media files that it replaced can't be deleted; do it by hand"):
            if self._going.is_dir():
                shutil.rmtree(self._going)

    def _standing(self) -> list[Path]:
        apart = (COMING, GOING, OF_THE_DISK)
        return [each for each in self._root.iterdir() if each.name not in apart] if self._root.is_dir() else []

    def __exit__(self, *_: object) -> None:
        if self._aside:
            for each in list(self._aside.iterdir()):
                each.rename(self._root / each.name)
            self._aside.rmdir()
        with suppress(OSError):  # not there, or it holds what an earlier restore left
            self._going.rmdir()
        with suppress(OSError):
            shutil.rmtree(self._coming)
