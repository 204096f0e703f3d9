"""The cache in Redis: it holds the counts of general rate limits, which nobody would miss (design rule 13)."""

from time import monotonic
from typing import Any

from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted

# How long Redis is left alone, in seconds, after it has failed to answer once.
PAUSE = 5.0


class FailingOpenCache(RedisCache):
    """Without Redis nothing is counted and nobody is held up.

    allauth counts under a lock that it takes by `add`, and refuses everybody while it gets none: so `add` then says
    that it has added. A sign-in asks a dozen times; after the first timeout the others are not waited for.
    """

    asks_again_at = 0.0

    @property
    def client(self) -> Any:
        if self._is_left_alone:
            raise ConnectionInterrupted(connection=None)
        return super().client

    @property
    def _is_left_alone(self) -> bool:
        return monotonic() < FailingOpenCache.asks_again_at

    def add(self, *args: Any, **kwargs: Any) -> bool:
        added = super().add(*args, **kwargs)
        if added is None and not self._is_left_alone:
            FailingOpenCache.asks_again_at = monotonic() + PAUSE
        return added is not False
