"""Sign-ups: who comes to one's venues and who waits, as a list and as a file; taking one off."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from import_export.resources import ModelResource
from unfold.decorators import display

from bookings.admin.asking import Question, ask
from bookings.admin.money.listed import on_day
from bookings.admin.scope import Exported, LookedAtAdmin, OwnFilter
from bookings.admin.tickets.reach import where
from events.admin import words
from events.admin.reach import RSVP, next_first, rsvps_of
from events.admin.rsvp_filters import StateFilter, TitleFilter
from events.leaving import leave
from events.line import number_in_line
from events.models import Rsvp

_COLOURS = {"going": "success", "came": "info", "waiting": "warning", "left": "", "unconfirmed": ""}


class RsvpExport(ModelResource):
    class Meta:
        model = Rsvp
        fields = [
            "reference",
            "event__reference",
            "event__title_ja",
            "event__starts_at",
            "venue__space__slug",
            "name",
            "person",
            "people",
            "answer",
            "is_walk_in",
            "signed_up_at",
            "queued_at",
            "going_at",
            "attended_at",
            "left_at",
            "left_by",
            "declined",
        ]


@admin.register(Rsvp)
class RsvpAdmin(Exported, LookedAtAdmin):
    """Seen by who runs the venue's space; online by who runs the space that holds the event."""

    resource_classes = [RsvpExport]
    list_display = ["name_label", "event_title", "when", "venue_name", "state_label", "people_label", "answer_label"]
    list_filter = [StateFilter, ("event", TitleFilter), ("venue__space", OwnFilter), "is_walk_in"]
    list_select_related = ["event__organiser", "venue__space"]
    search_fields = ["name", "person", "reference"]
    search_help_text = gettext_lazy("Name, e-mail or reference")
    actions = ["take_off_selected"]
    change_form_outer_before_template = "admin/events/rsvp_acts.html"
    readonly_fields = [
        "event_title",
        "when",
        "venue_name",
        "name_label",
        "state_words",
        "people_label",
        "email",
        "reference_label",
        "signed_up",
    ]

    signed_up = on_day("signed_up_at", gettext_lazy("signed up"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [path("<int:pk>/take-off/", view(self.take_off_view), name="events_rsvp_take_off"), *super().get_urls()]

    # Who sees and changes what

    def within(self, rows: QuerySet[Rsvp], request: HttpRequest, action: str) -> QuerySet[Rsvp]:
        return rsvps_of(rows, where(request, action, RSVP))

    def is_allowed(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """A row that was found within what the person may do is theirs to do it with."""
        if obj is None or obj.pk is None:
            return super().is_allowed(request, action)
        return self.within(Rsvp.objects.filter(pk=obj.pk), request, action).exists()

    def has_take_off_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "change")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {"event__id__exact", "venue__id__exact"} or super().lookup_allowed(lookup, value, request)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [*next_first("event__"), "signed_up_at", "pk"]

    def get_fields(self, request: HttpRequest, obj: Rsvp | None = None) -> list[Any]:
        return [
            ("event_title", "when"),
            ("venue_name", "state_words"),
            ("name_label", "email"),
            ("people_label", "signed_up"),
            "answer",
            ("reference_label", "language"),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rsvp = self.get_object(request, object_id)
        more = {}
        if rsvp:
            still = rsvp.is_live and not rsvp.attended_at and not rsvp.event.is_over_at(timezone.now())
            more = {"rsvp": rsvp, "may_take_off": still and self.is_allowed(request, "change", rsvp)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # Acts

    def take_off_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a sign-up back for somebody; the next in line moves up."""
        rsvp = self.row_or_404(request, pk, "change")
        page = reverse("admin:events_rsvp_change", args=[rsvp.pk])
        if request.method == "POST":
            try:
                leave(rsvp=rsvp, by=Rsvp.Side.HOST, now=timezone.now())
            except ValidationError as refused:
                messages.error(request, " ".join(refused.messages))
            else:
                messages.success(request, _("%(name)s is off the list.") % {"name": rsvp})
            return redirect(page)
        question = Question(
            title=_("Take somebody off the list"),
            button=_("Take off the list"),
            icon="person_remove",
            back=page,
            facts=[
                (_("name"), rsvp),
                (pgettext("how many", "people"), rsvp.people),
                (_("state"), self.state_words(rsvp)),
                (_("venue"), rsvp.venue.name),
                *words.facts_of(rsvp.event),
            ],
            hints=[
                words.told_sentence([rsvp]),
                _("The next in line have the place at once."),
            ],
            ends_something=True,
        )
        return ask(request, question)

    @admin.action(description=gettext_lazy("Take off the list, and tell them"), permissions=["take_off"])
    def take_off_selected(self, request: HttpRequest, queryset: QuerySet[Rsvp]) -> None:
        done = 0
        for rsvp in self.within(queryset, request, "change").filter(left_at=None).order_by("pk"):
            try:
                leave(rsvp=rsvp, by=Rsvp.Side.HOST, now=timezone.now())
                done += 1
            except ValidationError as refused:
                messages.warning(request, f"{rsvp}: {' '.join(refused.messages)}")
        said = ngettext("%(count)s sign-up is off the list.", "%(count)s sign-ups are off the list.", done)
        messages.success(request, said % {"count": done})

    # Columns

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def name_label(self, rsvp: Rsvp) -> str:
        return str(rsvp)

    @admin.display(description=gettext_lazy("e-mail"))
    def email(self, rsvp: Rsvp) -> str:
        return rsvp.person or "–"

    @admin.display(description=pgettext_lazy("of a sign-up", "reference"))
    def reference_label(self, rsvp: Rsvp) -> str:
        return rsvp.reference

    @admin.display(description=gettext_lazy("event"), ordering="event__title_ja")
    def event_title(self, rsvp: Rsvp) -> str:
        address = reverse("admin:events_event_change", args=[rsvp.event_id])
        return format_html('<a href="{}" class="op-link">{}</a>', address, rsvp.event.title)

    @admin.display(description=gettext_lazy("when"), ordering="event__starts_at")
    def when(self, rsvp: Rsvp) -> str:
        return words.day_of(rsvp.event)

    @admin.display(description=pgettext_lazy("how many", "people"), ordering="people")
    def people_label(self, rsvp: Rsvp) -> int:
        return rsvp.people

    @admin.display(description=gettext_lazy("answer"), ordering="answer")
    def answer_label(self, rsvp: Rsvp) -> str:
        return rsvp.answer or "–"

    @admin.display(description=gettext_lazy("venue"), ordering="venue__space")
    def venue_name(self, rsvp: Rsvp) -> str:
        return rsvp.venue.name

    @display(description=gettext_lazy("state"), label=_COLOURS)
    def state_label(self, rsvp: Rsvp) -> tuple[str, Any]:
        return _state(rsvp), rsvp.state_name

    @admin.display(description=gettext_lazy("state"))
    def state_words(self, rsvp: Rsvp) -> str:
        if rsvp.is_waiting and (number := number_in_line(rsvp)):
            return _("%(state)s, number %(number)s") % {"state": rsvp.state_name, "number": number}
        return str(rsvp.state_name)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words_typed = search_term.strip()
        if not words_typed:
            return queryset, False
        reference = words_typed.replace("-", "").replace(" ", "")
        found = Q(name__icontains=words_typed) | Q(person__icontains=words_typed) | Q(reference__iexact=reference)
        return queryset.filter(found), False


def _state(rsvp: Rsvp) -> str:
    if rsvp.left_at:
        return "left"
    if rsvp.attended_at:
        return "came"
    if rsvp.going_at:
        return "going"
    return "waiting" if rsvp.confirmed_at else "unconfirmed"
