"""Reading the list of a bank account: what came in on which day, and the name that the bank printed beside it.

Banks share no format. Two layouts are common: money out and money in as two columns, or one column with a sign. Columns
are found by their names, wherever the line with the names stands; docs/accounting.md says which names are known.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.bank_cells import day_of, yen_of
from spaces.file_text import UnreadableError, rows_of, text_of
from spaces.refusing import Refusals

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5000
MOST_YEN = 999_999_999

# Names without width, brackets and the polite お; those that stand first are asked first.
DAY = ("取引日", "取引年月日", "日付", "年月日", "取扱日", "操作日", "勘定日", "入金日")
MONEY_IN = (
    *("預入れ", "預入", "預入れ金額", "預入金額", "預入れ額", "預入額", "預り金額", "預かり金額"),
    *("入金", "入金額", "入金金額", "受入", "受入金額", "受入額"),
)
MONEY_OUT = (
    *("引出し", "引出", "引き出し", "引出し金額", "引出金額", "引出し額", "引出額", "支払金額", "支払い金額", "支払額"),
    *("出金", "出金額", "出金金額", "払出", "払出金額", "払出額", "払戻", "払戻金額"),
)
SIGNED = ("入出金", "入出金額", "入出金金額")
TEXT = (
    *("取引内容", "取引先", "取り扱い内容", "取扱い内容", "取扱内容", "入出金内容", "入出金先内容"),
    *("摘要", "摘要内容", "内容", "詳細", "詳細1", "詳細2", "振込依頼人名", "振込人名", "依頼人名"),
)

SENTENCES = {
    "too_big": _("The list is larger than %(megabytes)s MB. Split it."),
    "encoding": _("The list is neither UTF-8 nor Shift_JIS. Save it as CSV once more."),
    "not_csv": _("This is not a CSV file."),
    "empty": _("The list is empty."),
    "no_header": _("There is no line with the names of the columns: the day, what it was, and what came in."),
    "column_twice": _("The column “%(column)s” is there twice."),
    "no_rows": _("There is no row below the names of the columns."),
    "too_many_rows": _("The list has more than %(most)s rows. Split it."),
    "wrong_number": _("Line %(line)s: it has %(found)s cells, and there are %(wanted)s columns."),
    "bad_day": _("Line %(line)s: “%(text)s” is not a day."),
    "bad_yen": _("Line %(line)s: “%(text)s” is not a whole number of yen."),
    "too_much": _("Line %(line)s: “%(text)s” is more than can be noted."),
    "in_and_out": _("Line %(line)s: money came in and went out at once."),
}

refusal = Refusals(SENTENCES, {}).refusal


@dataclass(frozen=True)
class BankRow:
    """Money that came in. `line` is its line in the list, from 1; `text` is what the bank printed, the name in it.

    `key` is the same whenever the same row is read again; Payment.bank_line keeps it, once at a space.
    """

    line: int
    day: date
    yen: int
    text: str
    key: str


@dataclass(frozen=True)
class BankList:
    """What a list says: money that came in, and how many rows were passed over as money out or as no move at all."""

    rows: tuple[BankRow, ...]
    went_out: int
    unmoved: int


@dataclass(frozen=True)
class _Columns:
    """Where the cells of a row stand. `yen` is one cell with a sign, or what came in and what went out."""

    wanted: int
    day: int
    text: tuple[int, ...]
    yen: tuple[int, ...]


def read(content: bytes) -> BankList:
    """Read a list: a file as the bank gives it, or pasted text as UTF-8, cells parted by commas or tabs.

    Raises ValidationError with a sentence for every line that can't be understood. Nothing is written.
    """
    try:
        text = text_of(content, most_bytes=MOST_BYTES)
    except UnreadableError as error:
        raise refusal(error.code, megabytes=MOST_BYTES // 1024 // 1024) from error
    lines, columns = _table(text)
    if not lines:
        raise refusal("no_rows")
    if len(lines) > MOST_ROWS:
        raise refusal("too_many_rows", most=MOST_ROWS)
    problems: list[ValidationError] = []
    moved: list[tuple[int, date, int, str]] = []
    for line, cells in lines:
        try:
            moved.append((line, *_understood(line, cells, columns)))
        except ValidationError as problem:
            problems.append(problem)
    if problems:
        raise ValidationError(problems)
    return BankList(
        tuple(_with_keys(one for one in moved if one[2] > 0)),
        went_out=sum(yen < 0 for _line, _day, yen, _text in moved),
        unmoved=sum(yen == 0 for _line, _day, yen, _text in moved),
    )


def _table(text: str) -> tuple[list[tuple[int, list[str]]], _Columns]:
    """The rows below the names of the columns, without lines of totals, and where their cells stand."""
    problems = []
    for delimiter in (",", "\t"):
        try:
            lines = list(rows_of(text, delimiter))
            for place, (_line, cells) in enumerate(lines):
                if columns := _columns(cells):
                    return [row for row in lines[place + 1 :] if not _is_total(row[1])], columns
        except UnreadableError as error:
            problems.append(refusal(error.code))
        except ValidationError as problem:
            problems.append(problem)
    raise problems[0] if problems else refusal("no_header")


def _columns(cells: list[str]) -> _Columns | None:
    """Where everything stands, if the row holds the names of the columns."""
    names = [re.sub(r"^[おご]|\(.*?\)|\s", "", unicodedata.normalize("NFKC", cell)) for cell in cells]

    def place(known: tuple[str, ...]) -> int | None:
        found = next((name for name in known if name in names), None)
        if found and names.count(found) > 1:
            raise refusal("column_twice", column=cells[names.index(found)])
        return names.index(found) if found else None

    text = tuple(number for number, name in enumerate(names) if name in TEXT)
    day, came_in, went_out, signed = (place(known) for known in (DAY, MONEY_IN, MONEY_OUT, SIGNED))
    if came_in is not None and went_out is not None:
        yen: tuple[int, ...] = (came_in, went_out)
    else:
        yen = () if signed is None else (signed,)
    return _Columns(len(cells), day, text, yen) if day is not None and text and yen else None


def _is_total(cells: list[str]) -> bool:
    first = next(filter(None, cells))
    return bool(re.fullmatch(r"(総?合|小)計(金?額)?", unicodedata.normalize("NFKC", first)))


def _understood(line: int, cells: list[str], columns: _Columns) -> tuple[date, int, str]:
    """The day, the yen (below zero: money out; zero: none moved) and the text of a row. Raises ValidationError."""
    # Some banks end each row, though not the names, with a comma; some leave out what is empty at the end.
    if any(cells[columns.wanted :]) or len(cells) <= max(columns.day, *columns.text):
        raise refusal("wrong_number", line=line, found=len(cells), wanted=columns.wanted)
    cells = cells + [""] * (columns.wanted - len(cells))
    problems: list[ValidationError] = []
    day = day_of(cells[columns.day])
    if day is None:
        problems.append(refusal("bad_day", line=line, text=cells[columns.day][:40]))
    try:
        yen = _moved(line, cells, columns)
    except ValidationError as problem:
        problems.append(problem)
    if day is None or problems:
        raise ValidationError(problems)
    text = " ".join(dict.fromkeys(filter(None, (" ".join(cells[place].split()) for place in columns.text))))
    return day, yen, text


def _moved(line: int, cells: list[str], columns: _Columns) -> int:
    amounts = []
    for place in columns.yen:
        yen = yen_of(cells[place])
        if yen is None:
            raise refusal("bad_yen", line=line, text=cells[place][:40])
        if abs(yen) > MOST_YEN:
            raise refusal("too_much", line=line, text=cells[place][:40])
        amounts.append(yen)
    if len(amounts) == 1:
        return amounts[0]
    came_in, went_out = amounts
    if came_in > 0 and went_out:
        raise refusal("in_and_out", line=line)
    # What is taken back stands below zero where it came in; some banks print money out below zero in its own column.
    return -abs(went_out) or came_in


def _with_keys(moved: Iterable[tuple[int, date, int, str]]) -> Iterator[BankRow]:
    """Rows with their keys: of the day, the yen, the text and which one it is among equal ones.

    Lists that overlap give a row the same key, as long as each holds whole days.
    """
    seen: Counter[tuple[date, int, str]] = Counter()
    for line, day, yen, text in moved:
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        seen[day, yen, plain] += 1
        told = f"{day.isoformat()}|{yen}|{plain}|{seen[day, yen, plain]}"
        yield BankRow(line, day, yen, text, hashlib.sha256(told.encode()).hexdigest())
