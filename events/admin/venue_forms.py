"""The form of what a venue offers to an event."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from bookings.admin.asking import QuestionForm
from bookings.admin.scope import FoundOne
from events.admin.offer_fields import HoldField, NoteForm, held_seats_field, online_url_field, places_field
from events.models import Venue
from events.taking_part import Offer
from members.models import User


class OfferForm(QuestionForm, NoteForm):
    """What a space offers as a venue: places, what it holds, who receives people; or the same online."""

    capacity = places_field()
    resource = HoldField()
    held_seats = held_seats_field()
    online_url = online_url_field()
    host: Any = forms.ModelChoiceField(
        label=_("host of the venue"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Sees the list of who comes there, also without a role at the space."),
    )
    and_following = forms.BooleanField(
        label=_("also for the dates of the series that follow"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget(),
    )
    field_order = ["capacity", "resource", "held_seats", "online_url", "host", "note_ja", "note_en", "and_following"]

    def __init__(self, *args: Any, venue: Venue, people: Any, in_series: bool = False, **kwargs: Any) -> None:
        names = ("capacity", "resource", "held_seats", "online_url", "host", "note_ja", "note_en")
        super().__init__(*args, initial={name: getattr(venue, name) or None for name in names}, **kwargs)
        choices: dict[str, Any] = self.fields
        if venue.is_online:
            del self.fields["resource"], self.fields["held_seats"]
            choices["capacity"].required = False
            choices["capacity"].help_text = _("Empty: no limit.")
        else:
            del self.fields["online_url"]
            choices["resource"].offer_of([venue.space])
        if not in_series:
            del self.fields["and_following"]
        known = Q(pk__in=people.order_by().values("pk")) | Q(pk=venue.host_id)
        choices["host"].queryset = User.objects.filter(known)
        choices["host"].widget = FoundOne(Venue._meta.get_field("host"), admin.site)
        choices["host"].widget.choices = choices["host"].choices

    @property
    def offer(self) -> Offer:
        given = self.cleaned_data
        return Offer(
            capacity=given["capacity"],
            resource=given.get("resource"),
            held_seats=given.get("held_seats"),
            host=given["host"],
            note_ja=given["note_ja"],
            note_en=given["note_en"],
            online_url=given.get("online_url", ""),
        )
