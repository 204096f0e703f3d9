"""The race: eight times as many people as there are seats want the same two hours at the same moment."""

from collections import Counter
from dataclasses import dataclass

from bench.asking import send
from bench.booking_form import look_at_quote, refusal_in
from bench.house import Filled
from bench.services import Services

SEATED = """
SELECT count(*) FROM bookings_booking
WHERE resource_id = {resource} AND starts_at = '{starts}'::timestamp AT TIME ZONE 'Asia/Tokyo'
  AND cancelled_at IS NULL AND missed_at IS NULL
"""


@dataclass(frozen=True)
class Race:
    """How one race went; `wrong` says what must not be."""

    seats: int
    runners: int
    won: int
    seated: int
    refused: int
    seconds: float
    slowest: float
    wrong: list[str]


def race(services: Services, port: int, filled: Filled, seats: int) -> list[Race]:
    """As many races as the database has days for, one after the other."""
    looked = [look_at_quote(port, filled.races[0], session) for session in filled.racers]
    price = looked[0][1]
    return [
        _one(services, port, filled, seats, [browser.booking(target, price) for browser, _ in looked], target)
        for target in filled.races
    ]


def _one(services: Services, port: int, filled: Filled, seats: int, requests: list[str], target: list[object]) -> Race:
    deadlocks = services.deadlocks()
    outcome = send(port, [[request] for request in requests], keeps=True)
    _, resource, starts, _, _ = target
    [[seated]] = services.ask(SEATED.format(resource=resource, starts=starts), filled.database)
    statuses = Counter(answer.status for answer in outcome.answers)
    won = [answer.headers.get("location", "") for answer in outcome.answers if answer.status == 302]
    refusals = [answer for answer in outcome.answers if 400 <= answer.status < 500]
    wrong = []
    if not len(won) == len(set(won)) == seated == seats:
        wrong.append(f"{len(won)} were told they had won and {seated} are seated, for {seats} seats")
    if len(refusals) != len(requests) - seats or not all(refusal_in(answer.text) for answer in refusals):
        wrong.append(f"not every loser got a refusal with a sentence: {dict(statuses)}")
    if services.deadlocks() > deadlocks:
        wrong.append("PostgreSQL broke a deadlock")
    return Race(
        seats=seats,
        runners=len(requests),
        won=len(won),
        seated=int(str(seated)),
        refused=len(refusals),
        seconds=outcome.seconds,
        slowest=max(outcome.latencies),
        wrong=wrong,
    )
