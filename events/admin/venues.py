"""Venues: where one's spaces take part in events, or are asked to; what they offer, agreeing to it, and leaving."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from bookings.admin.asking import Question, QuestionForm, ask
from bookings.admin.scope import LookedAtAdmin, OwnFilter, choices, may_at, signed_in
from bookings.admin.tickets.reach import where
from bookings.holding import with_holders
from events import series_venues, taking_part
from events.admin import words
from events.admin.reach import VENUE, home_of, is_open, next_first, venue_or_404, venues_of
from events.admin.venue_filters import VenueStateFilter, WhenFilter
from events.admin.venue_forms import OfferForm
from events.counting import with_counts
from events.models import Event, Rsvp, Venue
from spaces.templatetags.wording import plain_day


class LeaveForm(QuestionForm):
    """Asked where it is a date of a series."""

    and_following = forms.BooleanField(
        label=gettext_lazy("also for the dates of the series that follow"), required=False, widget=UnfoldBooleanWidget()
    )


@admin.register(Venue)
class VenueAdmin(LookedAtAdmin):
    list_display = ["event_title", "when", "venue_name", "state_label", "places_label", "hold_label"]
    list_filter = [WhenFilter, VenueStateFilter, ("space", OwnFilter)]
    list_select_related = ["event__organiser", "space", "resource", "hold", "host"]
    search_fields = ["event__title_ja", "event__title_en", "event__reference"]
    change_form_outer_before_template = "admin/events/venue_acts.html"
    readonly_fields = [
        "event_title",
        "when",
        "venue_name",
        "organiser",
        "state_words",
        "places_label",
        "hold_label",
        "agreed",
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/offer/", view(self.offer_view), name="events_venue_offer"),
            path("<int:pk>/leave/", view(self.leave_view), name="events_venue_leave"),
            *super().get_urls(),
        ]

    # Who sees and changes what

    def within(self, rows: QuerySet[Venue], request: HttpRequest, action: str) -> QuerySet[Venue]:
        return venues_of(rows, where(request, action, VENUE))

    def space_of(self, obj: Venue) -> int:
        return home_of(obj)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [*next_first("event__"), "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_counts(super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Venue | None = None) -> list[Any]:
        online = ["online_url"] if obj and obj.is_online else []
        return [
            ("event_title", "when"),
            ("venue_name", "organiser"),
            ("state_words", "agreed"),
            ("places_label", "hold_label"),
            "host",
            "note",
            *online,
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        venue = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if venue:
            more = {
                "venue": venue,
                "venue_state": words.venue_state(venue),
                "may_answer": is_open(venue.event, timezone.now()) and may_at(request, home_of(venue), "change", VENUE),
                "wants_hold": venue.stands and venue.resource_id and not venue.is_held,
                "sign_ups": f"{reverse('admin:events_rsvp_changelist')}?venue__id__exact={venue.pk}",
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # Acts

    def offer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what the space offers: by it a space that was asked takes part."""
        venue = venue_or_404(request, pk, "change")
        if venue.left_at:
            messages.info(request, _("%(venue)s does not take part any more.") % {"venue": venue.name})
            return redirect(_page(venue))
        people = choices(self, Venue._meta.get_field("host"), request)
        sent = request.POST if request.method == "POST" else None
        form = OfferForm(sent, venue=venue, people=people, in_series=_goes_on(venue))
        if sent is not None and form.is_valid():
            try:
                refused = _offered(request, venue, form)
            except ValidationError as problem:
                form.add_error(None, with_holders(problem, reader=signed_in(request)))
            else:
                said = _("%(venue)s takes part.") if not venue.agreed_at else _("Saved.")
                messages.success(request, said % {"venue": venue.name} if not venue.agreed_at else said)
                _tell_refused(request, refused)
                return redirect(_page(venue))
        title, button = (_("Change our venue"), _("Save")) if venue.agreed_at else (_("Take part"), _("We take part"))
        question = Question(
            title=title,
            button=button,
            icon="handshake",
            back=_page(venue),
            facts=[(_("venue"), venue.name), *words.facts_of(venue.event)],
            hints=_offer_hints(venue),
        )
        return ask(request, question, form, template="admin/events/ask.html", media=self.media + form.media)

    def leave_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say no, or take no part any more; the page says who is told."""
        venue = venue_or_404(request, pk, "change")
        if venue.left_at:
            return redirect(_page(venue))
        form = (LeaveForm if _goes_on(venue) else QuestionForm)(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            now = timezone.now()
            try:
                if form.cleaned_data.get("and_following"):
                    _tell_refused(request, series_venues.leave_following(venue=venue, now=now))
                else:
                    taking_part.leave(venue=venue, now=now)
            except ValidationError as problem:
                messages.error(request, " ".join(problem.messages))
            else:
                messages.success(request, _("%(venue)s does not take part.") % {"venue": venue.name})
            return redirect(_page(venue))
        told = list(Rsvp.objects.standing().filter(venue=venue, attended_at=None))
        question = Question(
            title=_("Take no part") if venue.agreed_at else _("Say no to an event"),
            button=_("We do not take part"),
            icon="do_not_disturb_on",
            back=_page(venue),
            facts=[(_("venue"), venue.name), *words.facts_of(venue.event)],
            hints=[
                words.told_sentence(told),
                _("Their sign-ups end with it; the letter leads them to the other venues. What is held is given back.")
                if told
                else _("What is held is given back."),
            ],
            ends_something=True,
        )
        return ask(request, question, form if form.fields else None)

    # Columns

    @admin.display(description=gettext_lazy("event"), ordering="event__title_ja")
    def event_title(self, venue: Venue) -> str:
        address = reverse("admin:events_event_change", args=[venue.event_id])
        return format_html('<a href="{}" class="op-link">{}</a>', address, venue.event.title)

    @admin.display(description=gettext_lazy("when"), ordering="event__starts_at")
    def when(self, venue: Venue) -> str:
        return words.when_in_full(venue.event)

    @admin.display(description=gettext_lazy("venue"), ordering="space")
    def venue_name(self, venue: Venue) -> str:
        return venue.name

    @admin.display(description=gettext_lazy("held by"))
    def organiser(self, venue: Venue) -> str:
        return str(venue.event.organiser)

    @display(
        description=gettext_lazy("state"), label={key: colour for key, (_word, colour) in words.VENUE_STATES.items()}
    )
    def state_label(self, venue: Venue) -> tuple[str, Any]:
        state = words.venue_state(venue)
        return state, words.VENUE_STATES[state][0]

    @admin.display(description=gettext_lazy("state"))
    def state_words(self, venue: Venue) -> str:
        return str(words.VENUE_STATES[words.venue_state(venue)][0])

    @admin.display(description=gettext_lazy("going, waiting"))
    def places_label(self, venue: Any) -> str:
        return words.places(venue)

    @admin.display(description=gettext_lazy("held"))
    def hold_label(self, venue: Venue) -> str:
        return str(words.hold_words(venue))

    @admin.display(description=gettext_lazy("agreed"))
    def agreed(self, venue: Venue) -> str:
        if not venue.agreed_at:
            return "–"
        by = f" · {venue.agreed_by}" if venue.agreed_by else ""
        return f"{plain_day(venue.agreed_at)}{by}"


def _offered(request: HttpRequest, venue: Venue, form: OfferForm) -> list[tuple[Event, ValidationError]]:
    by, now = signed_in(request), timezone.now()
    if form.cleaned_data.get("and_following"):
        return series_venues.offer_following(venue=venue, offer=form.offer, by=by, now=now)
    if venue.agreed_at:
        taking_part.change_venue(venue=venue, offer=form.offer, now=now)
    else:
        taking_part.agree(venue=venue, offer=form.offer, by=by, now=now)
    return []


def _tell_refused(request: HttpRequest, refused: list[tuple[Event, ValidationError]]) -> None:
    """Which later dates stay as they are, and why."""
    for event, problem in refused:
        told = with_holders(problem, reader=signed_in(request))
        messages.warning(request, f"{words.when_in_full(event)}: {' '.join(told.messages)}")


def _offer_hints(venue: Venue) -> list[str]:
    if venue.is_online:
        return []
    hints = [_("People sign up for your space by name. You see who comes to it on the list of sign-ups.")]
    if not venue.event.is_announced:
        hints.append(_("The event is a draft: nobody sees it before who holds it announces it."))
    return hints


def _goes_on(venue: Venue) -> bool:
    """Whether the event is of a series with dates after it at which this venue takes part or is asked."""
    event = venue.event
    if event.series_id is None:
        return False
    later = Venue.objects.filter(event__series=event.series_id, event__occurs_on__gt=event.occurs_on)
    return later.filter(space=venue.space, left_at=None, event__cancelled_at=None).exists()


def _page(venue: Venue) -> str:
    return reverse("admin:events_venue_change", args=[venue.pk])
