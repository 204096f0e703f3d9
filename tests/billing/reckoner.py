"""The books of a test: what everybody is charged, kept plainly from a journal of what was done, day by day.

It is told what was agreed, booked, invoiced and closed, and when somebody looked (an act, or the renewal). What is due
it counts itself, by days; it never reads a charge.
"""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tests.members.plainly import first_of_month, months_owed


@dataclass
class Entry:
    """Something that was charged, and still counts; `invoice` is the paper that asks for it."""

    payer: int
    day: date
    kind: str
    rate: int | None
    yen: int
    invoice: int | None = None


@dataclass
class Member:
    """What is agreed with a member: rows of key, price, fee, first day and last, and the pauses."""

    payer: int
    renewal_day: int
    rows: list[tuple[int, int, int, date, date | None]] = field(default_factory=list)
    rests: list[tuple[date, date | None]] = field(default_factory=list)
    looked_at: date | None = None
    # What was charged for each month, by its first day and the key of what was agreed.
    months: dict[date, dict[int, list[Entry]]] = field(default_factory=dict)

    def has_news(self, day: date) -> bool:
        """Whether a month or another plan has begun since somebody looked."""
        if self.looked_at is None or first_of_month(day, self.renewal_day) > self.looked_at:
            return True
        return any(self.looked_at < first <= day for _key, _price, _fee, first, _last in self.rows)


class Books:
    """The books of one space."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        self.reversals: list[Entry] = []
        self.members: dict[int, Member] = {}
        self.closed: set[date] = set()
        self.paid: Tally[tuple[date, str]] = Tally()

    def all(self) -> Iterable[Entry]:
        """Everything that counts."""
        months = (
            each for member in self.members.values() for parts in member.months.values() for each in parts.values()
        )
        return (one for each in [*self.entries.values(), self.reversals, *months] for one in each)

    def look_at(self, key: int, day: date) -> None:
        """Charge what a membership owes on a day, its months up to that day and its fees, and correct what differs."""
        member = self.members[key]
        member.looked_at = day
        rows = [(row, price, first, last) for row, price, _fee, first, last in member.rows]
        billed = max((month for month, parts in member.months.items() if any(parts.values())), default=None)
        owed = months_owed(rows, member.rests, renewal_day=member.renewal_day, until=day, since=billed)
        for month in {*owed, *([billed] if billed else [])}:
            parts, there = owed.get(month, {}), member.months.setdefault(month, {})
            for row in {*parts, *there}:
                part = parts.get(row)
                yen, arises_on = (part.yen, max(month, part.first)) if part else (0, month)
                self._correct(there.setdefault(row, []), member.payer, yen, arises_on, day)
        self._charge_fee(key, member, day)

    def look_at_booking(self, key: int, payer: int, owed: tuple[str, int | None, int, date], day: date) -> None:
        """Charge what is owed for a booking (kind, rate, yen, day) in place of what was charged so far."""
        kind, rate, yen, arises_on = owed
        mine = self.entries[("booking", key)]
        if [(one.kind, one.rate, one.yen, one.day) for one in mine if one.invoice] == [owed] and len(mine) == 1:
            return
        self._take_back(mine, day)
        if yen:
            mine.append(Entry(payer, self._open_day(arises_on, day), kind, rate, yen))

    def invoice(self, up_to: date) -> dict[int, list[Entry]]:
        """What a round of invoices asks of each payer who owes something by a day."""
        waiting = defaultdict(list)
        for one in self.all():
            if one.invoice is None and one.day <= up_to:
                waiting[one.payer].append(one)
        return {payer: each for payer, each in waiting.items() if sum(one.yen for one in each) > 0}

    def void(self, invoice: int) -> None:
        """Let what an invoice asked for wait again."""
        for one in self.all():
            if one.invoice == invoice:
                one.invoice = None

    def figures(self, month: date) -> tuple[dict[tuple[str, int | None], int], dict[str, int]]:
        """What a month comes to: charges by kind and rate, payments by method."""
        charges: Tally[tuple[str, int | None]] = Tally()
        seen = set()
        for one in self.all():
            if one.day.replace(day=1) == month:
                charges[one.kind, one.rate] += one.yen
                seen.add((one.kind, one.rate))
        payments = {method: yen for (of, method), yen in self.paid.items() if of == month}
        return {key: charges[key] for key in seen}, payments

    def owed(self) -> Tally[int]:
        """What each payer was charged in all."""
        found: Tally[int] = Tally()
        for one in self.all():
            found[one.payer] += one.yen
        return found

    def _charge_fee(self, key: int, member: Member, day: date) -> None:
        begun = [
            fee
            for number, (_row, _price, fee, first, last) in enumerate(member.rows)
            if (number == 0 or first <= day) and (last is None or last >= first)
        ]
        wanted, mine = max(begun, default=0), self.entries[("fee", key)]
        if sum(one.yen for one in mine) > wanted:
            self._take_back(mine, day)
        if missing := wanted - sum(one.yen for one in mine):
            mine.append(Entry(member.payer, day, "sign_up", 10, missing))

    def _correct(self, mine: list[Entry], payer: int, yen: int, arises_on: date, day: date) -> None:
        """Let the entries of a month come to `yen`: those that wait in an open month anew, others by a correction."""
        if sum(one.yen for one in mine) == yen:
            return
        mine[:] = [one for one in mine if one.invoice or self._is_closed(one.day)]
        if missing := yen - sum(one.yen for one in mine):
            mine.append(Entry(payer, self._open_day(arises_on, day), "plan", 10, missing))

    def _take_back(self, mine: list[Entry], day: date) -> None:
        """Strike out what waits in an open month, and reverse the rest."""
        for one in mine:
            if one.invoice or self._is_closed(one.day):
                self.reversals += [one, Entry(one.payer, day, one.kind, one.rate, -one.yen)]
        mine.clear()

    def _is_closed(self, day: date) -> bool:
        return day.replace(day=1) in self.closed

    def _open_day(self, day: date, today: date) -> date:
        return today if self._is_closed(day) else day
