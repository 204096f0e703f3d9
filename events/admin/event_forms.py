"""The operators' forms of an event: writing one, with where it takes place, and changing one, or its series from it on.

Only the acts can tell whether it can be so, as they look at what is booked: they are called while the form is checked.
The admin has opened a transaction around it, and nothing of an act stays that refuses.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from bookings.admin.asking import day_widget
from bookings.holding import with_holders
from events.admin.offer_fields import HoldField, NoteForm, held_seats_field, online_url_field, places_field
from events.admin.repeating_form import RepeatingForm
from events.announcing import change
from events.drafting import draft
from events.event_form import TEXTS, EventForm
from events.models import Event
from events.series_changes import change_following
from events.taking_part import Offer
from events.times_form import TimesForm
from members.models import User
from spaces.models import Space


class TimedForm(TimesForm, RepeatingForm):
    """What both forms ask: what it is, when, for whom."""

    class Meta(EventForm.Meta):
        fields = [*TEXTS, "kind", "host", "most_guests", "decline_hours"]
        widgets = {f"text_{language}": UnfoldAdminTextareaWidget(attrs={"rows": 8}) for language in ("ja", "en")} | {
            name: UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "min": least, "max": most})
            for name, least, most in (("most_guests", 0, 20), ("decline_hours", 1, 168))
        }

    by: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picture = self.fields["picture_file"]
        picture.widget = UnfoldAdminFileFieldWidget(attrs=picture.widget.attrs)
        self.fields["day"].widget = day_widget()
        for name in ("starts", "ends"):
            self.fields[name].widget = UnfoldAdminTextInputWidget(attrs={"type": "time"})
        if "without_picture" in self.fields:
            self.fields["without_picture"].widget = UnfoldBooleanWidget()
        for field in self.fields.values():
            field.label = capfirst(str(field.label or ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            try:
                self.instance = self.act(cleaned)
            except ValidationError as refused:
                self.add_error(None, with_holders(refused, reader=self.by))
        return cleaned

    def act(self, wish: dict[str, Any]) -> Event:
        """Write it. Raises ValidationError."""
        raise NotImplementedError


class NewEventForm(TimedForm, NoteForm):
    """Writes a draft: at the own space, online, at others that are asked; once, or by a rule."""

    organiser: Any = forms.ModelChoiceField(
        label=_("held by"), queryset=Space.objects.none(), widget=UnfoldAdminSelectWidget()
    )
    places = places_field(required=False, help_text=_("Empty: it does not take place at your own space."))
    resource = HoldField()
    held_seats = held_seats_field()
    is_online = forms.BooleanField(label=_("also online"), required=False, widget=UnfoldBooleanWidget())
    online_places = places_field(label=_("places online"), required=False, help_text=_("Empty: no limit."))
    online_url = online_url_field()
    asked: Any = forms.ModelMultipleChoiceField(
        label=_("ask these spaces"),
        queryset=Space.objects.none(),
        required=False,
        help_text=_("They are asked once the event is announced, and say themselves what they offer."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    spaces: list[int] | None = []
    """Keys of the spaces that the person may hold events for; None for all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        federation = Space.objects.in_federation().order_by("position", "slug")
        own = federation if self.spaces is None else federation.filter(pk__in=self.spaces)
        only = own[0] if len(own) == 1 else None
        choices: dict[str, Any] = self.fields
        choices["organiser"].queryset = own
        choices["organiser"].initial = only.pk if only else None
        choices["resource"].offer_of(list(own))
        choices["asked"].queryset = federation.exclude(pk=only.pk) if only else federation

    def act(self, wish: dict[str, Any]) -> Event:
        organiser = wish["organiser"]
        here, online = self._here(wish), self._online(wish)
        asked = [space for space in wish["asked"] if space != organiser]
        return draft(
            organiser=organiser,
            values={**self.values, **self.times(organiser)},
            here=here,
            online=online,
            asked=asked,
            repeats=self.repeats(wish["day"]),
            by=self.by,
            now=timezone.now(),
        )

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "organiser"}

    def _here(self, wish: dict[str, Any]) -> Offer | None:
        if not wish["places"]:
            if wish["resource"]:
                raise ValidationError({"places": _("How many places does your space offer?")})
            return None
        return Offer(
            capacity=wish["places"],
            resource=wish["resource"],
            held_seats=wish["held_seats"],
            note_ja=wish["note_ja"],
            note_en=wish["note_en"],
        )

    def _online(self, wish: dict[str, Any]) -> Offer | None:
        if not wish["is_online"]:
            if wish["online_url"] or wish["online_places"]:
                raise ValidationError({"is_online": _("Tick this if it takes place online too.")})
            return None
        return Offer(capacity=wish["online_places"], online_url=wish["online_url"])


class ChangedEventForm(TimedForm):
    """Changes an event; of a series this one, or this and those that follow."""

    THIS, FOLLOWING = "this", "following"

    ONCE = _("as before")

    reach = forms.ChoiceField(
        label=_("what is changed"),
        choices=[(THIS, _("this date only")), (FOLLOWING, _("this date and those that follow"))],
        initial=THIS,
        widget=UnfoldAdminRadioSelectWidget(),
    )
    reason = forms.CharField(
        label=_("reason"),
        required=False,
        max_length=300,
        help_text=_("Where another rule leaves out a date for which somebody has signed up: they read it."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event: Event = self.instance
        self.fields.pop("left_out")
        self.fields["day"].help_text = _("With another day or time, everybody who has signed up is told by mail.")
        if event.series_id is None:
            for name in ("reach", "pattern", "own_rule", "until", "reason"):
                self.fields.pop(name)
        else:
            self.fields["pattern"].help_text = _("Another rule is for this date and those that follow.")
        if event.pk and "host" in self.fields:
            self._keep_host(event)

    def act(self, wish: dict[str, Any]) -> Event:
        event, now = self.instance, timezone.now()
        changed = self.changed({**self.values, **self.times(event.organiser)})
        repeats = self.repeats(wish["day"]) if event.series_id else None
        if wish.get("reach") == self.FOLLOWING:
            [first, *_later] = change_following(
                event=event,
                values=changed,
                rule=repeats.rule if repeats else None,
                reason=wish["reason"],
                now=now,
            )
            return first
        if repeats:
            raise ValidationError({"reach": _("Another rule changes this date and those that follow.")})
        return change(event=event, values=changed, now=now) if changed else event

    def _keep_host(self, event: Event) -> None:
        """The host of now may be somebody whom this operator does not know."""
        choice: Any = self.fields["host"]
        known = choice.queryset
        choice.queryset = User.objects.filter(Q(pk__in=known.order_by().values("pk")) | Q(pk=event.host_id))
