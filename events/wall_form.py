"""The form of the wall: it reads a line, and judges nothing."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import LINE_LENGTH


class SayForm(forms.Form):
    """A line to all venues."""

    text = forms.CharField(
        label=_("To everybody at all venues"),
        max_length=LINE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "send"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="wall_%s")
