"""The text of a file that people bring: saved by a spreadsheet or a bank, as UTF-8 or in Japan's older encoding."""


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
