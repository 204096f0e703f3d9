"""The media files: what is below MEDIA_ROOT."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management.base import CommandError

from desk.archive import PIECE

# Inside MEDIA_ROOT, since that may be a file system of its own, out of which nothing can be moved in one go.
COMING, GOING = ".restoring", ".replaced"


def files() -> Iterator[tuple[str, Path]]:
    """Every file with its path inside MEDIA_ROOT. Links are not followed: they may lead anywhere."""
    root = Path(settings.MEDIA_ROOT)
    for folder, folders, names in os.walk(root):
        at = Path(folder)
        folders[:] = sorted(name for name in folders if at != root or name not in (COMING, GOING))
        for path in sorted(at / name for name in names):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix(), path


class Incoming:
    """Files of a backup, put beside those that stand until `swap` lets them take their place."""

    def __init__(self) -> None:
        self._root = Path(settings.MEDIA_ROOT)
        self._coming = self._root / COMING

    def __enter__(self) -> "Incoming":
        shutil.rmtree(self._coming, ignore_errors=True)
        return self

    def put(self, name: str, content: IO[bytes]) -> None:
        if name.split("/")[0] in (COMING, GOING):
            raise CommandError(f"The backup holds what no backup does, {name!r}. Nothing was changed.")
        path = self._coming / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            shutil.copyfileobj(content, file, PIECE)
            file.flush()
            os.fsync(file.fileno())

    def swap(self) -> None:
        """Exchange what stands for what came. Short, but not one moment: the house is closed meanwhile."""
        if not self._root.is_dir():
            return
        going = self._root / GOING
        shutil.rmtree(going, ignore_errors=True)
        going.mkdir()
        for each in list(self._root.iterdir()):
            if each not in (going, self._coming):
                each.rename(going / each.name)
        if self._coming.is_dir():
            for each in list(self._coming.iterdir()):
                each.rename(self._root / each.name)
        shutil.rmtree(going)

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            shutil.rmtree(self._coming)
