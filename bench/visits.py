"""Redeeming over HTTP: visitors without an account send the form of a ticket's page, each for a seat that is free."""

from urllib.parse import urlencode

from bench.asking import Outcome, ask, send
from bench.booking_form import forms_in
from bench.clients.wire import get, post
from bench.house import Filled

REDEEM = "redeeming a ticket"
MOST = 3000  # visits in one turn


class Visitors:
    """Tickets that are nobody's yet on one server; each is redeemed once, by a visitor of its own."""

    def __init__(self, port: int, filled: Filled) -> None:
        self._port = port
        self._left = list(filled.visits)
        code, space, day = self._left.pop()
        answer = ask(port, get(f"/ticket/{code}/?{urlencode({'space': space, 'day': day})}"))
        form = next((form for form in forms_in(answer.text) if "form_key" in form), None)
        if answer.status != 200 or form is None:
            raise SystemExit(f"bin/bench: the page of a ticket has no form that redeems it (status {answer.status}).")
        self._token, self._cookies = form["csrfmiddlewaretoken"], answer.cookies

    def post(self, clients: int, seconds: float) -> Outcome:
        """Only the post that redeems."""
        errands = [[self._visit(visit)] for visit in self._left[:MOST]]
        outcome = send(self._port, errands, clients=clients, seconds=seconds, repeats=False)
        self._left = self._left[outcome.taken :]
        if not self._left:
            raise SystemExit("bin/bench: every ticket is redeemed; take shorter --seconds or fewer --rounds.")
        return outcome

    def once(self) -> None:
        """One visit, outside any measurement."""
        ask(self._port, self._visit(self._left.pop()))

    def _visit(self, visit: list[str]) -> str:
        code, space, day = visit
        who = {"name": "客野 一", "email": f"{code.lower()}@bench.example", "agrees": "on"}
        wished = {"space": space, "day": day, "form_key": code, "csrfmiddlewaretoken": self._token}
        return post(f"/ticket/{code}/", wished | who, self._cookies)
