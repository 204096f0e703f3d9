"""Booking over HTTP: people who are signed in send the form of the quote page, each for a place that is free."""

from bench.asking import Outcome, ask, send
from bench.booking_form import look_at_quote, quote_request
from bench.clients.wire import get
from bench.house import Filled

POST, WALK = "booking post", "booking walk"
MOST = 3000  # bookings in one turn


class Bookers:
    """Browsers and free places on one server; each place is used once."""

    def __init__(self, port: int, filled: Filled) -> None:
        self._port = port
        self._left = list(filled.targets)
        self._browsers = [
            look_at_quote(port, self._left[-1 - number], session)[0] for number, session in enumerate(filled.bookers)
        ]
        example = {target[0]: target for target in self._left}
        self._prices = {space: look_at_quote(port, target, filled.bookers[0])[1] for space, target in example.items()}

    def post(self, clients: int, seconds: float) -> Outcome:
        """Only the post that books."""
        return self._send([[self._booking(target)] for target in self._left[:MOST]], clients, seconds)

    def once(self) -> None:
        """One booking, outside any measurement."""
        ask(self._port, self._booking(self._left.pop()))

    def walk(self, clients: int, seconds: float) -> Outcome:
        """The quote page, the post, and the page of the booking that it leads to."""
        errands = []
        for target in self._left[:MOST]:
            cookies = self._browsers[target[4]].cookies
            errands.append([quote_request(target, cookies), self._booking(target), get("{location}", cookies)])
        return self._send(errands, clients, seconds)

    def _booking(self, target: list[object]) -> str:
        return self._browsers[int(str(target[4]))].booking(target, self._prices[str(target[0])])

    def _send(self, errands: list[list[str]], clients: int, seconds: float) -> Outcome:
        outcome = send(self._port, errands, clients=clients, seconds=seconds, repeats=False)
        self._left = self._left[outcome.taken :]
        if not self._left:
            raise SystemExit("bin/bench: every free place is booked; take more --spaces or shorter --seconds.")
        return outcome
