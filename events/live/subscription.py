"""The one subscription to Redis: it hands what it hears to the hub, and comes back when Redis does."""

import asyncio
import json
import logging

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, TimeoutError

from events.live.channel import channel_name
from events.live.hub import Hub

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
SILENCE = 10.0  # then Redis is asked whether it is still there, and has as long to answer

logger = logging.getLogger(__name__)


async def follow(hub: Hub) -> None:
    """Listen until cancelled. Between two subscriptions messages are lost, so the hub is told of each begin and end."""
    pause = 0.0
    while True:
        # No retries of the client's own: it would subscribe again and nobody would know that something was missed.
        client = Redis.from_url(
            settings.REDIS_URL, retry=Retry(NoBackoff(), 0), socket_connect_timeout=LONGEST_PAUSE, socket_keepalive=True
        )
        try:
            async with client, client.pubsub() as subscription:
                await subscription.subscribe(channel_name())
                await _hear(subscription, hub)
        except (RedisError, OSError) as error:
            if hub.hears or not pause:
                logger.warning("Redis is not heard, so pages look for themselves meanwhile: %s", error)
            pause = FIRST_PAUSE if hub.hears else min(max(pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            hub.lost()
        await asyncio.sleep(pause)


async def _hear(subscription: PubSub, hub: Hub) -> None:
    is_asked = False
    while True:
        said = await subscription.get_message(timeout=SILENCE)
        if said is None:
            if is_asked:
                raise TimeoutError(f"it has said nothing for {2 * SILENCE:.0f} seconds")
            await subscription.ping()
        is_asked = said is None
        if said and said["type"] == "subscribe":
            logger.info("Redis is heard.")
            hub.found()
        elif said and said["type"] == "message":
            _hand_on(said["data"], hub)


def _hand_on(said: bytes, hub: Hub) -> None:
    try:
        hub.take(json.loads(said))
    except ValueError:
        logger.warning("Something on the channel is no message of ours.")
