"""Forms: they read what was typed, and judge nothing but whether a paper can say it."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.glyphs import unprintable
from billing.models import Receipt
from billing.receipts import MOST_COPIES

LONGEST = Receipt._meta.get_field("addressee").max_length

# Controls, marks that nobody sees or that turn the direction of reading, halves of characters, line breaks.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_MARKED = re.compile("[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")


def is_written_in_one_line(text: str) -> None:
    """Refuse what can't be seen, or would break the line."""
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise ValidationError(_("It holds characters that can't be seen. Type it anew."), code="unseen")


def is_printable(text: str) -> None:
    """Refuse what a PDF could only show as 〓: the addressee can't be mended later."""
    lacking = unprintable(text)
    if lacking:
        message = _("“%(characters)s” can't be printed. Write it in kana, kanji or Latin letters.")
        raise ValidationError(message, code="unprintable", params={"characters": lacking[:10]})


class OneLineField(forms.CharField):
    """A line as it was meant: what some keyboards and files send as a letter and its mark becomes one character."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        # Not the whole line: that would change the old forms of kanji that some names are written in.
        return _MARKED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


class AddresseeForm(forms.Form):
    """To whom a receipt is addressed."""

    addressee = OneLineField(
        label=_("Addressee"),
        max_length=LONGEST,
        validators=[is_written_in_one_line, is_printable],
        widget=forms.TextInput(attrs={"autocomplete": "organization", "enterkeyhint": "done"}),
    )


class CopyForm(forms.Form):
    """After which copy of a receipt the next one is wanted; 0 is the first issue."""

    after = forms.IntegerField(min_value=0, max_value=MOST_COPIES, widget=forms.HiddenInput)
