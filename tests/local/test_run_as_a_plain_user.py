"""bin/run as somebody who is not root; where the tests are not run by root, all others show that already."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.clones import BASE_PYTHON, Clone, Run

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")

pytestmark = [
    pytest.mark.real_time,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else"),
]


@pytest.fixture
def open_clone() -> Iterator[Clone]:
    """A clone in a folder that everybody may enter, with a Python that everybody may start."""
    folder = Path(tempfile.mkdtemp(prefix="coworking-open-"))
    folder.chmod(0o755)
    clone = Clone(folder / "clone")
    clone.fill()
    clone.borrow_venv(_reachable_python(folder))
    if _fails(clone.path / ".venv/bin/python", "import django, psycopg2, redis"):
        shutil.rmtree(folder)
        pytest.skip("on this machine only root can reach the packages in .venv")
    yield clone
    clone.end_everything()
    shutil.rmtree(folder)


def _reachable_python(folder: Path) -> Path:
    """The Python of these tests, or a copy of it where it lies in a home that is closed to others."""
    if not _fails(BASE_PYTHON, "pass"):
        return BASE_PYTHON
    library = Path(os.__file__).parent
    left_out = shutil.ignore_patterns("site-packages", "test", "tests", "idlelib", "config-*")
    shutil.copytree(library, folder / "lib" / library.name, ignore=left_out)
    for shared in library.parent.glob("libpython*.so*"):
        shutil.copy2(shared, folder / "lib")
    (folder / "bin").mkdir()
    return Path(shutil.copy2(BASE_PYTHON, folder / "bin"))


def _fails(python: Path, code: str) -> bool:
    try:
        done = subprocess.run(
            [python, "-c", code],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            env={"LD_LIBRARY_PATH": str(python.resolve().parent.parent / "lib")},
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return True
    return done.returncode != 0


def _run(clone: Clone) -> Run:
    libraries = (clone.path / ".venv/bin/python").resolve().parent.parent / "lib"
    return clone.run(*AS_NOBODY, HOME="/nonexistent", LD_LIBRARY_PATH=str(libraries))


def test_plain_user_opens_the_house(open_clone: Clone):
    for path in (open_clone.path, *open_clone.path.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    run = _run(open_clone)
    run.until_open()
    owners = {Path(f"/proc/{number}").stat().st_uid for number in open_clone.living()}

    assert run.stop() == 0
    assert owners == {NOBODY}
    assert open_clone.living() == {}


def test_clone_of_somebody_else_is_told(open_clone: Clone):
    run = _run(open_clone)

    assert run.until_it_ends() == 1
    assert run.said == (
        f"bin/run: {open_clone.path}/var can't be used (Permission denied): does the clone belong to somebody else?\n"
    )
