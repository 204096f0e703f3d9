"""Series: by which rule an event comes again, its next dates, and what came of those that were."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display

from bookings.admin.money.listed import on_day
from bookings.admin.scope import LookedAtAdmin, OwnFilter
from events.admin.figure_words import explained, note
from events.figures import figures_of
from events.models import Event, Series
from events.repeating import in_words
from events.series_lines import Lines
from spaces.templatetags.wording import plain_day

NEXT_SHOWN = 6
PAST_SHOWN = 24


@admin.register(Series)
class SeriesAdmin(LookedAtAdmin):
    """Made of an event, and changed at one: from that date on."""

    space_lookup = "organiser_id"
    list_display = ["title_label", "rule_words", "next_label", "organiser", "state_label"]
    list_filter = [("organiser", OwnFilter)]
    list_select_related = ["organiser"]
    search_fields = ["events__title_ja", "events__title_en"]
    change_form_outer_after_template = "admin/events/series_page.html"
    readonly_fields = ["title_label", "rule_words", "starts", "left_out_days", "state_words"]
    fields = ["title_label", ("rule_words", "rule"), ("starts", "left_out_days"), ("organiser", "state_words")]

    starts = on_day("starts_on", gettext_lazy("first day"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the title of the latest date, and the next one."""
        dates = Event.objects.filter(series=OuterRef("pk")).order_by("-occurs_on")
        coming = Event.objects.filter(series=OuterRef("pk"), cancelled_at=None).upcoming(timezone.now())
        return (
            super()
            .get_queryset(request)
            .annotate(
                title_ja=Subquery(dates.values("title_ja")[:1]),
                title_en=Subquery(dates.values("title_en")[:1]),
                next_event=Subquery(coming.values("pk")[:1]),
                next_at=Subquery(coming.values("starts_at")[:1]),
            )
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        series = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if series:
            now = timezone.now()
            line = Lines([series.organiser_id]).whole(series.pk)
            of_line = Event.objects.filter(series__in=line, cancelled_at=None).select_related("organiser")
            dates = of_line.filter(series=series)
            figures = figures_of(list(of_line.announced().past(now)))
            more = {
                "series": series,
                "had_other_rules": len(line) > 1,
                "coming": list(dates.upcoming(now)[:NEXT_SHOWN]),
                "figures": explained(figures.total),
                "figures_note": note(),
                "past": figures.events[:PAST_SHOWN],
                "has_more": len(figures.events) > PAST_SHOWN,
                "dates": f"{reverse('admin:events_event_changelist')}?series__id__exact={series.pk}",
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.display(description=gettext_lazy("title"))
    def title_label(self, series: Any) -> str:
        return _title(series)

    @admin.display(description=gettext_lazy("how often"))
    def rule_words(self, series: Series) -> str:
        return in_words(series.rule, series.starts_on)

    @admin.display(description=gettext_lazy("next date"), ordering="next_at")
    def next_label(self, series: Any) -> str:
        if not series.next_event:
            return "–"
        address = reverse("admin:events_event_change", args=[series.next_event])
        with timezone.override(series.organiser.zone):
            return format_html('<a href="{}" class="op-link">{}</a>', address, plain_day(series.next_at))

    @display(description=gettext_lazy("state"), label={"goes on": "success", "ended": ""})
    def state_label(self, series: Any) -> tuple[str, Any]:
        return ("goes on", _("Goes on")) if series.next_event and not series.ended_at else ("ended", _("Ended"))

    @admin.display(description=gettext_lazy("state"))
    def state_words(self, series: Any) -> str:
        return str(self.state_label(series)[1])

    @admin.display(description=gettext_lazy("left out on"))
    def left_out_days(self, series: Series) -> str:
        return _(", ").join(plain_day(day) for day in series.left_out) or "–"


def _title(series: Any) -> str:
    first, second = series.title_ja, series.title_en
    if (get_language() or "").startswith("en"):
        first, second = second, first
    return first or second or str(series)
