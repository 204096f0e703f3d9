"""Who comes without an account: a name and an address, as accounts have it."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import OneLineField, is_written_in_one_line
from bookings.models import NAME_LENGTH


class WhoComesForm(forms.Form):
    """Asks who comes; `email_help` says what goes to the address."""

    email_help: Any = ""

    name = OneLineField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        validators=[is_written_in_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name", "enterkeyhint": "next"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "enterkeyhint": "done"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = self.email_help

    def clean_email(self) -> str:
        """The address as accounts have it, so that who signs in with it later finds what was booked."""
        address: Any = get_adapter().clean_email(self.cleaned_data["email"])
        return str(address)
