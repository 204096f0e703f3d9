"""The rows of a bank's list as the page shows them, and those that are noted.

What came in is always the list's own; a form says only which rows are meant, who paid and for which invoice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from billing.bank_list import BankList, BankRow
from billing.ledger import OpenInvoice, open_invoices
from billing.matching import Certainty, Proposal, listed
from billing.noting import Chosen, proposals
from bookings.admin.money.bank_choice import OTHER, Choice, first_choice, meant, name_of, sent_choice
from bookings.admin.money.payers import Payers
from spaces.models import Space

# A row has three fields at most, and a form as many as DATA_UPLOAD_MAX_NUMBER_FIELDS allows (1,000).
ROWS_SHOWN = 300
CANDIDATES_SHOWN = 10
NOTED, REFUSED = "noted", "refused"


@dataclass(frozen=True)
class Wish:
    """An invoice that a candidate may have meant; `who` is what a form says for it."""

    who: str
    owed: OpenInvoice


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be chosen, with their open invoices."""

    key: int
    name: str
    label: str
    owed: list[OpenInvoice]

    @property
    def who(self) -> str:
        """What a form says for this payer without an invoice."""
        return str(self.key)

    @property
    def wishes(self) -> list[Wish]:
        return [Wish(f"{self.key}:{one.invoice.pk}", one) for one in self.owed]

    @property
    def open(self) -> int:
        """All that is open, in yen."""
        return sum(one.open for one in self.owed)


@dataclass(frozen=True)
class Line:
    """A row on the page."""

    row: BankRow
    proposal: Proposal
    choice: Choice
    candidates: list[Candidate]
    problem: str

    @property
    def name(self) -> str:
        return name_of(self.row)

    @property
    def certainty(self) -> str:
        """What the row is marked with."""
        return NOTED if self.proposal.noted else REFUSED if self.proposal.refused else self.proposal.certainty

    @property
    def may_be_noted(self) -> bool:
        return not (self.proposal.noted or self.proposal.refused)


@dataclass
class Sheet:
    """A part of a list on the page; parts count from 0. `sent` is the form, None where the list is looked at first."""

    space: Space
    bank_list: BankList
    now: datetime
    part: int = 0
    sent: Mapping[str, str] | None = None
    problems: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.part = min(max(self.part, 0), self.last_part)

    # The list

    @property
    def last_part(self) -> int:
        return max(len(self.bank_list.rows) - 1, 0) // ROWS_SHOWN

    @property
    def first_row(self) -> int:
        """The number of the first row of this part, from 1."""
        return self.part * ROWS_SHOWN + 1

    @property
    def rows(self) -> Sequence[BankRow]:
        """The rows of this part."""
        return self.bank_list.rows[self.first_row - 1 : self.first_row - 1 + ROWS_SHOWN]

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1

    @property
    def came_in(self) -> int:
        """All that came in by the whole list, in yen."""
        return sum(row.yen for row in self.bank_list.rows)

    @property
    def waiting(self) -> int:
        """How many rows of this part could be noted."""
        return sum(not (one.noted or one.refused) for one in self.proposals)

    # What the database knows

    @cached_property
    def payers(self) -> Payers:
        return Payers(self.space)

    @cached_property
    def owed(self) -> dict[int, list[OpenInvoice]]:
        """Open invoices by payer, in the order in which debts are paid."""
        found: dict[int, list[OpenInvoice]] = defaultdict(list)
        for one in open_invoices(self.space, today=self.space.today(self.now)):
            found[one.invoice.payer_id].append(one)
        return found

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Of this part; they are made over the whole list, as what one row pays is no longer open for the next."""
        every = proposals(self.space, self.bank_list.rows, self.payers.for_matching(), today=self.space.today(self.now))
        return every[self.first_row - 1 : self.last_row]

    @cached_property
    def lines(self) -> list[Line]:
        """The rows of this part with all that the page says of them."""
        return [self._line(one) for one in self.proposals]

    @property
    def ticked(self) -> list[Line]:
        return [line for line in self.lines if line.choice.ticked]

    @property
    def ticked_yen(self) -> int:
        return sum(line.row.yen for line in self.ticked)

    @property
    def can_be_noted(self) -> bool:
        return any(line.may_be_noted for line in self.lines)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows of this part are how certain."""
        found = Counter(line.certainty for line in self.lines)
        return [(name, found[name]) for name in (*Certainty, NOTED, REFUSED) if found[name]]

    # What was chosen

    def chosen(self) -> list[Chosen]:
        """The rows that were ticked, with who paid; `problems` has a sentence for each that can't be understood."""
        return list(self._chosen())

    def _chosen(self) -> Iterator[Chosen]:
        if self.sent is None:
            return
        for row in self.rows:
            choice = sent_choice(row, self.sent)
            if not (choice.ticked or choice.words):
                continue
            try:
                yield Chosen(row, *meant(choice, self.payers))
            except ValidationError as error:
                self.problems[row.key] = " ".join(error.messages)

    # How it is shown

    def _line(self, proposal: Proposal) -> Line:
        problem = self.problems.get(proposal.row.key, "")
        if proposal.noted or proposal.refused:
            return Line(proposal.row, proposal, Choice(False, ""), [], problem)
        choice = self._choice(proposal)
        return Line(proposal.row, proposal, choice, self._candidates(proposal, choice), problem)

    def _candidates(self, proposal: Proposal, choice: Choice) -> list[Candidate]:
        """Who was chosen, who is proposed or could be, and whom the words may mean."""
        keys = [self.payers.key_said(choice.payer), proposal.payer, *proposal.could_be]
        if choice.who == OTHER:
            keys += self.payers.named(choice.words)
        shown = dict.fromkeys(key for key in keys if key in self.payers.by_key)
        return [self._candidate(key) for key in list(shown)[:CANDIDATES_SHOWN] if key]

    def _candidate(self, key: int) -> Candidate:
        name = self.payers.by_key[key].display_name
        return Candidate(key, name, self.payers.labels[key], self.owed.get(key, []))

    def _choice(self, proposal: Proposal) -> Choice:
        if self.sent is None:
            return first_choice(proposal)
        choice = sent_choice(proposal.row, self.sent)
        if choice.words and len(found := self.payers.named(choice.words)) == 1:
            return Choice(choice.ticked, str(found[0]))
        return choice


def told(sheet: Sheet) -> str:
    """In which lines something can't be understood."""
    lines = listed(str(row.line) for row in sheet.rows if row.key in sheet.problems)
    return _("Nothing was noted. Look at line %(lines)s.") % {"lines": lines}
