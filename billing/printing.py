"""Invoices and receipts as papers: what each says, in its own language, and its PDF.

A Paper holds words only. The page (templates/billing) and the PDF (billing/papers, drawn by Typst) lay the same words
out. What is on it was frozen when it was issued; only the letterhead (name, colour, emblem) is the space's of today.

A qualified invoice (適格請求書) says what 消費税法 57条の4 1項 asks: the issuer and their registration number, the day
of each thing, what it was and whether at the reduced rate, sums by rate with the rate, the tax by rate, the recipient.
A paper of an issuer without a number keeps to what 区分記載請求書 needs and shows no tax, so that nobody takes it
for a qualified one (57条の5).
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import typst
from django.utils.text import get_valid_filename
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation import gettext as _

from billing.drawing import emblem_image, fonts, printable
from billing.glyphs import FONTS
from billing.honorific import honorific
from billing.models import Invoice, InvoiceLine, Receipt
from billing.tax import REDUCED, RateTotal, by_rate, stamp_tax
from spaces.look import tone_colours
from spaces.templatetags.wording import dotted, plain_day, signed_yen

PAPERS = FONTS.parent / "papers"


@dataclass(frozen=True)
class Line:
    """What was sold on a day."""

    on: str
    text: str
    rate: str
    yen: str


@dataclass(frozen=True)
class Rate:
    """The sum at one rate, and the tax in it; without it on a paper that is not a qualified invoice."""

    name: str
    total: str
    tax: str


@dataclass(frozen=True)
class Paper:
    """Everything that is read on a paper, as text. An empty one is not shown."""

    kind: str
    language: str
    title: str
    code: str
    facts: list[tuple[str, str]]
    addressee: str
    honorific: str
    issuer: str
    issuer_address: str
    registration_number: str
    letterhead: str
    """The space's name, where the issuer is called otherwise."""
    tone: str
    emblem: str
    opening: str
    total: str
    total_word: str
    rates: list[Rate]
    words: dict[str, str]
    issued_at: datetime
    mark: str = ""
    """What is written across it: that it is void."""
    copy: str = ""
    """Beside the title: that it was issued before."""
    lines: list[Line] = field(default_factory=list)
    bank_account: str = ""
    purpose: str = ""
    stamp: str = ""
    """On paper: the revenue stamp that belongs in its box."""
    no_stamp: str = ""
    """In a file: why there is none."""
    notes: list[str] = field(default_factory=list)

    @property
    def is_qualified(self) -> bool:
        return bool(self.registration_number)

    def file_name(self, copy: str = "") -> str:
        """What it is called in a folder full of papers, without an ending; `copy` is the number of a further copy."""
        words = filter(None, (self.title, self.code, self.copy, copy, self.issuer))
        return get_valid_filename(" ".join(words)).rstrip(".")


def invoice_paper(invoice: Invoice, lines: list[InvoiceLine] | None = None) -> Paper:
    """An invoice in its own language; below zero it gives money back, and says so.

    `lines` are given for one that is not kept.
    """
    language = _language(invoice.language)
    with override(language):
        gives_back, asks = invoice.total < 0, invoice.total > 0
        lines = list(invoice.lines.all()) if lines is None else lines
        return Paper(
            kind="invoice",
            title=_("Credit note") if gives_back else _("Invoice"),
            code=invoice.code,
            facts=[
                (_("Number"), invoice.code),
                (_("Issued on"), plain_day(invoice.issued_on)),
                *([(_("To be paid by"), plain_day(invoice.due_on))] if asks else []),
            ],
            opening=_("We give back to you:") if gives_back else _("We ask you to pay:"),
            total=signed_yen(abs(invoice.total)),
            total_word=_("Amount given back (tax included)") if gives_back else _("Amount due (tax included)"),
            rates=_rates(by_rate((line.yen, line.tax_rate) for line in lines), invoice.is_qualified),
            mark=_("VOID") if invoice.voided_at else "",
            lines=[_line(line) for line in lines],
            bank_account=invoice.bank_account if asks else "",
            notes=_invoice_notes(invoice, lines),
            issued_at=invoice.issued_at,
            **_from_and_to(invoice, language),
        )


def receipt_paper(receipt: Receipt) -> Paper:
    """A receipt in its own language. On paper it wants a revenue stamp from 50,000 yen on, as a file none."""
    language = _language(receipt.language)
    with override(language):
        totals = [RateTotal(**row) for row in receipt.rate_totals]
        stamp = stamp_tax(_recorded_sum(receipt, totals))
        return Paper(
            kind="receipt",
            title=_("Receipt"),
            code=receipt.code,
            facts=[
                (_("Number"), receipt.code),
                (_("Issued again on") if receipt.copy else _("Issued on"), plain_day(receipt.issued_on)),
                (_("Received on"), plain_day(receipt.payment.received_on)),
                (_("Paid by"), receipt.payment.get_method_display()),
            ],
            opening=_("We have received this amount. Thank you."),
            total=signed_yen(receipt.yen),
            total_word=_("Amount received (tax included)"),
            rates=_rates(totals, bool(receipt.registration_number)),
            mark=_("VOID") if receipt.payment.voided_at else "",
            copy=_("Issued again") if receipt.copy else "",
            purpose=receipt.purpose,
            stamp=signed_yen(stamp) if stamp else "",
            no_stamp=_("Issued electronically, so it needs no revenue stamp.") if stamp else "",
            notes=_rate_notes([one.rate for one in totals]),
            issued_at=receipt.issued_at,
            **_from_and_to(receipt, language),
        )


def pdf(paper: Paper) -> bytes:
    """A paper as PDF/A-2a, for years of keeping; the same paper gives the same bytes.

    The words reach Typst as JSON, so none of them is code there. What the font lacks: billing.glyphs.legible.
    """
    drawn = asdict(paper) | {
        "issued_at": "",
        "colour": tone_colours()[paper.tone],
        "emblem": emblem_image(paper.emblem, tone_colours()[paper.tone]),
    }
    return typst.compile(
        str(PAPERS / f"{paper.kind}.typ"),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(printable(drawn))},
        pdf_standards=["a-2a"],
        timestamp=int(paper.issued_at.timestamp()),
    )


def _language(code: str) -> str:
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return "ja"


def _from_and_to(of: Invoice | Receipt, language: str) -> dict[str, Any]:
    """Who it is from and to, and the words that every paper has."""
    space = of.space
    return {
        "language": language,
        "addressee": of.addressee,
        "honorific": honorific(of.addressee, language),
        "issuer": of.issuer_name,
        "issuer_address": of.issuer_address,
        "registration_number": of.registration_number,
        "letterhead": "" if space.name in of.issuer_name else space.name,
        "tone": space.colour,
        "emblem": space.emblem,
        "words": {
            "registration_number": _("Registration no."),
            "on": _("Date"),
            "text": _("Details"),
            "rate": _("Tax rate"),
            "yen": _("Amount"),
            "by_rate": _("By tax rate"),
            "with_tax": _("Tax included"),
            "tax": _("Tax in it"),
            "bank_account": _("Pay to"),
            "purpose": _("For"),
            "stamp": _("Revenue stamp"),
            "stamp_when": _("when handed over on paper"),
        },
    }


def _line(line: InvoiceLine) -> Line:
    return Line(dotted(line.on), line.text, _rate(line.tax_rate), signed_yen(line.yen))


def _rate(rate: int | None) -> str:
    if rate is None:
        return _("Not taxed")
    return f"{rate}%※" if rate == REDUCED else f"{rate}%"


def _rates(totals: list[RateTotal], is_qualified: bool) -> list[Rate]:
    """A row for each rate, and one for all where there are several."""
    rows = [(_rate_name(one.rate), one.total, None if one.rate is None else one.tax) for one in totals]
    if len(rows) > 1:
        rows.append((_("Total"), sum(one.total for one in totals), sum(one.tax for one in totals)))
    return [Rate(name, signed_yen(total), _tax(tax) if is_qualified else "") for name, total, tax in rows]


def _rate_name(rate: int | None) -> str:
    if rate is None:
        return _("Not taxed")
    name = _("At %(rate)s%%") % {"rate": rate}
    return f"{name}※" if rate == REDUCED else name


def _tax(tax: int | None) -> str:
    return "—" if tax is None else signed_yen(tax)


def _rate_notes(rates: Iterable[int | None]) -> list[str]:
    return [_("※ is at the reduced tax rate.")] if REDUCED in rates else []


def _invoice_notes(invoice: Invoice, lines: list[InvoiceLine]) -> list[str]:
    notes = _rate_notes([line.tax_rate for line in lines])
    if not invoice.total:
        notes.append(_("There is nothing to pay."))
    if invoice.replaces:
        notes.append(_("This takes the place of %(code)s.") % {"code": invoice.replaces.code})
    if invoice.voided_at:
        day = plain_day(invoice.space.today(invoice.voided_at))
        after = Invoice.objects.filter(replaces=invoice).first()
        notes.append(_("Void since %(day)s.") % {"day": day})
        notes += [_("%(code)s takes its place.") % {"code": after.code}] if after else []
    return notes


def _recorded_sum(receipt: Receipt, totals: list[RateTotal]) -> int:
    """The sum that stamp tax goes by: the consumption tax is left out only where the paper shows it apart.

    An issuer without a number shows none, and one who is exempt may not leave it out at all (消費税法の改正等に伴う
    印紙税の取扱いについて, 平成元年3月10日 間消3-2; 国税庁タックスアンサー No.6925).
    """
    return receipt.yen - sum(one.tax for one in totals) if receipt.registration_number else receipt.yen
