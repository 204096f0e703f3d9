"""Forms of the door of an event: they read what was typed or tapped, and judge nothing."""

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import OneLineField, is_written_in_one_line
from bookings.models import NAME_LENGTH

LARGEST_KEY = 2**63 - 1
MOST_PEOPLE = 50


class DoorQuery(forms.Form):
    """At which venue one stands, whom one looks for, and whose card is open."""

    venue = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY, widget=forms.HiddenInput)
    rsvp = forms.SlugField(required=False, max_length=12, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("Name or reference"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "autocorrect": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "enterkeyhint": "search",
            }
        ),
    )


class LetInForm(forms.Form):
    """The venue into which somebody is let, and whether a place is added for it."""

    venue = forms.IntegerField(min_value=1, max_value=LARGEST_KEY, widget=forms.HiddenInput)
    makes_room = forms.BooleanField(required=False, widget=forms.HiddenInput)


def new_form_key() -> str:
    """A key for one form that is shown: one form lets one person in."""
    return secrets.token_urlsafe(12)


class WalkInForm(LetInForm):
    """Somebody who comes without having signed up."""

    form_key = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.HiddenInput,
        initial=new_form_key,
        validators=[is_written_in_one_line],
    )
    name = OneLineField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        validators=[is_written_in_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "next"}),
    )
    people = forms.IntegerField(
        label=_("People"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Thanks and photos go there afterwards."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email", "enterkeyhint": "done"}),
    )

    def clean_email(self) -> str:
        """The address as accounts have it, so that who has signed up with it is known."""
        typed = self.cleaned_data["email"]
        address: Any = get_adapter().clean_email(typed) if typed else ""
        return str(address)
