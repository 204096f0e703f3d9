"""The rows of a bank's list as the page shows them, and what somebody chose of them.

A row is named by its key, so that a choice stays with its row. What came in is always the list's own; a form says
only which rows are meant, who paid and for which invoice.
"""

import re
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
from bookings.admin.money.payers import Payers
from spaces.models import Space

# A row has three fields at most, and a form as many as DATA_UPLOAD_MAX_NUMBER_FIELDS allows (1,000).
ROWS_SHOWN = 300
CANDIDATES_SHOWN = 10
OTHER = "other"
NOTED, REFUSED = "noted", "refused"
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Choice:
    """What was chosen of a row. `who` is a payer, or a payer and an invoice: 12, 12:34; OTHER, if `words` say it."""

    ticked: bool
    who: str
    words: str = ""


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
        for row in self.rows:
            choice = self._sent(row)
            if choice is None or not (choice.ticked or choice.words):
                continue
            try:
                if not choice.ticked:
                    raise ValidationError(_("Somebody is named here, but the row is not ticked."), code="not_ticked")
                yield Chosen(row, *self._meant(choice))
            except ValidationError as error:
                self.problems[row.key] = " ".join(error.messages)

    def _sent(self, row: BankRow) -> Choice | None:
        if self.sent is None:
            return None
        name = name_of(row)
        who = self.sent.get(f"who-{name}", OTHER)
        words = self.sent.get(f"words-{name}", "").strip() if who == OTHER else ""
        return Choice(f"take-{name}" in self.sent, who, words)

    def _meant(self, choice: Choice) -> tuple[int, int | None]:
        """The payer and the invoice of a choice. Raises ValidationError if it says nobody, or several."""
        if choice.who == OTHER:
            return self._payer_named(choice.words), None
        payer, _colon, invoice = choice.who.partition(":")
        known = {str(key): key for key in self.payers.by_key}
        if payer not in known:
            raise ValidationError(_("Say who paid."), code="nobody")
        # Whose the invoice is, and whether it is of this space, is asked where it is noted.
        return known[payer], int(invoice) if _NUMBER.fullmatch(invoice) else None

    def _payer_named(self, words: str) -> int:
        if not words:
            raise ValidationError(_("Say who paid."), code="nobody")
        found = self.payers.named(words)
        if not found:
            raise ValidationError(_("Nobody here is called “%(words)s”."), code="unknown", params={"words": words[:60]})
        if len(found) > 1:
            raise ValidationError(
                _("“%(words)s” may be several people. Choose one of them."),
                code="several",
                params={"words": words[:60]},
            )
        return found[0]

    # How it is shown

    def _line(self, proposal: Proposal) -> Line:
        row = proposal.row
        may_be_noted = not (proposal.noted or proposal.refused)
        choice = self._choice(proposal) if may_be_noted else Choice(False, "")
        keys = [proposal.payer, *proposal.could_be]
        payer = choice.who.partition(":")[0]
        if choice.who == OTHER and choice.words:
            keys += self.payers.named(choice.words)
        elif payer.isdecimal():
            keys.insert(0, next((key for key in self.payers.by_key if str(key) == payer), None))
        shown = list(dict.fromkeys(key for key in keys if key in self.payers.by_key))[:CANDIDATES_SHOWN]
        return Line(
            row,
            proposal,
            choice,
            [self._candidate(key) for key in shown if may_be_noted],
            self.problems.get(row.key, ""),
        )

    def _candidate(self, key: int) -> Candidate:
        name = self.payers.by_key[key].display_name
        return Candidate(key, name, self.payers.labels[key], self.owed.get(key, []))

    def _choice(self, proposal: Proposal) -> Choice:
        sent = self._sent(proposal.row)
        if sent is None:
            who = "" if proposal.could_be else OTHER
            if proposal.payer:
                who = f"{proposal.payer}:{proposal.invoice}" if proposal.invoice else f"{proposal.payer}"
            return Choice(proposal.certainty is Certainty.SURE, who)
        if sent.words and len(found := self.payers.named(sent.words)) == 1:
            return Choice(sent.ticked, str(found[0]))
        return sent


def name_of(row: BankRow) -> str:
    """By what a form names a row."""
    return row.key[:16]


def told(sheet: Sheet) -> str:
    """In which lines something can't be understood."""
    lines = listed(str(row.line) for row in sheet.rows if row.key in sheet.problems)
    return _("Nothing was noted. Look at line %(lines)s.") % {"lines": lines}
