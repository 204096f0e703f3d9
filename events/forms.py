"""Forms of who signs up: they read what was typed or clicked, and judge nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bookings.who_comes import WhoComesForm
from events.models import Event, Rsvp

# More than any event lets a person bring: how many they may, the act says.
MOST_PEOPLE = 999


class SignUpForm(forms.Form):
    """How many come, and the answer to the host's question; each is asked only where the event wants it.

    `rsvp` is the sign-up that is changed: what is not asked stays as it is there.
    """

    people = forms.IntegerField(
        label=_("Who comes"), initial=1, min_value=1, max_value=MOST_PEOPLE, widget=forms.Select
    )
    answer = forms.CharField(
        required=False,
        max_length=Rsvp._meta.get_field("answer").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "class": "event-answer"}),
    )
    waits = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, event: Event, rsvp: Rsvp | None = None, **kwargs: Any) -> None:
        if rsvp:
            kwargs["initial"] = {"people": rsvp.people, "answer": rsvp.answer}
        super().__init__(*args, **kwargs)
        self.rsvp = rsvp
        people = self.fields["people"]
        people.required = rsvp is None and event.most_guests > 0
        # Who signed up when more guests could come keeps them.
        most_guests = max(event.most_guests, rsvp.guests if rsvp else 0)
        if most_guests:
            people.widget.choices = [(1 + guests, with_guests(guests)) for guests in range(most_guests + 1)]
        else:
            people.widget = forms.HiddenInput()
        self.fields["answer"].label = event.question
        if not event.question:
            self.fields["answer"].widget = forms.HiddenInput()

    @property
    def asked(self) -> list[forms.BoundField]:
        """What a person is asked; what the event does not want to know is left out."""
        return [field for field in self if not field.is_hidden]

    def clean_people(self) -> int:
        """As many as before, or one person, where nothing else was said."""
        return self.cleaned_data["people"] or (self.rsvp.people if self.rsvp else 1)

    def clean_answer(self) -> str:
        """What was typed, or the answer from before where the question was not on the page."""
        typed: str = self.cleaned_data["answer"]
        return self.rsvp.answer if self.rsvp and "answer" not in self.data else typed


class VisitorForm(SignUpForm, WhoComesForm):
    """Who comes, without an account."""

    email_help = _("A link goes there. Your place is kept once you open it and press the button.")
    field_order = ["name", "email", "people", "answer"]


class VenueForm(forms.Form):
    """Another venue for a sign-up, and whether its line will do."""

    venue = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    waits = forms.BooleanField(required=False, widget=forms.HiddenInput)


def with_guests(guests: int) -> str:
    """Who comes, in words."""
    if not guests:
        return gettext("Just me")
    return ngettext("Me and %(count)s guest", "Me and %(count)s guests", guests) % {"count": guests}
