"""The real process with a real Redis: what readers hear, and when, and how it begins and ends."""

import json
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import LazySettings

from coworking.local import redis_server
from events.live import channel
from tests.events.live.processes import Following, Live, running

pytestmark = pytest.mark.real_time

SITE = "https://house.example"
LINE = channel.line("SEPT", 1, {"ja": '<li id="line-1">やあ</li>', "en": '<li id="line-1">Hi</li>'})
RUBBISH = [
    b"\xff",
    b"1",
    b'"a"',
    b"[]",
    b"{}",
    b'{"event": "SEPT", "kind": "line", "id": 1, "html": 3}',
    b'{"event": "SEPT", "kind": "line", "id": 1, "html": {}}',
    b'{"event": "SEPT", "kind": "hidden", "id": "1"}',
    b'{"event": "SEPT", "kind": "shouted", "id": 1}',
    b'{"event": ["SEPT"], "kind": "counts", "here": {}}',
]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("live") / "log", site_url=SITE, PGAPPNAME="live-under-test") as started:
        yield started


@pytest.fixture
def follow(live: Live, settings: LazySettings):
    """Call it for a reader of the event SEPT who is there already when it returns."""
    settings.LIVE_URL = live.url
    with ExitStack() as opened:

        def following(
            *, sees_wall: bool = True, language: str = "ja", last: str = "", event: str = "SEPT"
        ) -> Following:
            address = channel.address(event, sees_wall=sees_wall, language=language)
            reader = opened.enter_context(Following(address, last))
            reader.until("joined")
            return reader

        yield following


def path_for(event: str, token: str) -> str:
    return f"/events/{event}?token={token}&language=ja"


def test_two_readers_hear_a_line_within_two_seconds(follow):
    aiko, ben = follow(), follow(language="en")

    channel._send(LINE)

    assert aiko.until("line", seconds=2).text == '<li id="line-1">やあ</li>'
    assert ben.until("line", seconds=2).text == '<li id="line-1">Hi</li>'


def test_who_does_not_see_the_wall_hears_counts_and_no_lines(follow):
    stranger, guest = follow(sees_wall=False), follow()

    for message in (LINE, channel.hidden("SEPT", 1), channel.counts("SEPT", {3: 4})):
        channel._send(message)

    assert guest.until("counts", seconds=2).text == '{"3": 4}'
    assert stranger.until("counts", seconds=2).text == '{"3": 4}'
    assert {said.kind for said in stranger.heard} <= {"joined", "counts"}
    assert [said.kind for said in guest.heard[-3:]] == ["line", "hidden", "counts"]


def test_who_comes_back_hears_what_came_meanwhile(follow):
    reader = follow(event="LEFT")
    channel._send(channel.line("LEFT", 1, {"ja": "<li>一</li>"}))
    last = reader.until("line").id
    channel._send(channel.line("LEFT", 2, {"ja": "<li>二</li>"}))
    reader.until("line")

    back = follow(event="LEFT", last=last)

    assert [said.text for said in back.heard] == ["<li>二</li>", ""]


def test_a_stream_ends_when_the_right_to_it_lapses(live: Live, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(channel, "GOOD_FOR", timedelta(seconds=3))
    path = path_for("SHORT", channel.token("SHORT", sees_wall=True))
    with Following(live.url + path) as reader:
        reader.until("joined")
        channel._send(channel.line("SHORT", 1, {"ja": "<li>一</li>"}))
        assert reader.until("line").text == "<li>一</li>"

        reader.until("lapsed", seconds=6)

        reader.until_it_ends()
    assert live.get(path)[0] == 403


def test_a_stream_is_fit_for_proxies_and_for_the_site_alone(follow):
    headers = follow().headers

    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"
    assert (headers["Access-Control-Allow-Origin"], headers["Vary"]) == (SITE, "Origin")


def test_below_a_path_it_is_the_same(live: Live):
    with Following(f"{live.url}/live{path_for('SEPT', channel.token('SEPT', sees_wall=True))}") as reader:
        assert reader.status == 200
    assert live.get("/live/healthz")[2] == "ok"


def test_it_says_whether_it_is_well(live: Live):
    assert (live.get("/healthz")[0], live.get("/healthz")[2]) == (200, "ok")
    assert (live.get("/readyz")[0], live.get("/readyz")[2]) == (200, "ok")


@pytest.mark.parametrize(
    "path",
    [
        "/events/SEPT",
        "/events/SEPT?token=x",
        "/events/SEPT?token=%00",
        "/events/SEPT?token=",
        "/events/",
        "/events/%E3%81%82/x",
    ],
)
def test_a_wrong_token_is_refused_with_a_sentence(live: Live, path: str):
    status, headers, sentence = live.get(path)

    assert (status, sentence) == (403, "This address is not good any more: open the event's page again.")
    assert headers["Access-Control-Allow-Origin"] == SITE


def test_the_token_of_another_event_is_refused(live: Live):
    token = channel.token("MARCH", sees_wall=True)

    assert live.get(path_for("SEPT", token), "HEAD")[0] == 403
    assert live.get(path_for("MARCH", token), "HEAD")[0] == 200


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/healthz", 405), ("GET", "/live", 404)])
def test_other_questions_are_refused(live: Live, method: str, path: str, status: int):
    assert live.get(path, method)[0] == status


def test_looking_at_a_head_opens_no_stream(live: Live):
    path = path_for("SEPT", channel.token("SEPT", sees_wall=True))

    assert live.get(path, "HEAD")[::2] == (200, "")


def test_what_is_no_message_of_ours_harms_nobody(follow, live: Live, settings: LazySettings):
    reader = follow()

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for rubbish in RUBBISH:
            client.publish(channel.channel_name(), rubbish)
    channel._send(channel.counts("SEPT", {1: 2}))

    assert reader.until("counts", seconds=2).text == '{"1": 2}'
    assert live.get("/readyz")[0] == 200
    follow()  # what was no message is not told to newcomers either


def test_a_reader_who_takes_nothing_is_let_go_and_the_others_hear(follow, live: Live):
    slow = socket.create_connection(("127.0.0.1", int(live.url.rpartition(":")[2])))
    path = path_for("FULL", channel.token("FULL", sees_wall=True))
    slow.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    quick = follow(event="FULL")

    for number in range(1200):
        channel._send(channel.line("FULL", number, {"ja": "あ" * 4000}))
        if number % 100 == 99:  # what is published at once is not taken at once
            channel._send(channel.counts("FULL", {1: number}))
            quick.until("counts")

    assert sum(said.kind == "line" for said in quick.heard) == 1200
    received, slow_ended = b"", False
    slow.settimeout(10)
    while not slow_ended:
        piece = slow.recv(1 << 20)
        received += piece
        slow_ended = not piece or received.endswith(b"0\r\n\r\n")
    assert received.count(b"event: line") < 1200
    slow.close()


def test_it_never_speaks_to_the_database(follow, live: Live, db: None, settings: LazySettings):
    """It is given an address where no database is; and PostgreSQL knows nobody of its name."""
    reader = follow()
    channel._send(LINE)
    reader.until("line")

    where = settings.DATABASES["default"]
    with psycopg2.connect(
        dbname=where["NAME"], user=where["USER"], host=where["HOST"] or where["OPTIONS"].get("host")
    ) as asked:
        cursor = asked.cursor()
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'live-under-test'")
        assert cursor.fetchone() == (0,)
    asked.close()


def test_tokens_are_not_logged(follow, live: Live):
    follow()
    live.get("/events/SEPT?token=a-token-that-is-wrong")

    assert "token" not in live.said
    assert "SEPT" not in live.said


@pytest.fixture
def own_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings):
    """A Redis that a test may stop, with its address; in the end it is gone."""
    server, url = redis_server.start(tmp_path / "redis.log", venv=Path(sys.prefix))
    monkeypatch.setenv("REDIS_URL", url)
    settings.REDIS_URL = url
    yield server, url
    server.stop()


def test_readers_are_told_when_redis_is_lost_and_when_it_is_back(own_redis, tmp_path: Path, settings: LazySettings):
    server, url = own_redis
    with running(tmp_path / "live.log") as live, ExitStack() as readers:
        settings.LIVE_URL = live.url
        reader = readers.enter_context(Following(channel.address("SEPT", sees_wall=True, language="ja")))
        last = reader.until("joined").id
        server.stop()
        reader.until("lost", seconds=5)
        live.until_ready(503)
        late = readers.enter_context(Following(channel.address("SEPT", sees_wall=False, language="ja")))
        late.until("lost")
        well = live.get("/healthz")[0]

        again = restart(url, tmp_path / "redis-again.log")
        try:
            for each in (reader, late):
                each.until("reload", seconds=15)
            live.until_ready()
            tell(url, LINE)
            heard = reader.until("line", seconds=2)
            back = readers.enter_context(Following(channel.address("SEPT", sees_wall=True, language="ja"), last))
            back.until("reload", seconds=5)
            said = live.said
        finally:
            again.stop()

    assert well == 200
    assert heard.text == '<li id="line-1">やあ</li>'
    assert said.count("Redis is not heard") == 1
    assert url.split("@")[0] not in said


def restart(url: str, log: Path):
    """The same Redis once more, on its port and with its password."""
    password, port = re.search(r":(\w+)@127.0.0.1:(\d+)/", url).groups()
    return redis_server._spawn(log, redis_server.redis_server(Path(sys.prefix)), int(port), password)


def tell(url: str, message: channel.Message) -> None:
    with redis.Redis.from_url(url) as client:
        client.publish(channel.channel_name(), json.dumps(message))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_ends_the_streams_at_once(how: signal.Signals, tmp_path: Path, settings: LazySettings):
    with running(tmp_path / "log") as live, ExitStack() as opened:
        settings.LIVE_URL = live.url
        address = channel.address("SEPT", sees_wall=True, language="ja")
        readers = [opened.enter_context(Following(address)) for _ in range(20)]
        for reader in readers:
            reader.until("joined")
        began = time.monotonic()
        live.process.send_signal(how)
        code = live.process.wait(20)
        took = time.monotonic() - began
        for reader in readers:
            reader.until_it_ends(5)

    assert (code, took < 2) == (0, True)
    assert "Cancel" not in live.said
    assert "Traceback" not in live.said
