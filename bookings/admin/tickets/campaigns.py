"""Campaigns: those that one's spaces have begun, take part in or are asked to; the page of one; its acts and papers."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin
from unfold.decorators import display

from bookings.admin.money.listed import on_day
from bookings.admin.scope import OwnSpacesAdmin, signed_in
from bookings.admin.tickets import figures, issuing, outputs, participating, stopping
from bookings.admin.tickets.campaign_form import CampaignForm
from bookings.admin.tickets.campaign_page import page_of
from bookings.admin.tickets.reach import campaigns_of, where
from spaces.today import today_at
from visas.models import Campaign, Participation, Ticket
from visas.taking_part import ask

STATES = {
    "stopped": gettext_lazy("Ended early"),
    "over": gettext_lazy("Over"),
    "coming": gettext_lazy("Not begun yet"),
    "runs": gettext_lazy("Runs"),
}
STATE_COLOURS = {"stopped": "", "over": "", "coming": "info", "runs": "success"}


class WhenFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, STATES[name]) for name in ("runs", "coming")] + [("over", _("Over or ended early"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> QuerySet[Campaign]:
        now = timezone.now()
        running = Q(pk__in=Campaign.objects.running(now).order_by().values("pk"))
        begun = Q(starts_on__lte=today_at("organiser__timezone", now))
        chosen = {"over": ~running, "runs": running & begun, "coming": running & ~begun}.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


@admin.register(Campaign)
class CampaignAdmin(OwnSpacesAdmin, TranslationAdmin):
    form = CampaignForm
    space_lookup = "organiser_id"
    list_display = ["name", "starts", "ends", "state_label", "issued", "taking_part", "organiser"]
    list_filter = [WhenFilter]
    list_select_related = ["organiser"]
    search_fields = ["name_ja", "name_en"]
    fields = [
        "organiser",
        "name",
        "for_whom",
        ("starts_on", "ends_on"),
        ("visits_in_all", "visits_at_each"),
        "seats_a_day",
    ]
    change_form_outer_before_template = "admin/tickets/campaign_acts.html"
    change_form_outer_after_template = "admin/tickets/campaign_page.html"

    starts = on_day("starts_on", gettext_lazy("valid from"))
    ends = on_day("ends_on", gettext_lazy("valid until"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/figures/", view(figures.figures_view), name="visas_campaign_figures"),
            path("<int:pk>/ask/", view(participating.ask_view), name="visas_campaign_ask"),
            path("<int:pk>/stop/", view(stopping.stop_view), name="visas_campaign_stop"),
            path("<int:pk>/issue/", view(issuing.issue_view), name="visas_campaign_issue"),
            path("<int:pk>/tickets.csv", view(outputs.csv_view), name="visas_campaign_csv"),
            path("<int:pk>/tickets.pdf", view(outputs.sheet_view), name="visas_campaign_sheet"),
            path("<int:pk>/at/<slug:slug>/agree/", view(participating.agree_view), name="visas_campaign_agree"),
            path("<int:pk>/at/<slug:slug>/decline/", view(participating.decline_view), name="visas_campaign_decline"),
            path("<int:pk>/at/<slug:slug>/leave/", view(participating.leave_view), name="visas_campaign_leave"),
            *super().get_urls(),
        ]

    # Who sees and changes what

    def within(self, rows: QuerySet[Campaign], request: HttpRequest, action: str) -> QuerySet[Campaign]:
        """To look at, whatever one's spaces have to do with; to change, what they have begun."""
        if action == "view":
            return campaigns_of(rows, where(request, "view", self.opts.label_lower))
        return super().within(rows, request, action)

    def is_allowed(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """A campaign that was found may be looked at: the query set has seen to it."""
        return super().is_allowed(request, action, None if action == "view" else obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        tickets = Ticket.objects.filter(campaign=OuterRef("pk"))
        parts = Participation.objects.standing().filter(campaign=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                tickets_issued=Coalesce(_count(tickets), 0),
                spaces_taking=Coalesce(_count(parts), 0),
            )
        )

    def get_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[Any]:
        """The own seats are asked once, as the campaign is written."""
        return [name for name in self.fields or [] if not obj or name != "seats_a_day"]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[str]:
        return ["organiser"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Who runs one space begins it there."""
        own = where(request, "add", self.opts.label_lower) or []
        return {"organiser": own[0]} if len(own) == 1 else {}

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            seats, by = form.cleaned_data["seats_a_day"], signed_in(request)
            ask(campaign=obj, space=obj.organiser, seats_a_day=seats, by=by, now=timezone.now())
            return
        # What others may have changed meanwhile is left as it is.
        kept = {"organiser", "stopped_at", "created_at"}
        obj.save(update_fields=[one.name for one in obj._meta.concrete_fields if one.name not in {*kept, "id"}])

    def response_add(self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, _("The campaign %(name)s is written. Whom do you ask to take part?") % {"name": obj})
        return redirect("admin:visas_campaign_ask", obj.pk)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        one_button = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **one_button})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        campaign = self.get_object(request, object_id)
        more = page_of(request, campaign, timezone.now()) if campaign else {}
        more["show_save_and_add_another"] = False
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # Columns

    @display(description=gettext_lazy("state"), label=STATE_COLOURS)
    def state_label(self, campaign: Campaign) -> tuple[str, Any]:
        state = state_of(campaign)
        return state, STATES[state]

    @admin.display(description=gettext_lazy("tickets issued"), ordering="tickets_issued")
    def issued(self, campaign: Any) -> int:
        return int(campaign.tickets_issued)

    @admin.display(description=gettext_lazy("participating spaces"), ordering="spaces_taking")
    def taking_part(self, campaign: Any) -> int:
        return int(campaign.spaces_taking)


def state_of(campaign: Campaign) -> str:
    today = campaign.organiser.today(timezone.now())
    if campaign.stopped_at:
        return "stopped"
    if campaign.ends_on < today:
        return "over"
    return "coming" if today < campaign.starts_on else "runs"


def _count(rows: QuerySet[Any]) -> Subquery:
    grouped = rows.order_by().values("campaign").annotate(n=Count("*"))
    return Subquery(grouped.values("n"), output_field=IntegerField())
