"""Lines on the wall: read, and taken off it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.decorators import display

from bookings.admin.money.listed import on_day
from bookings.admin.scope import LookedAtAdmin, signed_in
from bookings.admin.tickets.reach import where
from events.admin.reach import LINE, lines_of
from events.admin.rsvp_filters import TitleFilter
from events.models import WallLine
from events.saying import hide


@admin.register(WallLine)
class WallLineAdmin(LookedAtAdmin):
    """Seen by who runs the space at which it was written, and by who runs the space that holds the event."""

    list_display = ["text_label", "name", "event_title", "venue_name", "said", "state_label"]
    list_filter = [("event", TitleFilter)]
    list_select_related = ["event__organiser", "venue__space", "hidden_by"]
    search_fields = ["text", "name"]
    actions = ["hide_selected"]
    readonly_fields = ["text_label", "event_title", "venue_name", "said", "state_words"]

    said = on_day("said_at", _("written"))

    def within(self, rows: QuerySet[WallLine], request: HttpRequest, action: str) -> QuerySet[WallLine]:
        return lines_of(rows, where(request, action, LINE))

    def is_allowed(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """A row that was found within what the person may do is theirs to do it with."""
        if obj is None or obj.pk is None:
            return super().is_allowed(request, action)
        return self.within(WallLine.objects.filter(pk=obj.pk), request, action).exists()

    def has_hide_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "change")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "event__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: WallLine | None = None) -> list[Any]:
        return ["text_label", ("name", "said"), ("event_title", "venue_name"), "state_words"]

    @admin.action(description=_("Hide, everywhere"), permissions=["hide"])
    def hide_selected(self, request: HttpRequest, queryset: QuerySet[WallLine]) -> None:
        rows = self.within(queryset, request, "change").filter(hidden_at=None).order_by("pk")
        by, now = signed_in(request), timezone.now()
        done = len([hide(line=line, by=by, now=now) for line in rows])
        said = ngettext("%(count)s line is hidden.", "%(count)s lines are hidden.", done)
        messages.success(request, said % {"count": done})

    @admin.display(description=pgettext_lazy("on the wall", "line"), ordering="text")
    def text_label(self, line: WallLine) -> str:
        return line.text

    @admin.display(description=_("event"), ordering="event__title_ja")
    def event_title(self, line: WallLine) -> str:
        address = reverse("admin:events_event_change", args=[line.event_id])
        return format_html('<a href="{}" class="op-link">{}</a>', address, line.event.title)

    @admin.display(description=_("venue"), ordering="venue__space")
    def venue_name(self, line: WallLine) -> str:
        return line.venue.name if line.venue else "–"

    @display(description=_("state"), label={"shown": "success", "hidden": ""})
    def state_label(self, line: WallLine) -> tuple[str, Any]:
        return ("hidden", _("Hidden")) if line.hidden_at else ("shown", _("On the wall"))

    @admin.display(description=_("state"))
    def state_words(self, line: WallLine) -> str:
        said = str(self.state_label(line)[1])
        return f"{said} · {line.hidden_by}" if line.hidden_by else said
