"""The forms of the host's own page: what the event is and when, calling it off, and the thanks after it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.event_form import TEXTS, EventForm
from events.models import Venue
from events.models.event import is_web_address
from events.times_form import TimesForm


class HostForm(TimesForm):
    """What it is, when, for whom, and the link to take part online; the spaces look after venues and places."""

    field_order = ["kind", "title_ja", "title_en", "day", "starts", "ends"]

    online_url = forms.CharField(
        label=_("Link to take part online"),
        required=False,
        max_length=300,
        validators=[is_web_address],
        help_text=_("Only who comes sees it."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    class Meta(EventForm.Meta):
        fields = [*TEXTS, "kind", "most_guests", "decline_hours"]
        widgets = {
            **{f"text_{language}": forms.Textarea(attrs={"rows": 8}) for language in ("ja", "en")},
            "stream_url": forms.URLInput(attrs={"placeholder": "https://"}),
        }

    def __init__(self, *args: Any, online: Venue | None, **kwargs: Any) -> None:
        self.online = online
        super().__init__(*args, **kwargs)
        self.fields["day"].help_text = _("With another day or time, everybody who has signed up is told by mail.")
        if online is None:
            del self.fields["online_url"]
        else:
            self.initial["online_url"] = online.online_url

    def current(self) -> dict[str, Any]:
        link = {"online_url": self.online.online_url} if self.online else {}
        return {**super().current(), **link}

    def wish(self) -> dict[str, Any]:
        """What the person has changed: fields of the event, and `online_url`. Raises ValidationError."""
        given = {**self.values, **self.times(self.instance.organiser)}
        link = {"online_url": self.cleaned_data["online_url"]} if self.online else {}
        return self.changed({**given, **link})


class ReasonForm(forms.Form):
    """Why an event does not take place; it may be left out where nobody has signed up who would read it."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("Who has signed up reads it in a mail, and everybody on the page of the event."),
    )

    def __init__(self, *args: Any, is_read: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_read


class ThanksForm(forms.Form):
    text = forms.CharField(label=_("Your thanks"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    photos_url = forms.CharField(
        label=_("Link to photos or notes"),
        required=False,
        max_length=300,
        validators=[is_web_address],
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
