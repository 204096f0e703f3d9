"""Noting the rows of a bank's list that a person has confirmed: all of them or none."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.amounts import Open
from billing.bank_list import BankRow
from billing.ledger import open_invoices
from billing.matching import Payer, Proposal, propose
from billing.models import Invoice, Month, Payment
from billing.months import hold_open
from billing.paying import pay
from billing.refusals import SENTENCES, refusal
from billing.taking import check_has_come
from spaces.models import Space


class Chosen(NamedTuple):
    """A row that a person confirmed: who paid with it, and the invoice that they meant, if any."""

    row: BankRow
    payer_id: int
    invoice_id: int | None = None


def proposals(space: Space, rows: Sequence[BankRow], payers: Iterable[Payer], *, today: date) -> list[Proposal]:
    """A proposal for each row of a space's list; `payers` are all who may have paid there. Six queries.

    Whoever an open invoice is addressed to, such as the payer's company, is expected to pay it as well.
    """
    invoices = open_invoices(space, today=today)
    owed = [Open(one.invoice.pk, one.invoice.payer_id, one.invoice.code, one.open) for one in invoices]
    addressees = {Payer(one.invoice.payer_id, one.invoice.addressee, kana="") for one in invoices}
    noted = Payment.objects.standing().filter(space=space, bank_line__in=[row.key for row in rows])
    return propose(
        rows,
        owed,
        [*payers, *sorted(addressees)],
        noted={str(key) for key in noted.values_list("bank_line", flat=True)},
        refused=_refused(space, rows, today),
    )


def _refused(space: Space, rows: Sequence[BankRow], today: date) -> dict[str, str]:
    """Rows whose day alone forbids to note them, by their key, and why."""
    closed = set(Month.objects.filter(space=space).values_list("first_on", flat=True))
    codes = {row.key: "month_closed" for row in rows if row.day.replace(day=1) in closed}
    codes |= {row.key: "received_in_future" for row in rows if row.day > today}
    return {key: str(SENTENCES[code]) for key, code in codes.items()}


def note_all(*, space: Space, chosen: Sequence[Chosen], taken_by_id: int, now: datetime) -> list[Payment]:
    """Note a payment for each row, in one transaction; the payments in the order of `chosen`.

    The rows are those of `bank_list.read`, read again from what was sent, and the payers are people that the caller
    knows to belong here. Raises ValidationError with a sentence for every line that is refused, and then notes nothing.
    """
    meant = Invoice.objects.filter(space=space).in_bulk([one.invoice_id for one in chosen if one.invoice_id])
    noted: dict[int, Payment] = {}
    problems: dict[int, ValidationError] = {}
    with transaction.atomic():
        hold_open(space.pk)
        # Two people who note one list at once would wait for each other, if each had an order of their own.
        for place in sorted(range(len(chosen)), key=lambda place: chosen[place].row.key):
            one = chosen[place]
            try:
                check_has_come(space, one.row.day, now=now)
                noted[place] = _note(space, one, meant, taken_by_id)
            except ValidationError as problem:
                problems[place] = _in_its_line(one.row.line, problem)
        if problems:
            raise ValidationError([problems[place] for place in sorted(problems)])
    return [noted[place] for place in sorted(noted)]


def _note(space: Space, one: Chosen, meant: dict[int, Invoice], taken_by_id: int) -> Payment:
    if one.invoice_id and one.invoice_id not in meant:
        raise refusal("other_payer")
    return pay(
        space=space,
        payer_id=one.payer_id,
        method=Payment.Method.TRANSFER,
        yen=one.row.yen,
        received_on=one.row.day,
        taken_by_id=taken_by_id,
        invoice=meant[one.invoice_id] if one.invoice_id else None,
        note=one.row.text[:200],
        bank_line=one.row.key,
    )


def _in_its_line(line: int, problem: ValidationError) -> ValidationError:
    """A refusal with the line that it is about; its code stays."""
    sentence = _("Line %(line)s: %(sentence)s")
    return ValidationError(sentence, code=problem.code, params={"line": line, "sentence": problem.messages[0]})
