"""Tickets: the list with how each stands, the page of one of them, its link and QR, and what may be done with it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from bookings.admin.money.listed import on_day
from bookings.admin.scope import LookedAtAdmin, may_at
from bookings.admin.tickets import ticket_acts
from bookings.admin.tickets.outputs import csv_of, sheet_of, ticket_link
from bookings.admin.tickets.reach import spaces_seen, tickets_of, where
from bookings.admin.tickets.ticket_filters import CampaignFilter, LabelFilter, StateFilter
from bookings.models import Booking
from bookings.qr import qr_svg
from bookings.ticket_states import State, with_state
from spaces.templatetags.wording import plain_day
from visas.codes import read
from visas.models import Ticket

STATE_COLOURS = {
    State.UNUSED: "info",
    State.HELD: "success",
    State.USED_UP: "",
    State.STOPPED: "",
    State.EXPIRED: "",
    State.BLOCKED: "danger",
}


@admin.register(Ticket)
class TicketAdmin(LookedAtAdmin):
    space_lookup = "campaign__organiser_id"
    list_display = ["code_label", "state_label", "visits_label", "holder", "label", "campaign_name", "until"]
    list_filter = [CampaignFilter, StateFilter, LabelFilter]
    list_select_related = ["campaign__organiser"]
    search_fields = ["code"]
    search_help_text = gettext_lazy("Code as it is printed, name or e-mail")
    ordering = ["-issued_at", "pk"]
    actions = ["sheet_of_selected", "csv_of_selected", "block_selected"]
    change_form_outer_before_template = "admin/tickets/ticket_acts.html"
    change_form_outer_after_template = "admin/tickets/ticket_visits.html"
    readonly_fields = [
        "code_label",
        "campaign_name",
        "state_words",
        "visits_label",
        "until",
        "issued",
        "holder",
        "held",
    ]

    issued = on_day("issued_at", gettext_lazy("issued"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        acts = {"block": self.block_view, "unblock": self.unblock_view, "extend": self.extend_view}
        return [
            *[path(f"<int:pk>/{name}/", view(act), name=f"visas_ticket_{name}") for name, act in acts.items()],
            path("<int:pk>/new-link/", view(self.new_link_view), name="visas_ticket_new_link"),
            *super().get_urls(),
        ]

    # Who sees and changes what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_state(super().get_queryset(request), now=timezone.now())

    def within(self, rows: QuerySet[Any], request: HttpRequest, action: str) -> QuerySet[Any]:
        """To look at, those of campaigns that one's spaces give or honour; to change, those that they give."""
        if action == "view":
            return tickets_of(rows, where(request, "view", self.opts.label_lower))
        return super().within(rows, request, action)

    def is_allowed(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """A ticket that was found may be looked at: the query set has seen to it."""
        return super().is_allowed(request, action, None if action == "view" else obj)

    def has_print_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "add")

    def has_block_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "change")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By a code, however it is typed; by name or address, those whose holder the person may know."""
        words = search_term.strip()
        if not words:
            return queryset, False
        found = Q(is_known=True) & (Q(name__icontains=words) | Q(email__icontains=words))
        if code := read(words):
            found |= Q(code__startswith=code)
        return queryset.filter(found), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields: list[Any] = [("code_label", "state_words"), "campaign_name", ("issued", "label")]
        fields += [("visits_label", "until")]
        if obj and obj.held_at:
            fields.append(("holder", "held"))
        if obj and obj.blocked_at:
            fields.append(("blocked_at", "block_reason"))
        return fields

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        ticket = self.get_object(request, object_id)
        more = self._page(request, ticket) if ticket else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _page(self, request: HttpRequest, ticket: Any) -> dict[str, Any]:
        """Its visits at the spaces whose visits the person sees; its link only for who may change it."""
        organiser = ticket.campaign.organiser_id
        changes = may_at(request, organiser, "change", self.opts.label_lower)
        link = ticket_link(ticket)
        visits = Booking.objects.filter(ticket=ticket, resource__space__in=spaces_seen(request, ticket.campaign))
        return {
            "ticket": ticket,
            "ticket_key": str(ticket.pk),
            "may_change": changes,
            "link": link if changes else "",
            "qr": qr_svg(link) if changes else "",
            "visits": list(visits.select_related("resource__space").order_by("-starts_at")),
            "booking_spaces": where(request, "view", Booking._meta.label_lower),
        }

    # Acts

    def block_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return ticket_acts.block_view(request, self.row_or_404(request, pk, "change"))

    def unblock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return ticket_acts.unblock_view(request, self.row_or_404(request, pk, "change"))

    def extend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return ticket_acts.extend_view(request, self.row_or_404(request, pk, "change"))

    def new_link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return ticket_acts.new_link_view(request, self.row_or_404(request, pk, "change"))

    @admin.action(description=gettext_lazy("Sheet for printing"), permissions=["print"])
    def sheet_of_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        rows = self.within(queryset, request, "add").select_related(*self.list_select_related).order_by("pk")
        campaigns = list(rows.order_by().values_list("campaign", flat=True).distinct()[:2])
        if len(campaigns) != 1:
            messages.warning(request, _("Choose tickets of one campaign that your space has begun."))
            return None
        first = rows.first()
        return sheet_of(request, first.campaign, rows) if first else None

    @admin.action(description=gettext_lazy("List as CSV"), permissions=["print"])
    def csv_of_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        rows = self.within(queryset, request, "add").select_related("campaign").order_by("pk")
        return csv_of(rows)

    @admin.action(description=gettext_lazy("Block"), permissions=["block"])
    def block_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return ticket_acts.block_several_view(request, self.within(queryset, request, "change"))

    # Columns

    @admin.display(description=gettext_lazy("code"), ordering="code")
    def code_label(self, ticket: Ticket) -> str:
        return ticket.printed_code

    @admin.display(description=gettext_lazy("campaign"), ordering="campaign")
    def campaign_name(self, ticket: Ticket) -> str:
        address = reverse("admin:visas_campaign_change", args=[ticket.campaign_id])
        return format_html('<a href="{}" class="op-link">{}</a>', address, ticket.campaign)

    @display(description=gettext_lazy("state"), ordering="state", label=STATE_COLOURS)
    def state_label(self, ticket: Any) -> tuple[str, Any]:
        return ticket.state, State(ticket.state).label

    @admin.display(description=gettext_lazy("state"))
    def state_words(self, ticket: Any) -> str:
        return str(State(ticket.state).label)

    @admin.display(description=gettext_lazy("visits used"), ordering="drawn")
    def visits_label(self, ticket: Any) -> str:
        return f"{ticket.drawn} / {ticket.campaign.visits_in_all}"

    @admin.display(description=gettext_lazy("good until"), ordering="last_day")
    def until(self, ticket: Any) -> str:
        return plain_day(ticket.last_day)

    @admin.display(description=gettext_lazy("holder"))
    def holder(self, ticket: Any) -> str:
        if not ticket.held_at:
            return "–"
        if not ticket.is_known:
            return _("Somebody who has not booked at your space")
        return f"{ticket.name} · {ticket.email}" if ticket.email else _("Erased")

    @admin.display(description=gettext_lazy("first redeemed"))
    def held(self, ticket: Any) -> str:
        return plain_day(ticket.held_at) if ticket.held_at else "–"
