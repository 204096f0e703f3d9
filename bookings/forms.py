"""Forms: they read what was typed or clicked, and judge nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Beyond this nothing can be shown or booked anywhere, and dates stay far from where arithmetic ends.
FURTHEST = timedelta(days=3 * 366)
MOST_SEATS = 500


def near(day: date) -> None:
    """Refuse a day that no page reaches."""
    if abs(day - datetime.now(UTC).date()) > FURTHEST:
        raise ValidationError(_("That day is too far away."), code="too_far")


class WallTimeField(forms.CharField):
    """A moment on a space's wall clock, `2026-11-24T11:00`, with an offset only where the clock shows it twice."""

    default_error_messages = {"unreadable": _("That is not a time we can read.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=32, widget=forms.HiddenInput, **kwargs)
        self.zone: ZoneInfo | None = None

    def clean(self, value: Any) -> datetime:
        text = super().clean(value)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable") from error
        near(moment.date())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        return moment.astimezone(UTC)


class BookingForm(forms.Form):
    """What is to be booked: a resource of one space, from when, until when, for how many."""

    resource = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    starts = WallTimeField()
    ends = WallTimeField()
    seats = forms.IntegerField(
        label=_("People"), widget=forms.HiddenInput, min_value=1, max_value=MOST_SEATS, initial=1
    )
    price = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts", "ends"):
            field = self.fields[name]
            assert isinstance(field, WallTimeField)  # noqa: S101 - tells mypy what stands twelve lines above
            field.zone = zone


class SpaceQuery(forms.Form):
    """What of a space's availability to show: a day of the week, and which offer."""

    day = forms.DateField(label=_("Day"), required=False, validators=[near])
    offer = forms.CharField(required=False, max_length=40)


class FindForm(forms.Form):
    """When, and for how many people."""

    day = forms.DateField(
        label=_("Day"), validators=[near], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    start = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(attrs={"type": "time", "step": 1800}, format="%H:%M")
    )
    end = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput(attrs={"type": "time", "step": 1800}, format="%H:%M")
    )
    seats = forms.IntegerField(
        label=_("People"),
        min_value=1,
        max_value=MOST_SEATS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ReferenceForm(forms.Form):
    """A booking's reference, as the person at the desk reads it aloud."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "class": "reference-input",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
