"""Forms of tickets: they read what was typed or clicked, and judge nothing."""

import secrets

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import is_written_in_one_line
from bookings.forms import near
from bookings.who_comes import WhoComesForm
from visas.refusals import SENTENCES


def new_form_key() -> str:
    """A key for one form that is shown: one form is one visit."""
    return secrets.token_urlsafe(12)


class CodeForm(forms.Form):
    """The code of a ticket, in whatever way it is typed; whether it is one, the ticket says."""

    code = forms.CharField(
        label=_("Code"),
        # So that what is pasted with more around it is answered by a sentence about codes.
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "class": "ticket-code-input",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "autocorrect": "off",
                "spellcheck": "false",
                "enterkeyhint": "go",
                "maxlength": False,
            }
        ),
    )


class VisitQuery(forms.Form):
    """Where and when a ticket is to be used."""

    space = forms.SlugField(label=_("Space"), required=False, max_length=50, widget=forms.HiddenInput)
    day = forms.DateField(label=_("Day"), required=False, validators=[near], widget=forms.HiddenInput)


class VisitForm(forms.Form):
    """The place and the day of a visit."""

    space = forms.SlugField(label=_("Space"), max_length=50, widget=forms.HiddenInput)
    day = forms.DateField(label=_("Day"), validators=[near], widget=forms.HiddenInput)
    form_key = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.HiddenInput,
        initial=new_form_key,
        validators=[is_written_in_one_line],
    )


class RedeemForm(VisitForm, WhoComesForm):
    """Who comes, and that they know the rules of the house."""

    email_help = _("The confirmation and the link to your visit go there.")

    agrees = forms.BooleanField(
        label=_("I keep to the rules of the house"), error_messages={"required": SENTENCES["not_agreed_to_rules"]}
    )
