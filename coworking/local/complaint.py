"""Trouble that can be foreseen is told in one sentence; a traceback is for what nobody foresaw."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL_WORDS = ("No space left on device", "Errno 28", "Disk quota exceeded", "Errno 122")


class Complaint(Exception):  # noqa: N818 - a sentence for a person, not an error of ours
    """What went wrong and what to do about it: the one sentence that the person at the terminal reads."""


def full_disk(where: object) -> Complaint:
    return Complaint(f"The disk is full ({where}): make some room and start again; what was half made is made anew.")


def from_output(output: str, where: Path, otherwise: str) -> Complaint:
    """The sentence for a program that failed.

    A full disk often leaves nothing in any file, and a program may clean up after itself before we look:
    so both its words and the disk are asked.
    """
    if any(word in output for word in FULL_WORDS) or shutil.disk_usage(where).free < 1_000_000:
        return full_disk(where)
    return Complaint(otherwise)


def from_os(error: OSError) -> Complaint | None:
    """The sentence for an error of the file system, or None when it says nothing about the machine."""
    if error.errno in FULL:
        return full_disk(error.filename or "while writing")
    if error.errno in FORBIDDEN and error.filename:
        reason = os.strerror(error.errno)
        return Complaint(f"{error.filename!s} can't be used ({reason}): does the clone belong to somebody else?")
    return None


def foreseen(error: Exception) -> Complaint | None:
    """An error as a sentence, or None for one that nobody foresaw."""
    if isinstance(error, Complaint):
        return error
    return from_os(error) if isinstance(error, OSError) else None


@contextmanager
def plainly(command: str) -> Iterator[None]:
    """Run a whole command; what can be foreseen ends it with one sentence and exit code 1."""
    try:
        yield
    except (Complaint, OSError) as error:
        complaint = foreseen(error)
        if complaint is None:
            raise
        with suppress(OSError):
            sys.stderr.write(f"{command}: {complaint}\n")
        sys.exit(1)
