"""What a form says of one row of a bank's list: whether it is meant, who paid and for which invoice.

A row is named by its key, so that a choice stays with its row.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from billing.bank_list import BankRow
from billing.matching import Certainty, Proposal
from bookings.admin.money.payers import Payers

OTHER = "other"
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Choice:
    """What was chosen of a row. `who` is a payer, or a payer and an invoice: 12, 12:34; OTHER, if `words` say it."""

    ticked: bool
    who: str
    words: str = ""

    @property
    def payer(self) -> str:
        """The payer that was chosen from the list, as the form says it."""
        return self.who.partition(":")[0]


def name_of(row: BankRow) -> str:
    """By what a form names a row."""
    return row.key[:16]


def first_choice(proposal: Proposal) -> Choice:
    """What stands in the form before anybody has chosen: what is sure is ticked."""
    who = "" if proposal.could_be else OTHER
    if proposal.payer:
        who = f"{proposal.payer}:{proposal.invoice}" if proposal.invoice else f"{proposal.payer}"
    return Choice(proposal.certainty is Certainty.SURE, who)


def sent_choice(row: BankRow, sent: Mapping[str, str]) -> Choice:
    """What a form that was sent says of a row."""
    name = name_of(row)
    who = sent.get(f"who-{name}", OTHER)
    words = sent.get(f"words-{name}", "").strip() if who == OTHER else ""
    return Choice(f"take-{name}" in sent, who, words)


def meant(choice: Choice, payers: Payers) -> tuple[int, int | None]:
    """The payer and the invoice of a choice. Raises ValidationError if it says nobody, or several, or no tick."""
    if not choice.ticked:
        raise ValidationError(_("Somebody is named here, but the row is not ticked."), code="not_ticked")
    if choice.who == OTHER:
        return _payer_named(choice.words, payers), None
    payer = payers.key_said(choice.payer)
    if payer is None:
        raise ValidationError(_("Say who paid."), code="nobody")
    # Whose the invoice is, and whether it is of this space, is asked where it is noted.
    invoice = choice.who.partition(":")[2]
    return payer, int(invoice) if _NUMBER.fullmatch(invoice) else None


def _payer_named(words: str, payers: Payers) -> int:
    found = payers.named(words)
    said = {"words": words[:60]}
    if not words:
        raise ValidationError(_("Say who paid."), code="nobody")
    if not found:
        raise ValidationError(_("Nobody here is called “%(words)s”."), code="unknown", params=said)
    if len(found) > 1:
        sentence = _("“%(words)s” may be several people. Choose one of them.")
        raise ValidationError(sentence, code="several", params=said)
    return found[0]
