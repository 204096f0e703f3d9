"""The form of a host's terms. What may stand in it, the act says (visas/offering.py)."""

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from visas.models import Terms
from visas.models.terms import DEFAULT_DAYS, MOST_DAYS, MOST_PERCENT, OFFERED

NO_VERSION = -1


def _number(least: int, most: int) -> UnfoldAdminIntegerFieldWidget:
    return UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "min": least, "max": most})


def _time() -> UnfoldAdminTextInputWidget:
    """The browser's own field for a time, which needs no script."""
    return UnfoldAdminTextInputWidget(attrs={"type": "time"})


class TermsForm(forms.ModelForm):
    class Meta:
        model = Terms
        fields = OFFERED
        widgets = {
            "days_free": _number(DEFAULT_DAYS, MOST_DAYS),
            "percent_off": _number(0, MOST_PERCENT),
            "opens": _time(),
            "closes": _time(),
            "notice_hours": _number(0, 24 * 14),
            "months_of_membership": _number(0, 24),
            "once_a_week": UnfoldBooleanSwitchWidget,
            "not_from_nearby": UnfoldBooleanSwitchWidget,
            "perks_ja": UnfoldAdminTextInputWidget,
            "perks_en": UnfoldAdminTextInputWidget,
        }
        labels = {"perks_ja": _("perks, in Japanese"), "perks_en": _("perks, in English")}

    def __init__(self, sent: Any = None, *, terms: Terms) -> None:
        initial = model_to_dict(terms, OFFERED)
        for name in ("opens", "closes"):
            initial[name] = f"{initial[name]:%H:%M}" if initial[name] else ""
        super().__init__(sent, initial=initial)
        for field in self.fields.values():
            field.label = capfirst(str(field.label))

    def _post_clean(self) -> None:
        """Left to the act, which knows what counts while it is written."""

    @property
    def offered(self) -> dict[str, Any]:
        """What is offered, by the fields of `Terms`."""
        return {name: self.cleaned_data[name] for name in OFFERED}


def version_seen(sent: QueryDict) -> int:
    """The version that a page showed; a form without it has seen none, and replaces nothing."""
    said = sent.get("seen") or ""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else NO_VERSION
