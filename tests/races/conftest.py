"""What holds for every race that asks for it."""

from collections.abc import Iterator

import pytest

from tests.races.connections import deadlocks


@pytest.fixture
def no_deadlock(transactional_db: None) -> Iterator[None]:
    """PostgreSQL had to break up no deadlock while the test ran."""
    before = deadlocks()
    yield
    assert deadlocks() == before
