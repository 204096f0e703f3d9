"""A bank's list on its way in: a file or pasted rows, and how the page keeps it until it is noted."""

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from billing.bank_list import MOST_BYTES, BankList, read

PROBLEMS_SHOWN = 50


class ListForm(forms.Form):
    """Where a list is handed in; `bank_list` and `content` are there once it is valid."""

    file = forms.FileField(
        label=_("File from the bank"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV, UTF-8 or Shift_JIS, at most 5,000 rows and 2 MB."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label=_("Or paste its rows"),
        required=False,
        strip=False,
        help_text=_("With the line of the columns' names above them."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false", "class": "op-bank-paste"}),
    )
    bank_list: BankList
    content: bytes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        upload, text = cleaned.get("file"), cleaned.get("text", "")
        if upload and text.strip():
            raise ValidationError(_("Choose a file or paste rows, not both."), code="both")
        if not upload and not text.strip():
            raise ValidationError(_("Choose a file, or paste rows."), code="neither")
        self.content = upload.read(MOST_BYTES + 1) if upload else text.encode()
        try:
            self.bank_list = read(self.content)
        except ValidationError as error:
            raise shortened(error) from None
        return cleaned


def shortened(error: ValidationError) -> ValidationError:
    """The first problems of many, and how many more there are."""
    problems = error.error_list
    more = len(problems) - PROBLEMS_SHOWN
    if more <= 0:
        return error
    rest = ngettext("and %(count)s more problem", "and %(count)s more problems", more) % {"count": more}
    return ValidationError([*problems[:PROBLEMS_SHOWN], ValidationError(rest, code="more")])


def packed(content: bytes) -> str:
    """A list as the page keeps it: the same bytes, small enough for the largest to fit into a form's field."""
    return base64.b64encode(zlib.compress(content, 9)).decode()


def unpacked(kept: str) -> bytes:
    """The bytes of a packed list, not more than can be read. Raises ValueError if they did not arrive whole."""
    try:
        opening = zlib.decompressobj()
        content = opening.decompress(base64.b64decode(kept.encode(), validate=True), MOST_BYTES + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(kept[:40]) from error
    if not opening.eof and len(content) <= MOST_BYTES:
        raise ValueError(kept[:40])
    return content
