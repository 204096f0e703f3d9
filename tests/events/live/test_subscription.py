"""The one subscription, within this process: what it hears, and a Redis that goes, comes back or falls silent."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
import redis
from django.conf import LazySettings, settings

from events.live import channel, ending, subscription
from events.live.channel import Reader
from events.live.ending import end
from events.live.hub import Hub
from tests.events.live.processes import cut_off
from tests.events.live.streams import events_in

pytestmark = pytest.mark.real_time
Story = Callable[[Hub], Awaitable[list[str]]]


def told(story: Story) -> list[str]:
    """Tell a story while a hub follows Redis; it returns what was noted of it."""

    async def tell() -> list[str]:
        hub = Hub()
        following = asyncio.create_task(subscription.follow(hub))
        try:
            async with asyncio.timeout(20):
                return await story(hub)
        finally:
            await end(following)

    return asyncio.run(tell())


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


def publish(said: bytes) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.publish(channel.channel_name(), said)


def test_what_is_published_is_handed_on_and_what_is_no_message_is_left():
    async def story(hub: Hub) -> list[str]:
        await until(lambda: hub.hears)
        listener = hub.join(Reader("SEPT", sees_wall=True), "ja")
        await listener.take()
        await asyncio.to_thread(publish, b"no message")
        channel._send(channel.counts("SEPT", {1: 2}))
        return [said.text for said in events_in((await listener.take()).decode())]

    assert told(story) == ['{"1": 2}']


def test_after_a_cut_it_subscribes_anew_and_says_that_something_may_be_missing(caplog: pytest.LogCaptureFixture):
    async def story(hub: Hub) -> list[str]:
        await until(lambda: hub.hears)
        listener = hub.join(Reader("SEPT", sees_wall=True), "ja")
        await listener.take()
        heard: list[str] = []
        await asyncio.to_thread(cut_off)
        while "reload" not in heard:
            heard += [said.kind for said in events_in((await listener.take()).decode())]
        return heard

    assert told(story) == ["lost", "reload"]
    assert [record.getMessage()[:20] for record in caplog.records if record.levelno == logging.WARNING] == [
        "Redis is not heard, "
    ]


def test_a_quiet_redis_is_asked_and_stays_heard(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(subscription, "SILENCE", 0.05)

    async def story(hub: Hub) -> list[str]:
        await until(lambda: hub.hears)
        await asyncio.sleep(0.5)  # several questions
        return [str(hub.hears)]

    assert told(story) == ["True"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_redis_that_has_gone_mute_is_left(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings, caplog: pytest.LogCaptureFixture
):
    """As when the network swallows everything: nothing comes, and no end of the connection either."""
    monkeypatch.setattr(subscription, "SILENCE", 0.05)
    tried = 0

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tried
        tried += 1
        while said := await reader.read(4096):
            writer.write(b"+OK\r\n" * said.count(b"CLIENT"))  # who introduces themselves is heard, and then nobody
        writer.close()

    async def story() -> None:
        async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
            settings.REDIS_URL = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0?protocol=2"
            following = asyncio.create_task(subscription.follow(Hub()))
            try:
                async with asyncio.timeout(20):
                    await until(lambda: tried >= 2)
            finally:
                await end(following)

    asyncio.run(story())

    assert "it has said nothing for" in caplog.text


def test_what_does_not_heed_a_first_cancellation_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ending, "PATIENCE", 0.01)
    heeded = []

    async def stubborn() -> None:
        while len(heeded) < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                heeded.append(True)

    async def story() -> None:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        await end(task)

    asyncio.run(story())

    assert len(heeded) == 3
