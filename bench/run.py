"""One run of bin/bench from the first table to the last figure."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bench import house
from bench.asking import Outcome, ask, send
from bench.bounds import BARE_BOOKING, HELLO, ONE_QUERY, SMALLEST, Bounds, bounds
from bench.checking import broken_in
from bench.figures import Sample
from bench.findings import Findings, grown
from bench.house import Filled
from bench.live import MANY, NOBODY, Audience, audience
from bench.notices_rate import deliver
from bench.options import Options
from bench.pages import FIND, SIGNED_IN, SPACE, SPACE_PAGE, VISITOR, WEEK, Page, pages
from bench.posts import POST, WALK, Bookers
from bench.queries import Asked, counting
from bench.race import race
from bench.rounds import Row
from bench.server import Server
from bench.services import Services, services
from bench.visits import REDEEM, Visitors
from bench.weight import weigh
from coworking.local.progress import say

CLIENTS = (1, 8)


class Bench:
    """The parts of a run, on databases and servers that are up."""

    def __init__(self, wanted: Options, own: Services, filled: list[Filled], servers: list[Server]) -> None:
        self.wanted = wanted
        self.own = own
        self.filled, self.servers = filled, servers
        self.main, self.server = filled[-1], servers[-1]
        self.today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
        self.found = Findings(sizes=[one.bookings for one in filled])
        needs_bookers = {"bookings", "live", "growth"} & wanted.parts
        self.bookers = [Bookers(server.port, one) for one, server in zip(filled, servers, strict=True) if needs_bookers]

        self.visitors = Visitors(self.server.port, self.main) if "bookings" in wanted.parts else None

    def measure(self, bare: Bounds) -> Findings:
        if "weight" in self.wanted.parts:
            self.found.weight = weigh(self.server.port, f"/spaces/{SPACE}/")
        # Warm first: a new connection asks PostgreSQL for the keys of two types, which is no page's doing.
        self._warm_up()
        self._count_queries()
        for clients in CLIENTS:
            self._add_rows(bare, clients)
        if self.found.audience:
            self._add_followed(self.found.audience)
        if "growth" in self.wanted.parts:
            self._add_growth()
        self.found.rounds.go(self.wanted.rounds, self.wanted.patience)
        if "race" in self.wanted.parts:
            self.found.races = race(self.own, self.server.port, self.main, self.wanted.race_seats)
        if "notices" in self.wanted.parts:
            self.found.delivered = deliver(self.own, self.main.database, self.wanted.rounds)
        self.found.broken = [wrong for one in self.filled for wrong in broken_in(self.own, one.database)]
        return self.found

    def _count_queries(self) -> None:
        with counting(self.own) as count:
            for page in pages(self.main, self.today):
                asked = count(partial(ask, self.server.port, page.request))
                self.found.queries[page.name, page.who] = asked
                self._show(f"{page.name}, {page.who}", asked)
            if self.bookers:
                asked = count(self.bookers[-1].once)
                self.found.queries[POST, SIGNED_IN] = asked
                self._show(POST, asked)
            if self.visitors:
                asked = count(self.visitors.once)
                self.found.queries[REDEEM, VISITOR] = asked
                self._show(REDEEM, asked)

    def _show(self, what: str, asked: Asked) -> None:
        if self.wanted.show_sql:
            say("\n".join([f"{what}:", *(f"  {statement}" for statement in asked.statements)]))

    def _warm_up(self) -> None:
        """Both workers of every server have loaded and cached what they ever will."""
        for one, server in zip(self.filled, self.servers, strict=True):
            requests = [[page.request] for page in pages(one, self.today)]
            answers = send(server.port, requests * 4, clients=4, seconds=60, repeats=False)
            if set(answers.statuses) != {200}:
                raise SystemExit(f"bin/bench: not every page answers with 200: {answers.sample().statuses}.")

    def _add_rows(self, bare: Bounds, clients: int) -> None:
        timed = partial(self._timed, clients)
        add = self.found.rounds.add
        if "pages" in self.wanted.parts:
            add(Row(HELLO, "", clients), timed(bare.hello))
            add(Row(ONE_QUERY, "", clients), timed(bare.one_query))
            for page in pages(self.main, self.today):
                add(Row(page.name, page.who, clients), timed(partial(self._ask_for, self.server, page)))
        if self.visitors:
            add(Row(SMALLEST, "", clients), partial(bare.smallest, clients, self.wanted.seconds))
            add(Row(BARE_BOOKING, "", clients), timed(bare.book))
            add(Row(POST, SIGNED_IN, clients), timed(self.bookers[-1].post))
            add(Row(REDEEM, VISITOR, clients), timed(self.visitors.post))
            add(Row(WALK, SIGNED_IN, clients), timed(self.bookers[-1].walk))

    def _add_followed(self, audience: Audience) -> None:
        """One right after the other, in each round."""
        for clients in CLIENTS:
            booking = self._timed(clients, self.bookers[-1].post)
            self.found.rounds.add(Row(POST, NOBODY, clients), booking)
            self.found.rounds.add(Row(POST, MANY, clients), partial(audience.follows, booking))

    def _add_growth(self) -> None:
        for name in (SPACE_PAGE, WEEK, FIND):
            for one, server in zip(self.filled, self.servers, strict=True):
                page = next(page for page in pages(one, self.today) if (page.name, page.who) == (name, VISITOR))
                self.found.rounds.add(grown(name, one.bookings), self._timed(1, partial(self._ask_for, server, page)))
        for one, bookers in zip(self.filled, self.bookers, strict=True):
            self.found.rounds.add(grown(POST, one.bookings), self._timed(1, bookers.post))

    def _ask_for(self, server: Server, page: Page, clients: int, seconds: float) -> Outcome:
        return send(server.port, [[page.request]], clients=clients, seconds=seconds)

    def _timed(self, clients: int, act: Callable[[int, float], Outcome]) -> Callable[[], Sample]:
        return lambda: act(clients, self.wanted.seconds).sample()


def run(wanted: Options) -> Findings:
    """Start everything, measure, and leave nothing behind."""
    with ExitStack() as stack:
        own = stack.enter_context(services())
        house.found(own, spaces=wanted.spaces, race_seats=wanted.race_seats)
        filled = [
            house.fill(own, size, race_seats=wanted.race_seats, race_runs=wanted.race_runs) for size in wanted.sizes
        ]
        bare = stack.enter_context(bounds(own, wanted.bookings))
        servers = [stack.enter_context(house.opened(own, one)) for one in filled]
        bench = Bench(wanted, own, filled, servers)
        if "live" in wanted.parts:
            bench.found.audience = stack.enter_context(audience(own, filled[-1]))
        return bench.measure(bare)
