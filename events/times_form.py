"""When an event is, as a form asks it: a day, a start and an end, by the clocks of the space that holds it."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.admin.acts import IN_OUR_TIME
from events.event_form import EventForm
from spaces.models import Space

# An event may go on past midnight: an end up to this hour is the next morning's.
NEXT_MORNING = time(5, 0)


class TimesForm(EventForm):
    """The browser's own fields, which need no script."""

    day = forms.DateField(label=_("day"), validators=IN_OUR_TIME, widget=forms.DateInput(attrs={"type": "date"}))
    starts = forms.TimeField(label=_("starts"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("ends"),
        help_text=_("Up to 5:00 is the morning after."),
        widget=forms.TimeInput(attrs={"type": "time"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.instance
        if event.pk:
            zone = event.organiser.zone
            starts, ends = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
            self.initial.update(day=starts.date().isoformat(), starts=f"{starts:%H:%M}", ends=f"{ends:%H:%M}")

    def current(self) -> dict[str, Any]:
        return {**super().current(), "starts_at": self.instance.starts_at, "ends_at": self.instance.ends_at}

    def times(self, space: Space) -> dict[str, datetime]:
        """Start and end, by the clocks of a space."""
        day, starts, ends = (self.cleaned_data[name] for name in ("day", "starts", "ends"))
        last = day + timedelta(days=1) if ends < starts and ends <= NEXT_MORNING else day
        return {
            "starts_at": datetime.combine(day, starts, space.zone),
            "ends_at": datetime.combine(last, ends, space.zone),
        }
