"""Writing drawn bookings as the lines of PostgreSQL's COPY."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from bench.filling.diary import Drawn
from bench.filling.tariff import Tariff
from bookings.reference import ALPHABET, LENGTH
from members.models import User

COLUMNS = (
    "reference", "resource_id", "starts_at", "ends_at", "seats", "user_id", "name", "person", "basis", "plan_id",
    "price", "booked_at", "checked_in_at", "checked_out_at", "check_out_estimated", "missed_at", "cancelled_at",
    "cancelled_by", "cancellation_fee", "sequence", "holds_seat", "is_exclusive",
)  # fmt: skip
NULL = r"\N"
REFERENCES = len(ALPHABET) ** LENGTH
A_PRIME = 2**31 - 1


class Lines:
    """The text that COPY reads, given piece by piece, so that a million rows need no memory."""

    def __init__(self, bookings: Iterable[Drawn], people: list[User], now: datetime, draw: random.Random) -> None:
        self._tariff = Tariff()
        self._people = [f"{user.pk}\t{user.display_name}\t{user.email}" for user in people]
        self._now = now
        self._draw = draw
        self._lines = (self._line(number, drawn) for number, drawn in enumerate(bookings))

    def read(self, size: int = 8192) -> str:
        """Some lines, whatever the size asked for; nothing at the end."""
        return "".join(islice(self._lines, 500))

    def _line(self, number: int, drawn: Drawn) -> str:
        resource, starts_at, ends_at = drawn.resource, drawn.starts_at, drawn.ends_at
        # In turn: so nobody is in two bookings of one day, nor of two days in a row.
        person = self._people[number % len(self._people)]
        line = self._tariff.line(resource, ends_at - starts_at)
        booked_at = min(self._now, starts_at - timedelta(minutes=self._draw.randrange(30, 20_000)))
        return (
            f"{reference(number)}\t{resource.pk}\t{starts_at}\t{ends_at}\t1\t{person}"
            f"\t{line.basis}\t{line.plan_id or NULL}\t{line.price}\t{booked_at}\t{self._what_became(drawn)}"
            f"\t0\t0\t{resource.is_seats}\t{resource.capacity == 1}\n"
        )

    def _what_became(self, drawn: Drawn) -> str:
        """Checked in, checked out, estimated, missed, cancelled, by whom."""
        luck = self._draw.random()
        if luck < 0.06:
            cancelled_at = min(self._now, drawn.starts_at)
            return f"{NULL}\t{NULL}\tf\t{NULL}\t{cancelled_at}\tperson"
        if drawn.starts_at > self._now:
            return f"{NULL}\t{NULL}\tf\t{NULL}\t{NULL}\t"
        if drawn.ends_at > self._now:
            return f"{drawn.starts_at}\t{NULL}\tf\t{NULL}\t{NULL}\t"
        if luck < 0.10:
            return f"{NULL}\t{NULL}\tf\t{drawn.ends_at}\t{NULL}\t"
        return f"{drawn.starts_at}\t{drawn.ends_at}\t{luck > 0.95}\t{NULL}\t{NULL}\t"


def reference(number: int) -> str:
    """A reference for each number, none twice, since a prime shares no divisor with the number of references."""
    rest = number * A_PRIME % REFERENCES
    letters = []
    for _ in range(LENGTH):
        rest, letter = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)
