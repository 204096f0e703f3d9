"""The form of a campaign: what its tickets are good for, and what may still be changed once some are issued."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.asking import day_widget
from spaces.models import Space
from visas.models import Campaign
from visas.models.campaign import PROPOSED_SEATS
from visas.revising import check_takes_nothing

MOST_VISITS = 100
MOST_SEATS = 500


def seats_field(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Seats a day"),
        min_value=1,
        max_value=MOST_SEATS,
        help_text=_("How many people may come by ticket on one day. They take seats that are free, as others do."),
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "min": 1, "max": MOST_SEATS}),
        **more,
    )


def _day(name: str) -> forms.DateField:
    asked: Any = Campaign._meta.get_field(name)
    return forms.DateField(
        label=capfirst(asked.verbose_name),
        help_text=asked.help_text,
        validators=IN_OUR_TIME,
        widget=day_widget(),
    )


def _visits(name: str) -> forms.IntegerField:
    asked: Any = Campaign._meta.get_field(name)
    return forms.IntegerField(
        label=capfirst(asked.verbose_name),
        help_text=asked.help_text,
        min_value=1,
        max_value=MOST_VISITS,
        initial=1,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "min": 1, "max": MOST_VISITS}),
    )


class CampaignForm(forms.ModelForm):
    """Dates and numbers are looked at together, and with the tickets that are out."""

    starts_on = _day("starts_on")
    ends_on = _day("ends_on")
    visits_in_all = _visits("visits_in_all")
    visits_at_each = _visits("visits_at_each")
    seats_a_day = seats_field(initial=PROPOSED_SEATS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["seats_a_day"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        names = ("starts_on", "ends_on", "visits_in_all", "visits_at_each")
        if any(given.get(name) is None for name in names):
            return given
        if given["visits_at_each"] > given["visits_in_all"]:
            self.add_error("visits_at_each", _("At one space it can't be more than in all."))
        if given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", _("The last day is before the first."))
        elif not self.instance.pk and self._is_over(given):
            self.add_error("ends_on", _("This day is over already."))
        if self.instance.pk and not self.errors:
            try:
                check_takes_nothing(self.instance, **{name: given[name] for name in names})
            except ValidationError as taken:
                self.add_error(None, taken)
        return given

    def _is_over(self, given: dict[str, Any]) -> bool:
        organiser: Space | None = given.get("organiser")
        return organiser is not None and given["ends_on"] < organiser.today(timezone.now())
