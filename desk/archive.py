"""A backup as one file: a plain tar, whose last member seals every byte before it.

`tar` lists and unpacks it without us. The seal tells a file that was damaged or cut short from a whole one; who made
the file it does not tell, so that names inside are looked at as a stranger's.
"""

import hashlib
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.core.management.base import CommandError

DUMP, MANIFEST, MEDIA, SEAL = "database.dump", "manifest.json", "media/", "seal.sha256"
BLOCK = 512  # of a tar
PIECE = 1 << 20  # read and written at once


@dataclass(frozen=True)
class Member:
    """What the manifest says of a member: bytes, and their SHA-256 in hex."""

    size: int
    sha256: str


class Writer:
    """Members one after the other, of sizes that nobody knows before they are written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, name: str, pieces: Iterable[bytes]) -> Member:
        """Write a member and say what it became. Its header is put right afterwards."""
        begins, size, digest = self._file.tell(), 0, hashlib.sha256()
        self._file.write(_header(name, 0))
        for piece in pieces:
            size += len(piece)
            digest.update(piece)
            self._file.write(piece)
        self._file.write(_padding(size))
        ends = self._file.tell()
        self._file.seek(begins)
        self._file.write(_header(name, size))
        self._file.seek(ends)
        return Member(size, digest.hexdigest())

    def seal(self) -> None:
        """End the archive; nothing can be added any more."""
        self._file.flush()
        ends = self._file.tell()
        self._file.seek(0)
        self._file.write(_end(_digest(self._file, ends)))


def check_seal(file: IO[bytes]) -> None:
    """Refuse what is no backup of ours, and one of which a byte is not as it was written."""
    file.seek(0)
    first = file.read(BLOCK)
    if not first.startswith(DUMP.encode() + b"\0"):
        raise CommandError(f"{file.name} is no backup of this house: it does not begin as one. Nothing was changed.")
    length = len(_end(""))
    sealed = file.seek(0, 2) - length
    file.seek(0)
    if sealed < BLOCK or _end(_digest(file, sealed)) != file.read(length):
        raise damaged(file)


def members(file: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of each member, the seal left out; refuses names and kinds that we never write."""
    file.seek(0)
    seen = set()
    try:
        with tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
            for info in tar:
                content = tar.extractfile(info) if info.type == tarfile.REGTYPE and not info.pax_headers else None
                if content is None or info.name in seen or not _is_ours(info.name):
                    raise CommandError(f"{file.name} holds what no backup does, {info.name!r}. Nothing was changed.")
                seen.add(info.name)
                if info.name != SEAL:
                    yield info.name, content
    except tarfile.TarError as error:
        raise damaged(file) from error


def pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(PIECE):
        yield piece


def damaged(file: IO[bytes]) -> CommandError:
    return CommandError(f"{file.name} is damaged or was cut short: take another backup. Nothing was changed.")


def _is_ours(name: str) -> bool:
    if name in (DUMP, MANIFEST, SEAL):
        return True
    inside = name.removeprefix(MEDIA)
    # As a path writes itself: without a root, a dot, a double slash or a way up.
    return (
        inside not in (name, "", ".")
        and str(PurePosixPath(inside)) == inside
        and not (inside.startswith("/") or ".." in PurePosixPath(inside).parts)
    )


def _header(name: str, size: int) -> bytes:
    """Always the same for the same two, and of a length that depends on the name alone (GNU's format)."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _padding(size: int) -> bytes:
    return b"\0" * (-size % BLOCK)


def _end(digest: str) -> bytes:
    """The last bytes of an archive: the seal, and the two empty blocks that end a tar."""
    text = f"{digest:64}  every byte before this member\n".encode()
    return _header(SEAL, len(text)) + text + _padding(len(text)) + b"\0" * (2 * BLOCK)


def _digest(file: IO[bytes], size: int) -> str:
    """Of the next `size` bytes; the file stands behind them then."""
    digest = hashlib.sha256()
    while size and (piece := file.read(min(size, PIECE))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()
