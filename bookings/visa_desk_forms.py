"""Forms of the desk that looks at visas: they read what was typed or clicked, and judge nothing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.forms import OneLineField, is_written_in_one_line
from bookings.visa_answers import REASON_LENGTH

ANOTHER_REASON = "other"
# As the visitor may read them.
REASONS = {
    "full": _("No seat was left."),
    "closing": _("The space was about to close."),
    "rules": _("It was against the rules of the house."),
    ANOTHER_REASON: _("Another reason"),
}


class NumberForm(forms.Form):
    """The number of a visa, in whatever way it is typed; whether it is one, the visas say."""

    number = forms.CharField(
        label=_("Number"),
        # So that what is pasted with more around it is answered by a sentence about numbers.
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "class": "code-input",
                "inputmode": "numeric",
                "autocomplete": "off",
                "autocorrect": "off",
                "spellcheck": "false",
                "enterkeyhint": "go",
                "maxlength": False,
            }
        ),
    )


class HostQuery(forms.Form):
    """At which of the operator's spaces the visitor stands."""

    space = forms.SlugField(label=_("Space"), required=False, max_length=50, widget=forms.HiddenInput)


class AdmitForm(HostQuery):
    """Letting somebody in: what they agreed to pay, in yen, and whether the host waives what it wishes."""

    price = forms.IntegerField(label=_("Price"), min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    waived = forms.BooleanField(required=False, widget=forms.HiddenInput)


class TurnAwayForm(HostQuery):
    """Why somebody is not let in: one of the usual reasons, or words of one's own."""

    why = forms.ChoiceField(label=_("Why?"), choices=list(REASONS.items()), widget=forms.RadioSelect)
    words = OneLineField(
        label=_("In a few words"),
        required=False,
        max_length=REASON_LENGTH,
        validators=[is_written_in_one_line],
        help_text=_("The visitor may read them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "done"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("why") == ANOTHER_REASON and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", ValidationError(_("Say why in a few words."), code="required"))
        return cleaned

    @property
    def reason(self) -> str:
        """The reason in the active language; words that were added to a usual one follow it."""
        why, words = self.cleaned_data["why"], self.cleaned_data["words"]
        said = [] if why == ANOTHER_REASON else [str(REASONS[why])]
        return " ".join([*said, *([words] if words else [])])
