"""The pieces of bin/bench against the real server, on a PostgreSQL that flushes as in production."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import pytest

from bench import house, live, notices_rate
from bench.asking import ask, send
from bench.bounds import bounds
from bench.checking import broken_in
from bench.clients.wire import get
from bench.house import Filled
from bench.notices_rate import CONFIRMED, EMPTY, MAILED, NOTHING, deliver
from bench.pages import SPACE, SPACE_PAGE, WEEK, pages
from bench.posts import Bookers
from bench.queries import counting
from bench.race import race
from bench.server import Server
from bench.services import Services, services
from bench.verdict import MOST_QUERIES
from bench.visits import Visitors
from bench.weight import weigh
from tests.conftest import JAPAN

pytestmark = pytest.mark.real_time
SEATS, RUNS = 5, 2


@dataclass(frozen=True)
class Open:
    """A house with some bookings, and its doors open."""

    own: Services
    filled: Filled
    server: Server


@pytest.fixture(scope="module")
def open_house() -> Iterator[Open]:
    with services() as own:
        house.found(own, spaces=4, race_seats=SEATS)
        filled = house.fill(own, 1000, race_seats=SEATS, race_runs=RUNS)
        with house.opened(own, filled) as server:
            yield Open(own, filled, server)


def test_of_forty_people_who_want_five_seats_exactly_five_win(open_house: Open):
    races = race(open_house.own, open_house.server.port, open_house.filled, SEATS)

    assert [(one.won, one.seated, one.refused, one.wrong) for one in races] == [(5, 5, 35, [])] * RUNS
    assert broken_in(open_house.own, open_house.filled.database) == []


def test_every_page_is_there_and_a_space_asks_little_of_the_database(open_house: Open):
    with counting(open_house.own) as count:
        for page in pages(open_house.filled, datetime.now(JAPAN).date()):
            asked = count(lambda page=page: ask(open_house.server.port, page.request))
            most = MOST_QUERIES if page.name in (SPACE_PAGE, WEEK) else 12
            assert 0 < len(asked.statements) <= most, (page, asked.statements)
            status = ask(open_house.server.port, page.request).status
            assert status == 200, (page, open_house.server.log.read_text()[-3000:])


def test_running_a_prepared_statement_counts_and_preparing_it_does_not(open_house: Open):
    opened = open_house.own.connect()
    with closing(opened), opened.cursor() as cursor, counting(open_house.own) as count:
        prepared = count(lambda: cursor.execute("PREPARE once AS SELECT 2"))
        run = count(lambda: cursor.execute("EXECUTE once"))

    assert prepared.statements == []
    assert run.statements == ["EXECUTE once"]


def test_clients_book(open_house: Open):
    bookers = Bookers(open_house.server.port, open_house.filled)

    posted = bookers.post(clients=2, seconds=0.5)
    walked = bookers.walk(clients=2, seconds=0.5)

    assert set(posted.statuses) == {302}
    assert set(walked.statuses) == {200}


def test_a_worker_delivers_and_does_nothing(open_house: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notices_rate, "COUNTS", {NOTHING: 1000, EMPTY: 1500, MAILED: 700, CONFIRMED: 20})

    delivered = deliver(open_house.own, open_house.filled.database, rounds=1)

    assert min(delivered.nothing, delivered.empty) > 0
    assert delivered.mailed > 0
    assert delivered.share == delivered.mailed / delivered.nothing
    assert delivered.not_sent == 0
    copies = "SELECT channel, count(*) FROM notices_sentcopy GROUP BY channel"
    assert open_house.own.ask(copies, open_house.filled.database) == [("mail", 20)]  # of the last turn


def test_readers_hear_new_lines_while_others_ask_for_pages(open_house: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "READERS", 20)
    page = get("/spaces/")

    with live.audience(open_house.own, open_house.filled) as audience:
        asked = audience.follows(lambda: send(open_house.server.port, [[page]], clients=2, seconds=1.5).sample())

    assert set(asked.statuses) == {200}
    assert len(audience.delays) >= 20 * 2 - 20  # the first line may have been told before all were listening
    assert len(audience.delays) % 20 == 0
    assert max(audience.delays) < 2
    assert audience.closed == 0


def test_visitors_redeem_tickets_and_each_seat_is_there(open_house: Open):
    visitors = Visitors(open_house.server.port, open_house.filled)

    with counting(open_house.own) as count:
        asked = count(visitors.once)
    posted = visitors.post(clients=2, seconds=0.5)

    by_ticket = "SELECT count(*) FROM bookings_booking WHERE basis = 'ticket'"
    [[redeemed]] = open_house.own.ask(by_ticket, open_house.filled.database)
    assert set(posted.statuses) == {303}
    assert redeemed == 1 + len(posted.statuses)
    assert len(asked.statements) <= 20, asked.statements
    assert broken_in(open_house.own, open_house.filled.database) == []


def test_the_first_view_of_a_space_is_light_and_from_one_host(open_house: Open):
    weight = weigh(open_house.server.port, f"/spaces/{SPACE}/")

    assert weight.total <= 100_000, weight.bytes
    assert len(weight.bytes) <= 6, weight.bytes
    assert weight.hosts == []


def test_the_bounds_answer(open_house: Open):
    with bounds(open_house.own, 2000) as bare:
        assert set(bare.hello(2, 0.2).statuses) == {200}
        assert set(bare.one_query(2, 0.2).statuses) == {200}
        assert set(bare.book(2, 0.2).statuses) == {201}
        assert bare.smallest(2, 0.2).count > 0
        page = ask(bare.port, f"GET /day/?place=7&from={datetime.now(JAPAN):%Y-%m-%d}T00:00 HTTP/1.0\r\n\r\n")
        assert page.text.count("<li>") >= 1


def test_a_burst_asks_everything_at_once(open_house: Open):
    outcome = send(open_house.server.port, [["GET /spaces/ HTTP/1.0\r\n\r\n"]] * 12, keeps=True)

    assert len(outcome.answers) == 12
