"""A CSV that Excel and its like open as it is meant."""

import csv
import io
from collections.abc import Iterable
from typing import Any

# A cell that begins with one of these, in either width, a spreadsheet may run as a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of cells in UTF-8 with a byte order mark, as Excel wants it; no text in it is taken for a formula."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: Any) -> Any:
    """Numbers and days stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
