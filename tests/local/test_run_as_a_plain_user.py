"""bin/run as somebody who is not root; where the tests are not run by root, all others show that already."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.clones import BASE_PYTHON, SITE_PACKAGES, Clone

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def open_clone() -> Iterator[Clone]:
    """A clone in a folder that everybody may enter, with a Python that everybody may start."""
    probe = f"import sys; sys.path.insert(0, {str(Path(sys.prefix) / SITE_PACKAGES)!r}); import django, psycopg2"
    for python in (BASE_PYTHON, Path("/usr/bin") / BASE_PYTHON.name, Path("/usr/local/bin") / BASE_PYTHON.name):
        if not subprocess.run([*AS_NOBODY, python, "-c", probe], capture_output=True, check=False).returncode:
            break
    else:
        pytest.skip("on this machine root alone can reach Python and .venv")
    folder = Path(tempfile.mkdtemp(prefix="coworking-open-"))
    folder.chmod(0o755)
    clone = Clone(folder / "clone")
    clone.borrow_venv(python)
    yield clone
    clone.end_everything()
    shutil.rmtree(folder)


def test_plain_user_opens_the_house(open_clone: Clone):
    for path in (open_clone.path, *open_clone.path.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    run = open_clone.run(*AS_NOBODY, HOME="/nonexistent")
    run.until_open()
    owners = {Path(f"/proc/{number}").stat().st_uid for number in open_clone.living()}
    run.stop()

    assert owners == {NOBODY}
    assert open_clone.living() == {}


def test_clone_of_somebody_else_is_told(open_clone: Clone):
    run = open_clone.run(*AS_NOBODY)

    assert run.until_it_ends() == 1
    assert run.said == (
        f"bin/run: {open_clone.path}/var can't be used (Permission denied): does the clone belong to somebody else?\n"
    )
