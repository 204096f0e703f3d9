"""The process `live` as an ASGI application: streams of server-sent events, and whether it is well.

It knows the settings and who signed a token, and no table: no connection to the database is ever opened here, so that
thousands of open streams cost the bookings nothing. `python -m events.live` runs it, below a path /live or without one.
"""

import asyncio
import logging
import random
import signal
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from events.live import wire
from events.live.channel import reading
from events.live.ending import end
from events.live.hub import Hub, Listener
from events.live.subscription import follow

MOST_READERS = 2000
HEARTBEAT_SECONDS = 15.0  # proxies end a connection on which nothing moves for a minute
PREFIX = "/live"

logger = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Live:
    """One hub, one subscription, and the streams that are open."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    def close(self) -> None:
        """End the streams: browsers come back to whoever runs next."""
        self.hub.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        tasks = [asyncio.create_task(work) for work in (follow(self.hub), _beat(self.hub))]
        for task in tasks:
            task.add_done_callback(_must_not_end)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await end(*tasks)
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].replace("//", "/").removeprefix(PREFIX)  # SITE_URL may have been written with a slash
        if scope["method"] not in ("GET", "HEAD"):
            await _say(send, 405, "This address is only read.", [(b"allow", b"GET, HEAD")])
        elif path == "/healthz":
            await _say(send, 200, "ok")
        elif path == "/readyz":
            await (_say(send, 200, "ok") if self.hub.hears else _say(send, 503, "Redis is not heard."))
        elif path.startswith("/events/"):
            await self._follow(path.removeprefix("/events/"), scope, receive, send)
        else:
            await _say(send, 404, "There is nothing here.")

    async def _follow(self, reference: str, scope: Scope, receive: Receive, send: Send) -> None:
        asked = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        reader = reading(asked.get("token", ""))
        if reader is None or reader.reference != reference:
            await _say(send, 403, "This address is not good any more: open the event's page again.")
        elif self._streams >= MOST_READERS:
            await _say(send, 503, "Too many are looking just now: the page reloads itself meanwhile.")
        elif scope["method"] == "HEAD":
            await _say(send, 200, "")
        else:
            last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
            listener = self.hub.join(reader, asked.get("language", settings.LANGUAGE_CODE), last)
            self._streams += 1
            lapse = asyncio.get_running_loop().call_later(reader.until - time.time(), listener.lapse)
            try:
                await _stream(listener, receive, send)
            finally:
                lapse.cancel()
                self._streams -= 1
                self.hub.leave(listener)


async def _stream(listener: Listener, receive: Receive, send: Send) -> None:
    """Send what the listener gets, until either side ends it or the right to it lapses."""
    leaving = asyncio.create_task(_has_left(receive))
    leaving.add_done_callback(lambda _: listener.close())
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _headers(b"text/event-stream")})
        # Not all at once, should all of them have to come back.
        piece = wire.retry(random.randint(1000, 5000))  # noqa: S311 - no secret
        while not listener.is_closed:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await listener.take()
        await send({"type": "http.response.body", "body": piece})
    finally:
        leaving.cancel()


async def _beat(hub: Hub) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        hub.beat()


def _must_not_end(task: "asyncio.Task[None]") -> None:
    """A process that hears nothing any more, for a reason that nobody foresaw, makes room for a new one."""
    if not task.cancelled():
        logger.critical("A part of it ended by itself.", exc_info=task.exception())
        signal.raise_signal(signal.SIGTERM)


async def _has_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, status: int, sentence: str, more: list[tuple[bytes, bytes]] | None = None) -> None:
    headers = _headers(b"text/plain; charset=utf-8") + (more or [])
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})


def _headers(content_type: bytes) -> list[tuple[bytes, bytes]]:
    site = urlsplit(settings.SITE_URL)
    return [
        (b"content-type", content_type),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        (b"access-control-allow-origin", f"{site.scheme}://{site.netloc}".encode()),
        (b"vary", b"Origin"),
    ]


app = Live()
