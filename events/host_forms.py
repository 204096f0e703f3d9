"""The forms of the host's own page: what the event says, and the thanks after it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.event_form import TEXTS, EventForm
from events.models import Venue
from events.models.event import is_web_address


class WordsForm(EventForm):
    """Texts, question, picture, stream, and the link to take part online; neither time nor places."""

    online_url = forms.CharField(
        label=_("Link to take part online"),
        required=False,
        max_length=300,
        validators=[is_web_address],
        help_text=_("Only who comes sees it."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    class Meta(EventForm.Meta):
        fields = TEXTS
        widgets = {
            **{f"text_{language}": forms.Textarea(attrs={"rows": 8}) for language in ("ja", "en")},
            "stream_url": forms.URLInput(attrs={"placeholder": "https://"}),
        }

    def __init__(self, *args: Any, online: Venue | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if online is None:
            del self.fields["online_url"]
        else:
            self.initial["online_url"] = online.online_url


class ThanksForm(forms.Form):
    text = forms.CharField(label=_("Your thanks"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    photos_url = forms.CharField(
        label=_("Link to photos or notes"),
        required=False,
        max_length=300,
        validators=[is_web_address],
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
