"""A made-up invoice of a space, which shows how its papers look before one is issued; nothing of it is kept."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.models import Invoice, InvoiceLine, Issuer
from billing.printing import Paper, invoice_paper
from billing.tax import STANDARD


def sample_invoice(issuer: Issuer, *, language: str, now: datetime) -> Paper:
    """The paper of an invoice that was never issued, marked as a sample. Its lines are fixed."""
    today = issuer.space.today(now)
    with override(language):
        lines = _lines(today)
        addressee = _("Sample Company")
    invoice = Invoice(
        space=issuer.space,
        year=today.year,
        number=0,
        issued_on=today,
        due_on=today + timedelta(days=issuer.due_days),
        total=sum(line.yen for line in lines),
        addressee=addressee,
        issuer_name=issuer.name,
        issuer_address=issuer.address,
        registration_number=issuer.registration_number,
        bank_account=issuer.bank_account,
        language=language,
        issued_at=now,
    )
    paper = invoice_paper(invoice, lines)
    with override(language):
        return replace(paper, mark=_("SAMPLE"))


def _lines(today: date) -> list[InvoiceLine]:
    return [
        InvoiceLine(on=today.replace(day=1), text=_("Monthly plan"), yen=11000, tax_rate=STANDARD),
        InvoiceLine(on=today, text=_("Meeting room, 2 hours"), yen=1000, tax_rate=STANDARD),
        InvoiceLine(on=today, text=_("Cancellation fee"), yen=800, tax_rate=None),
    ]
