"""What Django's side and the process share: tokens, addresses, messages, and a Redis that is not there."""

import json
import logging
import socket
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import redis
import time_machine
from django.conf import LazySettings
from django.core import signing
from django.db import transaction
from django_redis.pool import ConnectionFactory

from events.live import channel
from events.live.channel import Reader
from tests.conftest import NOW

LINE = channel.line("SEPT", 1, {"ja": "<li>やあ</li>", "en": "<li>Hi</li>"})


@pytest.mark.parametrize("sees_wall", [True, False])
def test_a_token_says_which_event_and_whether_its_wall(sees_wall: bool):
    assert channel.reading(channel.token("SEPT", sees_wall=sees_wall)) == Reader("SEPT", sees_wall)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "日本",
        "\0",
        "WyJTRVBUIix0cnVlXQ",
        "WyJTRVBUIix0cnVlXQ:1xV8Hj:ooqgS3sMrpYYKZ_PC5ICFz9iNOOOGKnKhFQjUtJaBgU-200",
    ],
)
def test_what_is_no_token_opens_nothing(token: str):
    assert channel.reading(token) is None


def test_a_token_that_was_changed_opens_nothing():
    token = channel.token("SEPT", sees_wall=False)
    more = signing.b64_encode(b'["SEPT",true]').decode() + token[token.index(":") :]

    assert channel.reading(token) == Reader("SEPT", sees_wall=False)
    assert channel.reading(more) is None
    assert channel.reading(token[:-1]) is None
    assert channel.reading(signing.dumps(["SEPT", True], salt="something.else")) is None


def test_a_token_is_good_for_half_an_hour():
    token = channel.token("SEPT", sees_wall=True)

    with time_machine.travel(NOW + timedelta(minutes=29)):
        assert channel.reading(token) is not None
    with time_machine.travel(NOW + timedelta(minutes=31)):
        assert channel.reading(token) is None


def test_a_token_stays_good_while_the_key_is_changed(settings: LazySettings):
    token = channel.token("SEPT", sees_wall=True)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"

    assert channel.reading(token) == Reader("SEPT", True)


def test_an_address_carries_token_and_language(settings: LazySettings):
    settings.LIVE_URL = "https://house.example/live"

    address = urlsplit(channel.address("SEPT", sees_wall=True, language="en"))

    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://house.example/live/events/SEPT"
    assert channel.reading(asked["token"][0]) == Reader("SEPT", True)
    assert asked["language"] == ["en"]


def test_without_the_process_there_is_no_address(settings: LazySettings):
    settings.LIVE_URL = ""

    assert channel.address("SEPT", sees_wall=True, language="ja") == ""


@pytest.fixture
def listening(settings: LazySettings):
    """What is published on the channel of these tests, as JSON."""
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as subscription:
        subscription.subscribe(channel.channel_name())
        assert subscription.get_message(timeout=5)["type"] == "subscribe"
        yield lambda: [json.loads(said["data"]) for said in iter(lambda: subscription.get_message(timeout=0.3), None)]


def test_what_is_published_arrives_as_it_was_written(listening, db: None):
    channel._send(LINE)
    channel._send(channel.hidden("SEPT", 1))
    channel._send(channel.counts("SEPT", {12: 3}))

    assert listening() == [
        {"event": "SEPT", "kind": "line", "id": 1, "html": {"ja": "<li>やあ</li>", "en": "<li>Hi</li>"}},
        {"event": "SEPT", "kind": "hidden", "id": 1},
        {"event": "SEPT", "kind": "counts", "here": {"12": 3}},
    ]


@pytest.mark.django_db(transaction=True)
def test_it_is_told_only_when_it_is_committed(listening):
    with transaction.atomic():
        channel.publish(LINE)
        before = listening()
    after = listening()
    with transaction.atomic():
        channel.publish(LINE)
        transaction.set_rollback(True)

    assert (len(before), len(after), listening()) == (0, 1, [])


def test_two_houses_on_one_redis_have_channels_of_their_own(settings: LazySettings):
    settings.REDIS_URL = "redis://localhost:6379/3"
    third = channel.channel_name()
    settings.REDIS_URL = "redis://localhost:6379"

    assert (third, channel.channel_name()) == ("coworking:live:3", "coworking:live:0")


@pytest.fixture(params=["refuses", "is silent"])
def broken_redis(request: pytest.FixtureRequest, settings: LazySettings):
    """A REDIS_URL behind which nobody answers, either at once or ever."""
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    if request.param == "refuses":
        silent.close()
    caches = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{port}/0"}}
    settings.CACHES = caches
    yield
    ConnectionFactory._pools.pop(f"redis://127.0.0.1:{port}/0", None)
    silent.close()


def test_without_redis_nobody_is_held_up(broken_redis: None, caplog: pytest.LogCaptureFixture):
    began = time.perf_counter()
    channel._send(LINE)
    took = time.perf_counter() - began

    assert took < 1.5
    assert [(record.levelno, record.getMessage()[:52]) for record in caplog.records] == [
        (logging.WARNING, "Redis did not take what was to be told live of SEPT:")
    ]
