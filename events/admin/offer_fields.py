"""What a venue offers, as fields of a form: places, what it holds of its space."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from events.models.event import is_web_address
from events.models.venue import MOST_PLACES
from spaces.models import Resource, Space


def places_field(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        max_value=MOST_PLACES,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "min": 1, "max": MOST_PLACES}),
        **{"label": _("places"), **more},
    )


class HoldField(forms.ModelChoiceField):
    """The seats, rooms and halls of some spaces; a booth is let by the month."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            queryset=Resource.objects.none(),
            label=_("seats or room to hold"),
            required=False,
            empty_label=_("nothing"),
            help_text=_("It is booked for the event, as long as that lasts, and nobody else can book it."),
            widget=UnfoldAdminSelectWidget(),
            **more,
        )
        self.names_space = False

    def offer_of(self, spaces: list[Space]) -> None:
        """Offer what these spaces have."""
        bookable = Q(retired_on__isnull=True) | Q(retired_on__gt=localdate())
        rows = Resource.objects.filter(bookable, space__in=spaces)
        self.queryset = rows.exclude(kind=Resource.Kind.BOOTH).select_related("space")
        self.names_space = len(spaces) > 1

    def label_from_instance(self, obj: Resource) -> str:
        name = f"{obj.space.name} · {obj.name}" if self.names_space else str(obj.name)
        if not obj.is_seats:
            return name
        return gettext("%(resource)s: %(seats)s seats") % {"resource": name, "seats": obj.capacity}


def held_seats_field() -> forms.IntegerField:
    return places_field(
        label=_("seats to hold"), required=False, help_text=_("Empty: all of them. A room is held whole.")
    )


def online_url_field() -> forms.CharField:
    return forms.CharField(
        label=_("link to take part"),
        required=False,
        max_length=300,
        validators=[is_web_address],
        help_text=_("Only who comes sees it."),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "url"}),
    )


class NoteForm(forms.Form):
    """What everybody reads of a venue, in both languages."""

    note_ja = forms.CharField(
        label=_("note, in Japanese"),
        required=False,
        max_length=200,
        help_text=_("The room, or how to get in; everybody reads it."),
        widget=UnfoldAdminTextInputWidget(),
    )
    note_en = forms.CharField(
        label=_("note, in English"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
