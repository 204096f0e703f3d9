"""Events: those that one's spaces hold, and those with a venue there; written, changed and announced by acts."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from bookings.admin.scope import OwnFilter, OwnSpacesAdmin, signed_in
from bookings.admin.tickets.reach import where
from events.admin import event_acts, words
from events.admin.event_filters import SeriesFilter, StateFilter
from events.admin.event_forms import ChangedEventForm, NewEventForm
from events.admin.event_page import page_of, venues_shown
from events.admin.reach import EVENT, events_of, is_open, next_first
from events.markdown import html_of
from events.models import Event, Venue
from events.repeating import in_words

_TEXTS = (
    (
        gettext_lazy("What it is"),
        {
            "fields": [
                ("kind", "host"),
                ("title_ja", "title_en"),
                ("text_ja", "text_en"),
                ("supporter_ja", "supporter_en"),
                ("picture_file", "kept_picture"),
            ]
        },
    ),
    (
        gettext_lazy("Who comes"),
        {"fields": [("question_ja", "question_en"), ("most_guests", "decline_hours"), "stream_url"]},
    ),
)
_WHEN = (gettext_lazy("When"), {"fields": ["day", ("starts", "ends")]})
_HERE = (
    gettext_lazy("At our space"),
    {"fields": ["places", ("resource", "held_seats"), ("note_ja", "note_en")]},
)
_ONLINE = (gettext_lazy("Online"), {"fields": ["is_online", ("online_places", "online_url")]})
_OTHERS = (gettext_lazy("At other spaces"), {"fields": ["asked"]})
_REPEATS = (gettext_lazy("How often"), {"fields": [("pattern", "until"), ("own_rule", "left_out")]})
_REACH = (gettext_lazy("Of the series"), {"fields": ["reach", ("pattern", "until"), ("own_rule", "reason")]})


@admin.register(Event)
class EventAdmin(OwnSpacesAdmin):
    space_lookup = "organiser_id"
    list_display = ["when", "title_label", "kind", "venues_label", "state_label", "organiser"]
    list_display_links = ["when", "title_label"]
    list_filter = [StateFilter, "kind", ("venues__space", OwnFilter), ("series", SeriesFilter)]
    list_select_related = ["organiser"]
    search_fields = ["title_ja", "title_en", "reference"]
    date_hierarchy = "starts_at"
    autocomplete_fields = ["host"]
    change_form_outer_before_template = "admin/events/event_acts.html"
    change_form_outer_after_template = "admin/events/event_page.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        acts = {
            "announce": event_acts.announce_view,
            "cancel": event_acts.cancel_view,
            "end": event_acts.end_view,
            "repeat": event_acts.repeat_view,
            "ask": event_acts.ask_view,
            "online": event_acts.online_view,
            "thank": event_acts.thank_view,
        }
        return [
            *[path(f"<int:pk>/{name}/", view(act), name=f"events_event_{name}") for name, act in acts.items()],
            *super().get_urls(),
        ]

    # Who sees and changes what

    def within(self, rows: QuerySet[Event], request: HttpRequest, action: str) -> QuerySet[Event]:
        """To look at, whatever takes place at one's spaces; to change, what they hold."""
        if action == "view":
            return events_of(rows, where(request, "view", EVENT))
        return super().within(rows, request, action)

    def is_allowed(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """An event that was found may be looked at: the query set has seen to it."""
        return super().is_allowed(request, action, None if action == "view" else obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        still = obj is None or is_open(obj, timezone.now())
        return still and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is cancelled, and who had signed up is told."""
        return False

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [*next_first(), "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        standing = venues_shown(Venue.objects.filter(left_at__isnull=True))
        return super().get_queryset(request).prefetch_related(Prefetch("venues", standing, to_attr="shown_venues"))

    # Its form

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = ChangedEventForm if change else NewEventForm
        form = super().get_form(request, obj, change, **kwargs)
        form.by = signed_in(request)
        form.spaces = where(request, "add", EVENT)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        texts, guests = _TEXTS
        if obj is None:
            first = [("organiser", "kind"), "host", *texts[1]["fields"][1:]]
            return [(texts[0], {"fields": first}), _WHEN, _HERE, _ONLINE, _OTHERS, guests, _REPEATS]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": _looked_at(obj)})]
        of_series = [_REACH] if obj.series_id else []
        shown = ["picture_shown", "without_picture"] if obj.picture_id else []
        fields = [*texts[1]["fields"][:-1], *shown, ("picture_file", "kept_picture", "shown")]
        return [_WHEN, (texts[0], {"fields": fields}), guests, *of_series]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["picture_shown"] if obj and obj.picture_id else []

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        """The form's act has saved it."""

    def response_add(self, request: HttpRequest, obj: Event, post_url_continue: str | None = None) -> HttpResponse:
        said = _("“%(title)s” is written. Nobody sees it before you announce it.") % {"title": obj.title}
        messages.success(request, said)
        return redirect("admin:events_event_change", obj.pk)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        one_button = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **one_button})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        event = self.get_object(request, object_id)
        more = page_of(request, event, timezone.now()) if event else {}
        more["show_save_and_add_another"] = False
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # Columns

    @admin.display(description=gettext_lazy("when"), ordering="starts_at")
    def when(self, event: Event) -> str:
        return words.when_in_full(event)

    @admin.display(description=gettext_lazy("title"), ordering="title_ja")
    def title_label(self, event: Event) -> str:
        return event.title

    @admin.display(description=gettext_lazy("venues: going, waiting"))
    def venues_label(self, event: Any) -> str:
        lines = [
            (venue.name, words.places(venue) if venue.stands else words.VENUE_STATES["asked"][0])
            for venue in event.shown_venues
        ]
        shown = format_html_join("", "<span>{} {}</span>", lines)
        return format_html('<span class="op-lines">{}</span>', shown) if lines else "–"

    @display(description=gettext_lazy("state"), label={key: colour for key, (_word, colour) in words.STATES.items()})
    def state_label(self, event: Event) -> tuple[str, Any]:
        state = words.state_of(event)
        return state, words.STATES[state][0]

    # Of one that is only looked at

    @admin.display(description=gettext_lazy("state"))
    def state_words(self, event: Event) -> str:
        said = str(words.STATES[words.state_of(event)][0])
        return f"{said}: {event.cancel_reason}" if event.cancel_reason else said

    @admin.display(description=gettext_lazy("text"))
    def text_shown(self, event: Event) -> str:
        return html_of(event.text)

    @admin.display(description=gettext_lazy("picture"))
    def picture_shown(self, event: Event) -> str:
        return format_html('<img class="op-picture" src="{}" alt="">', event.picture.card_url if event.picture else "")

    @admin.display(description=gettext_lazy("series"))
    def series_words(self, event: Event) -> str:
        return in_words(event.series.rule, event.series.starts_on) if event.series else "–"


def _looked_at(event: Event) -> list[Any]:
    fields: list[Any] = [("when", "state_words"), ("kind", "organiser"), "title_label", "text_shown"]
    if event.picture_id:
        fields.append("picture_shown")
    if event.series_id:
        fields.append("series_words")
    return [*fields, ("supporter", "host"), "question", ("most_guests", "decline_hours"), "stream_url"]
