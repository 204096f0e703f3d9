"""Forms of accounts."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.account.forms import SignupForm as AccountSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(AccountSignupForm):
    """An address and a name are enough; who sets no password signs in by a code from a mail."""

    family_name = forms.CharField(
        label=_("Family name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    given_name = forms.CharField(
        label=_("Given name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_reading = forms.CharField(
        label=_("Reading of the family name"),
        max_length=60,
        required=False,
        help_text=_("In hiragana, if your name has one. Lists are sorted by it."),
    )
    given_reading = forms.CharField(label=_("Reading of the given name"), max_length=60, required=False)

    field_order = ["email", "family_name", "given_name", "family_reading", "given_reading", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password1" in self.fields:
            self.fields["password1"].help_text = _("Leave it empty to sign in by a code from a mail each time.")


class LoginCodeForm(RequestLoginCodeForm):
    """An address that no mail could be sent to is refused here too, as it is at sign-up."""

    def clean_email(self) -> str:
        self.cleaned_data["email"] = get_adapter().clean_email(self.cleaned_data["email"])
        address: str = super().clean_email()
        return address
