"""Which days a page of the books is about."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import INPUT_CLASSES

from billing.closing import next_month

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
MOST_YEARS = 10


class DayInput(forms.DateInput):
    """The browser's own field for a day: a phone shows its calendar."""

    input_type = "date"

    def __init__(self) -> None:
        attrs = {"class": " ".join(INPUT_CLASSES), "min": f"{EARLIEST}", "max": f"{LATEST}"}
        super().__init__(attrs, format="%Y-%m-%d")


class SpanForm(forms.Form):
    """Two days, both included, at most ten years apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the address they are called what people would call them, which are no names in Python.
        for name, label in (
            ("from", pgettext_lazy("days of the books", "From")),
            ("to", pgettext_lazy("days of the books", "To")),
        ):
            self.fields[name] = forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=DayInput())

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last:
            if first > last:
                self.add_error("to", _("The last day is before the first."))
            elif first < EARLIEST or last > LATEST:
                self.add_error(None, _("Give days from 2000 to 2099."))
            elif last.year - first.year > MOST_YEARS:
                self.add_error(None, _("Ten years at most at a time."))
        return self.cleaned_data


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, next_month(first) - timedelta(days=1)


def in_words(first: date, last: date) -> str:
    """A short name for the files of a span: 2026, 2026-11, or both its days."""
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return f"{first.year}"
    if (first, last) == month_of(first):
        return f"{first:%Y-%m}"
    return f"{first}" if first == last else f"{first}_{last}"


def usual_spans(today: date) -> list[tuple[Any, date, date]]:
    """The spans that are asked for most, with their names."""
    first, last = month_of(today)
    return [
        (pgettext_lazy("days of the books", "This month"), first, last),
        (pgettext_lazy("days of the books", "Last month"), *month_of(first - timedelta(days=1))),
        (pgettext_lazy("days of the books", "This year"), date(today.year, 1, 1), date(today.year, 12, 31)),
        (pgettext_lazy("days of the books", "Last year"), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]
