"""PostgreSQL refuses to run as root; these are the two ways for root to be somebody else.

In a user namespace the server sees itself as an ordinary user, while to the rest of the machine it is root still:
its files are root's, and a clone under /root, which is closed to others, stays within reach. Where namespaces are
forbidden, as in most containers, it becomes another user, who keeps of root's powers the one to reach all files.
"""

import ctypes
import os
import pwd
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .complaint import Complaint

# From linux/sched.h, linux/prctl.h and linux/capability.h.
CLONE_NEWUSER = 0x10000000
PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 28, 4
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1


@dataclass(frozen=True)
class Disguise:
    """Who to be: `enter` runs in the child before exec, and `owner` is to own what the child writes."""

    enter: Callable[[], None]
    owner: int
    reaches_everything: bool = True

    def give(self, path: Path) -> None:
        """Hand over a directory and what is in it, also when the last start was in the other disguise."""
        if path.stat().st_uid == self.owner:
            return
        for each in (*path.rglob("*"), path):
            os.chown(each, self.owner, self.owner, follow_symlinks=False)

    def must_reach(self, path: Path) -> None:
        """Complain in time about a directory that the other user can't enter."""
        if self.reaches_everything:
            return
        for parent in reversed(path.absolute().parents):
            if not parent.stat().st_mode & 0o001:
                raise Complaint(
                    f"PostgreSQL does not run as root, and the user it becomes can't enter {parent}: "
                    "use a clone that all may enter (as in /srv), or run this as a plain user."
                )


@cache
def disguise() -> Disguise | None:
    """Who PostgreSQL shall be, or None where we're a plain user already."""
    if os.geteuid() != 0:
        return None
    number = _named_user()
    if _works(lambda: _enter_namespace(number)):
        return Disguise(lambda: _enter_namespace(number), owner=0)
    if _works(lambda: _become(number, keep_reach=True)):
        return Disguise(lambda: _become(number, keep_reach=True), owner=number)
    return Disguise(lambda: _become(number, keep_reach=False), owner=number, reaches_everything=False)


def _named_user() -> int:
    """Somebody who has a name, since initdb asks for it: nobody, or else the first that there is."""
    users = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    if not users:
        raise Complaint("PostgreSQL does not run as root, and this machine knows no other user: add one.")
    return users.get("nobody", min(users.values()))


def _enter_namespace(number: int) -> None:  # pragma: no cover - coverage does not see between fork and exec
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (("setgroups", "deny"), ("gid_map", f"{number} 0 1"), ("uid_map", f"{number} 0 1")):
        file = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(file, text.encode())
        os.close(file)


def _works(enter: Callable[[], None]) -> bool:
    """Try it: kernels, containers and security modules each have their own way to forbid such things."""
    try:
        subprocess.run(["/bin/sh", "-c", ":"], preexec_fn=enter, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _become(number: int, keep_reach: bool) -> None:  # pragma: no cover - coverage does not see between fork and exec
    libc = ctypes.CDLL(None, use_errno=True)
    # Without this, access() asks as if nothing were kept, and initdb asks access().
    if keep_reach and libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "securebits")
    os.setgroups([])
    os.setgid(number)
    os.setuid(number)
    if keep_reach:
        kept = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
        sets = (ctypes.c_uint32 * 6)(
            kept, kept, kept, 0, 0, 0
        )  # effective, permitted, inheritable; then the high halves
        failed = libc.capset(header, sets)
        if failed or libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0):
            raise OSError(ctypes.get_errno(), "capset")
