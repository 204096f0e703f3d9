"""The CSV for a space's accountant. Its columns are told in docs/accounting.md and change only together with it.

The names of the columns and the words for kinds are written here in both languages, and not translated elsewhere: an
accountant's own import relies on them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q

from billing.models import Charge, Payment, Receipt
from billing.spreadsheet import as_csv
from billing.tax import tax_in
from spaces.models import Space

LANGUAGES = ("ja", "en")
COLUMNS = (
    ("日付", "Day"),
    ("区分", "Entry"),
    ("種類", "Kind"),
    ("内容", "Text"),
    ("支払者", "Payer"),
    ("宛名", "Addressee"),
    ("税込金額", "Yen with tax"),
    ("税率", "Tax rate"),
    ("うち消費税", "Tax in it"),
    ("請求書番号", "Invoice"),
    ("領収書番号", "Receipt"),
    ("支払方法", "Method"),
    ("担当者", "Taken by"),
    ("記録番号", "Record"),
)
WORDS = {
    "sale": ("売上", "sale"),
    "reversal": ("売上取消", "reversal"),
    "payment": ("入金", "payment"),
    "refund": ("返金", "refund"),
    "outside": ("対象外", "outside"),
    Charge.Kind.SIGN_UP: ("入会金", "sign-up fee"),
    Charge.Kind.PLAN: ("料金プラン", "plan"),
    Charge.Kind.DROP_IN: ("ドロップイン", "drop-in"),
    Charge.Kind.ROOM: ("会議室", "room"),
    Charge.Kind.CANCELLATION: ("キャンセル料", "cancellation fee"),
    Charge.Kind.OTHER: ("その他", "other"),
    Payment.Method.CASH: ("現金", "cash"),
    Payment.Method.TRANSFER: ("振込", "transfer"),
}

# Where a row stands among the others, and its cells.
Row = tuple[tuple[date, int, int], list[Any]]


def accountant_csv(space: Space, first: date, last: date, *, language: str = "ja") -> bytes:
    """All charges and payments of a span, inclusive, by day."""
    said = LANGUAGES.index(language)
    words = {key: word[said] for key, word in WORDS.items()}
    rows = [*_charges(space, first, last, words), *_payments(space, first, last, words)]
    # On one day charges come first; each in the order in which it was written.
    told = (cells for _order, cells in sorted(rows, key=lambda row: row[0]))
    return as_csv([[name[said] for name in COLUMNS], *told])


def _charges(space: Space, first: date, last: date, words: dict[str, str]) -> Iterator[Row]:
    in_span = Charge.objects.standing().filter(space=space, arises_on__range=(first, last))
    # Other charges of the same invoices have their share of the tax that is rounded once for each.
    beside = Q(invoice__in=in_span.filter(invoice__isnull=False).values("invoice"))
    every = Charge.objects.standing().filter(Q(pk__in=in_span.values("pk")) | beside, space=space)
    charges = list(every.select_related("payer", "invoice").order_by("arises_on", "pk"))
    taxes = shared_tax((one.invoice_id or -one.pk, one.tax_rate, one.yen) for one in charges)
    for one, tax in zip(charges, taxes, strict=True):
        if not first <= one.arises_on <= last:
            continue
        yield (
            (one.arises_on, 0, one.pk),
            [
                one.arises_on,
                words["reversal" if one.reverses_id else "sale"],
                words[one.kind],
                one.text,
                one.payer.get_full_name(),
                one.invoice.addressee if one.invoice else "",
                one.yen,
                words["outside"] if one.tax_rate is None else f"{one.tax_rate}%",
                tax,
                one.invoice.code if one.invoice else "",
                "",
                "",
                "",
                f"C{one.pk}",
            ],
        )


def _payments(space: Space, first: date, last: date, words: dict[str, str]) -> Iterator[Row]:
    originals = Prefetch("receipts", Receipt.objects.filter(copy=0), to_attr="originals")
    payments = Payment.objects.standing().filter(space=space, received_on__range=(first, last))
    for one in payments.select_related("payer", "invoice", "taken_by").prefetch_related(originals):
        receipt = next(iter(one.originals), None)
        yield (
            (one.received_on, 1, one.pk),
            [
                one.received_on,
                words["payment" if one.yen > 0 else "refund"],
                "",
                one.note,
                one.payer.get_full_name(),
                receipt.addressee if receipt else "",
                one.yen,
                "",
                "",
                one.invoice.code if one.invoice else "",
                receipt.code if receipt else "",
                words[one.method],
                one.taken_by.get_full_name(),
                f"P{one.pk}",
            ],
        )


def shared_tax(charges: Iterable[tuple[int, int | None, int]]) -> list[int]:
    """The tax in each charge (paper, rate, yen), so that those of one paper and rate add up to the tax on the paper.

    The paper's tax is rounded once; each charge has what the rounded tax grows by when it is added.
    """
    totals: dict[tuple[int, int], int] = defaultdict(int)
    taxes = []
    for paper, rate, yen in charges:
        if rate is None:
            taxes.append(0)
            continue
        before = totals[paper, rate]
        totals[paper, rate] += yen
        taxes.append(tax_in(before + yen, rate) - tax_in(before, rate))
    return taxes
