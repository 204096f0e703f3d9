"""Property tests: how many examples, and the same ones each time.

`HYPOTHESIS_DICE=1` throws new dice, and `HYPOTHESIS_TIMES=20` throws them twenty times as often: for hunting.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from hypothesis import HealthCheck, Verbosity, settings


def examples(count: int, **fields: object) -> settings:
    """Settings of a property test that tries `count` examples, each of them whatever time it takes."""
    return settings(
        max_examples=count * int(os.environ.get("HYPOTHESIS_TIMES", "1")),
        derandomize=not os.environ.get("HYPOTHESIS_DICE"),
        deadline=None,
        database=None,
        verbosity=Verbosity.normal,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
        **fields,
    )


@contextmanager
def undone() -> Iterator[None]:
    """A savepoint that is given up at the end: each example finds the rows that the test began with."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
