"""The clones that these tests run in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.clones import Clone


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """A clone in which the house was open once, so that each start is a second one."""
    clone = Clone(tmp_path_factory.mktemp("local") / "clone")
    clone.borrow_venv()
    run = clone.run()
    run.until_open()
    run.stop()
    yield clone
    clone.end_everything()


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
    yield clone
    clone.end_everything()
