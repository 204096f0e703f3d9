"""What Django's side and the process `live` share: the address of a stream, who may read it, what is told.

Nothing here knows a table. Django publishes to one channel of Redis, the process hands on what it hears there, and
nothing is lost without either: the rows are in PostgreSQL, and pages reload themselves (design rule 13).
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.db import transaction
from django_redis import get_redis_connection
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

CHANNEL = "coworking:live"
GOOD_FOR = timedelta(minutes=30)  # then the page asks anew, and whoever may not see the wall any more hears no more
LINE, HIDDEN, COUNTS = "line", "hidden", "counts"
WALL = (LINE, HIDDEN)  # what only those hear who see the wall
_SALT = "events.live"

logger = logging.getLogger(__name__)
Message = Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """Whoever holds a token: the event that they may follow, and whether its wall is theirs to see."""

    reference: str
    sees_wall: bool
    until: float = field(default=0.0, compare=False)
    """When the token lapses, and the stream with it; in seconds since the epoch."""


def token(event_reference: str, *, sees_wall: bool) -> str:
    """What opens the stream of one event, for GOOD_FOR. The page that carries it has checked who asks."""
    until = time.time() + GOOD_FOR.total_seconds()
    return signing.Signer(salt=_SALT).sign_object([event_reference, sees_wall, until])


def reading(token: str) -> Reader | None:
    """Whose token it is, or None of one that is forged, cut off, or has lapsed."""
    try:
        reader = Reader(*signing.Signer(salt=_SALT).unsign_object(token))
    except signing.BadSignature:
        return None
    return reader if time.time() < reader.until else None


def address(event_reference: str, *, sees_wall: bool, language: str) -> str:
    """Where a browser follows an event, or nothing where no process `live` runs: then pages only reload."""
    if not settings.LIVE_URL:
        return ""
    asked = urlencode({"token": token(event_reference, sees_wall=sees_wall), "language": language})
    return f"{settings.LIVE_URL}/events/{quote(event_reference, safe='')}?{asked}"


def line(event_reference: str, pk: int, html: Mapping[str, str]) -> Message:
    """A new line on the wall; `html` is its `<li id="line-…">` by language."""
    return {"event": event_reference, "kind": LINE, "id": pk, "html": dict(html)}


def hidden(event_reference: str, pk: int) -> Message:
    """A line that a host has hidden."""
    return {"event": event_reference, "kind": HIDDEN, "id": pk}


def counts(event_reference: str, here: Mapping[int, int]) -> Message:
    """How many are there now, by the venue's key; venues that are left out keep their number."""
    return {"event": event_reference, "kind": COUNTS, "here": {str(venue): number for venue, number in here.items()}}


def channel_name() -> str:
    """The channel of this house: Redis parts databases, but not channels, by their number."""
    return f"{CHANNEL}:{urlsplit(settings.REDIS_URL).path.strip('/') or '0'}"


def publish(message: Message) -> None:
    """Tell it once the transaction is committed, or at once outside of one. Best effort: Redis may be down."""
    transaction.on_commit(lambda: _send(message), robust=True)


def _send(message: Message) -> None:
    try:
        get_redis_connection("default").publish(channel_name(), json.dumps(message, ensure_ascii=False))
    except (RedisError, ConnectionInterrupted) as error:
        logger.warning("Redis did not take what was to be told live of %s: %s", message["event"], error)
