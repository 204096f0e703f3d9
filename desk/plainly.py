"""Trouble that can be foreseen is one sentence and exit code 1; a traceback is for what nobody foresaw."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import Error as DatabaseError

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def plainly(what: str) -> Iterator[None]:
    """`what` says in a few words what could not be done; why follows it."""
    try:
        yield
    except DatabaseError as error:
        raise CommandError(f"{what}: the database says {' '.join(str(error).split())!r}.") from error
    except OSError as error:
        reason = "there is no room left on the disk" if error.errno in FULL else os.strerror(error.errno or errno.EIO)
        where = f" ({error.filename})" if error.filename else ""
        raise CommandError(f"{what}: {reason}{where}.") from error
