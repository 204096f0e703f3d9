"""The clones that these tests run in."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.clones import Clone


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """A clone in which the house was open once, so that each start is a second one.

    The first worker of xdist makes it, and each takes a copy, since a clone has room for one bin/run.
    """
    own = tmp_path_factory.getbasetemp()
    common = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "opened-once"
    with common.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not common.exists():
            _open_once(common)
    shutil.copytree(common, own / "clone", symlinks=True)
    clone = Clone(own / "clone")
    yield clone
    clone.end_everything()


def _open_once(path: Path) -> None:
    clone = Clone(path.with_name("under-work"))
    clone.fill()
    clone.borrow_venv()
    run = clone.run()
    run.until_open()
    run.stop()
    clone.path.rename(path)


@pytest.fixture
def house(prepared: Clone) -> Iterator[Clone]:
    """The prepared clone, with nothing running in it before and after."""
    assert prepared.living() == {}
    yield prepared
    prepared.end_everything()


@pytest.fixture
def empty_clone(tmp_path: Path) -> Iterator[Clone]:
    """A clone as git makes it: without .venv and data."""
    clone = Clone(tmp_path / "clone")
    clone.fill()
    yield clone
    clone.end_everything()
