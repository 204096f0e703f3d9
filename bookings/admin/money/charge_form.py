"""A charge that is written by hand: a thing that nothing else charges for, or a correction."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from billing.charging import charge
from billing.models import Charge
from billing.refusals import refused_politely
from billing.tax import REDUCED, STANDARD
from bookings.admin.acts import IN_OUR_TIME
from bookings.admin.money.asking import MOST_YEN
from bookings.admin.money.figures import rate_in_words

OUTSIDE = "outside"


def _rates() -> list[tuple[str, str]]:
    return [(str(rate or OUTSIDE), rate_in_words(rate)) for rate in (STANDARD, REDUCED, None)]


class ChargeForm(forms.ModelForm):
    """A charge that nothing else writes. Sent twice it is one: its source is the form."""

    tax_rate = forms.TypedChoiceField(
        label=_("tax rate"),
        choices=_rates,
        coerce=lambda rate: None if rate == OUTSIDE else int(rate),
        initial=str(STANDARD),
        widget=UnfoldAdminSelectWidget(),
    )
    yen = forms.IntegerField(
        label=_("yen"),
        min_value=-MOST_YEN,
        max_value=MOST_YEN,
        help_text=_("Tax included. Below zero it is a correction, which is given back."),
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    arises_on = forms.DateField(label=_("day"), validators=IN_OUR_TIME, widget=UnfoldAdminSingleDateWidget())
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Charge
        fields = ["space", "payer", "kind", "text", "yen", "tax_rate", "arises_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(str(field.label or ""))

    def clean_yen(self) -> int:
        yen: int = self.cleaned_data["yen"]
        if not yen:
            raise ValidationError(_("Say an amount other than zero."), code="zero")
        return yen

    def clean(self) -> dict[str, Any]:
        """Write it: only the act can tell whether the month is open. The admin has opened a transaction around it."""
        wish = super().clean() or self.cleaned_data
        if not self.errors:
            with refused_politely(), transaction.atomic():
                written = charge(
                    space=wish["space"],
                    payer_id=wish["payer"].pk,
                    kind=wish["kind"],
                    text=wish["text"],
                    yen=wish["yen"],
                    tax_rate=wish["tax_rate"],
                    arises_on=wish["arises_on"],
                    source_key=f"manual:{wish['form_key']}",
                )
            assert written is not None  # noqa: S101 - it is not of zero yen
            self.instance = written
        return wish

    def _post_clean(self) -> None:
        """The act has written the row; there is nothing left to copy onto it."""
