"""The application without a socket: how many it lets in, what it sends where nothing happens, and how it ends."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from events.live import channel, server
from events.live.__main__ import main
from events.live.server import Live

Sent = list[dict[str, Any]]


class Browser:
    """One that asks for the stream of an event, and stays until it leaves."""

    def __init__(self, live: Live, path: str = "/events/SEPT") -> None:
        self.sent: Sent = []
        self._leaves = asyncio.Event()
        query = f"token={channel.token('SEPT', sees_wall=True)}".encode()
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
        self.task = asyncio.create_task(live(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    async def until(self, is_so: Callable[["Browser"], bool]) -> None:
        async with asyncio.timeout(10):
            while not is_so(self):
                await asyncio.sleep(0.005)

    async def leave(self) -> None:
        self._leaves.set()
        async with asyncio.timeout(10):
            await self.task

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def stream(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def is_in(browser: Browser) -> bool:
    return b"event: joined" in browser.stream


def test_who_comes_when_it_is_full_is_told_so_until_somebody_leaves(monkeypatch: pytest.MonkeyPatch):
    async def story() -> tuple[int, bytes, int]:
        live = Live()
        first, second = Browser(live), Browser(live)
        await first.until(is_in)
        await second.until(is_in)
        refused = Browser(live)
        await refused.task
        await first.leave()
        third = Browser(live)
        await third.until(is_in)
        for browser in (second, third):
            await browser.leave()
        return refused.status, refused.stream, third.status

    monkeypatch.setattr(server, "MOST_READERS", 2)

    assert asyncio.run(story()) == (503, b"Too many are looking just now: the page reloads itself meanwhile.", 200)


def test_a_stream_on_which_nothing_happens_still_moves(monkeypatch: pytest.MonkeyPatch):
    async def story() -> bytes:
        live = Live()
        coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        coming.put_nowait({"type": "lifespan.startup"})
        living = asyncio.create_task(live({"type": "lifespan"}, coming.get, ignore))
        browser = Browser(live)
        await browser.until(lambda browser: browser.stream.endswith(b":\n\n:\n\n"))
        await browser.leave()
        coming.put_nowait({"type": "lifespan.shutdown"})
        await living
        return browser.stream

    async def ignore(message: object) -> None:
        pass

    monkeypatch.setattr(server, "HEARTBEAT_SECONDS", 0.02)

    assert asyncio.run(story()).startswith(b"retry: ")


@pytest.mark.parametrize(
    ("method", "path", "query", "status"),
    [
        ("GET", "/healthz", b"", 200),
        ("HEAD", "/live/healthz", b"", 200),
        ("GET", "//live/healthz", b"", 200),
        ("GET", "/readyz", b"", 503),
        ("POST", "/healthz", b"", 405),
        ("GET", "/", b"", 404),
        ("GET", "/events/SEPT", b"token=x", 403),
        ("GET", "/events/SEPT", b"\xff=\xff&token", 403),
        ("HEAD", "/events/SEPT", b"", 403),
    ],
)
def test_what_it_answers_at_once(method: str, path: str, query: bytes, status: int):
    async def ask() -> Sent:
        sent: Sent = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            raise AssertionError("Nothing is to be waited for.")

        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}
        await Live()(scope, receive, send)
        return sent

    start, body = asyncio.run(ask())

    assert start["status"] == status
    assert (b"vary", b"Origin") in start["headers"]
    assert "more_body" not in body


def test_it_runs_until_it_is_asked_to_stop(monkeypatch: pytest.MonkeyPatch):
    kept = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/healthz"
    answers: list[bytes] = []

    def ask_and_stop() -> None:
        with urllib.request.urlopen(url, timeout=20) as answer:
            answers.append(answer.read())
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(sys, "argv", ["live", f"--fd={listener.detach()}"])
    asking = threading.Thread(target=ask_and_stop)
    asking.start()
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        asking.join()
        for each, handler in kept.items():
            signal.signal(each, handler)

    assert (answers, ended.value.code) == ([b"ok"], None)


def test_who_has_left_is_forgotten():
    async def story() -> dict[str, object]:
        live = Live()
        browser = Browser(live)
        await browser.until(is_in)
        await browser.leave()
        return live.hub._events

    assert asyncio.run(story()) == {}


def test_a_subscription_that_ends_for_a_reason_nobody_foresaw_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(hub: object) -> None:
        raise ZeroDivisionError

    async def story() -> Sent:
        sent: Sent = []
        stopping = asyncio.Event()
        coming = iter(["lifespan.startup", "lifespan.shutdown"])
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)

        async def receive() -> dict[str, Any]:
            kind = next(coming)
            if kind == "lifespan.shutdown":
                await stopping.wait()  # as uvicorn does, after SIGTERM
            return {"type": kind}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async with asyncio.timeout(10):
            await Live()({"type": "lifespan"}, receive, send)
        return sent

    monkeypatch.setattr(server, "follow", broken)

    sent = asyncio.run(story())

    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.CRITICAL, "A part of it ended by itself.")
    ]
