"""The text of a file that people bring: saved by a spreadsheet or a bank, as UTF-8 or in Japan's older encoding."""

import csv
import io
from collections.abc import Iterator


class UnreadableError(Exception):
    """A file that is no text. `code` is too_big, empty, encoding or not_csv."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text_of(content: bytes, *, most_bytes: int) -> str:
    """The text of a file of UTF-8, with or without a byte order mark, or Shift_JIS as Windows has it.

    Raises UnreadableError.
    """
    if len(content) > most_bytes:
        raise UnreadableError("too_big")
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise UnreadableError("empty")
    # Half-width katakana in Shift_JIS can be UTF-8 by chance, but the names of columns in kanji never are.
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise UnreadableError("not_csv")
        return text
    raise UnreadableError("encoding")


def rows_of(text: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV, each with the number of its first line from 1; lines with nothing in them are passed over.

    Raises UnreadableError (not_csv).
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield first, [cell.strip() for cell in cells]
            first = reader.line_num + 1
    except csv.Error:
        raise UnreadableError("not_csv") from None
