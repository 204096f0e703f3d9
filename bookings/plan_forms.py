"""Forms of plans: they read what was typed or clicked, and judge nothing; `members/` does."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.forms import near
from members.joining import ANSWER_LENGTH
from members.models import Question

LARGEST_KEY = 2**63 - 1
MOST_YEN = 2**31 - 1


class DayInput(forms.DateInput):
    """A day picked from the browser's own calendar, between two days."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class AgreedCost(forms.Form):
    """What the page said that it costs, to be agreed to: what is due now, and each month from then on."""

    due = forms.IntegerField(required=False, min_value=-MOST_YEN, max_value=MOST_YEN)
    price = forms.IntegerField(required=False, min_value=0, max_value=MOST_YEN)


class FirstDayForm(AgreedCost):
    """From which day on a plan is joined, or goes on after a pause."""

    starts = forms.DateField(label=_("First day"), validators=[near])

    def offer(self, first: date, last: date) -> None:
        """Let the browser's calendar offer the days from one to another."""
        self.fields["starts"].widget = DayInput(min=first.isoformat(), max=last.isoformat())


class Words(forms.CharField):
    """An answer that is shown as required; whether it is missing is for the act to say."""

    def validate(self, value: Any) -> None:
        pass


class Tick(forms.BooleanField):
    """The same for an agreement."""

    def validate(self, value: Any) -> None:
        pass


class AnswersForm(forms.Form):
    """A space's own questions, in the operator's words."""

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[self._name(question)] = self._field(question)

    @property
    def answers(self) -> dict[int, str | bool]:
        """The answers by the key of the question, once the form is valid."""
        return {question.pk: self.cleaned_data[self._name(question)] for question in self.questions}

    def _name(self, question: Question) -> str:
        return f"answer_{question.pk}"

    def _field(self, question: Question) -> forms.Field:
        if question.kind == Question.Kind.AGREEMENT:
            return Tick(label=question.text, required=question.is_required)
        words = Words(label=question.text, required=question.is_required, widget=forms.Textarea({"rows": 5}))
        words.widget.attrs["maxlength"] = ANSWER_LENGTH
        return words


class LastDayForm(forms.Form):
    """After which day a plan ends."""

    last = forms.DateField(label=_("Last day"), validators=[near])


class PauseForm(forms.Form):
    """From when to when a plan rests; without a last day until it is resumed."""

    first = forms.DateField(label=_("First day of the pause"), validators=[near])
    last = forms.DateField(label=_("Last day of the pause"), validators=[near], required=False)


class ChangeForm(AgreedCost):
    """To which plan, and from which day on."""

    plan = forms.IntegerField(label=_("Plan"), min_value=1, max_value=LARGEST_KEY, required=False)
    day = forms.DateField(label=_("From"), validators=[near], required=False)


class InvitationForm(forms.Form):
    """Whom to invite to a booth."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "off"}))
