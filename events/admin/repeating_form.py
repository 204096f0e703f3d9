"""How an event comes again, as an operator says it: by a named pattern or a rule of its own, until when, without which
days.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.asking import day_widget
from events.drafting import Repeats
from events.repeating import Pattern, checked_rule, ended, rule_of

MOST_LEFT_OUT = 60


class RepeatingForm(forms.Form):
    pattern = forms.ChoiceField(label=_("comes again"), required=False, widget=UnfoldAdminSelectWidget())
    own_rule = forms.CharField(
        label=_("rule of its own"),
        required=False,
        max_length=200,
        help_text=_("Only with “a rule of its own”, for example FREQ=MONTHLY;BYDAY=1MO,3MO."),
        widget=UnfoldAdminTextInputWidget(),
    )
    until = forms.DateField(
        label=_("last day"),
        required=False,
        validators=IN_OUR_TIME,
        help_text=_("Empty: it goes on until you end it."),
        widget=day_widget(),
    )
    left_out = forms.CharField(
        label=_("not on these days"),
        required=False,
        max_length=1000,
        help_text=_("As 2026-12-29, 2027-01-05."),
        widget=UnfoldAdminTextInputWidget(),
    )

    ONCE: Any = _("once only")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["pattern"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - for the type checker
        choice.choices = [("", self.ONCE), *Pattern.choices]

    def clean_left_out(self) -> list[date]:
        found = [part for part in re.split(r"[\s,、，]+", self.cleaned_data["left_out"]) if part]
        if len(found) > MOST_LEFT_OUT:
            raise ValidationError(_("At most %(most)s days."), params={"most": MOST_LEFT_OUT})
        return [_day(part) for part in found]

    def repeats(self, first: date) -> Repeats | None:
        """The rule from the first day on; None for once. Raises ValidationError."""
        pattern, until = self.cleaned_data.get("pattern"), self.cleaned_data.get("until")
        if not pattern:
            return None
        if until and until < first:
            raise ValidationError({"until": _("The last day is before the first.")})
        if pattern == Pattern.OWN:
            try:
                rule = checked_rule(self.cleaned_data.get("own_rule") or "", first=first)
            except ValidationError as problem:
                raise ValidationError({"own_rule": problem}) from problem
            rule = ended(rule, until) if until else rule
        else:
            rule = rule_of(pattern, first, until=until)
        return Repeats(rule, self.cleaned_data.get("left_out") or ())


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValidationError(_("“%(text)s” is no day. Write it as 2026-12-29."), params={"text": text}) from None
    for check in IN_OUR_TIME:
        check(found)
    return found
