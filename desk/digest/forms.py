"""What the pages behind the links of a digest ask: the fields of the admin's forms, with their rules and words."""

from copy import deepcopy

from django import forms
from django.utils.text import capfirst

from bookings.admin.acts import DecideForm as AdminsDecideForm
from bookings.admin.visas.requests import RefuseForm as AdminsRefuseForm
from events.admin.venue_forms import OfferForm


def _field(form: type[forms.Form], name: str, widget: forms.Widget) -> forms.Field:
    """A field of a form of the admin, as the site's own pages show it."""
    field = deepcopy(form.base_fields[name])
    field.widget = widget
    field.label = capfirst(field.label or "")
    widget.attrs.update(field.widget_attrs(widget))
    widget.is_required = field.required
    return field


class NothingAsked(forms.Form):
    """An act that needs no word more."""


class DecideForm(forms.Form):
    message = _field(AdminsDecideForm, "message", forms.Textarea(attrs={"rows": 4}))


class RefuseForm(forms.Form):
    reason = _field(AdminsRefuseForm, "reason", forms.TextInput())


class PlacesForm(forms.Form):
    capacity = _field(OfferForm, "capacity", forms.NumberInput(attrs={"inputmode": "numeric"}))
