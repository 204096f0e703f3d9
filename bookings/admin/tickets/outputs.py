"""Tickets taken away: the sheet for printing, and the list as a file."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.spreadsheet import as_csv
from bookings.admin.asking import number_or_404
from bookings.admin.tickets.reach import TICKET, campaign_or_404
from bookings.ticket_states import State, with_state
from spaces.models import Space
from visas.issuing import MOST_AT_ONCE
from visas.models import Campaign, Participation, Ticket
from visas.sheet import Printed, pdf, sheet


def ticket_link(ticket: Ticket) -> str:
    """Where the QR of a ticket leads."""
    return settings.SITE_URL + reverse("tickets:ticket", args=[ticket.code])


def csv_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The tickets of a campaign, or those that were issued together."""
    campaign = campaign_or_404(request, pk, "add", TICKET)
    return csv_of(_chosen(request, campaign))


def sheet_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of the tickets that nobody has used yet, of a campaign or of those that were issued together."""
    campaign = campaign_or_404(request, pk, "add", TICKET)
    return sheet_of(request, campaign, _chosen(request, campaign))


def csv_of(tickets: QuerySet[Any]) -> HttpResponse:
    """Code, link, label and state of tickets with their state."""
    rows = [[one.printed_code, ticket_link(one), one.label, State(one.state).label] for one in tickets]
    content = as_csv([[_("code"), _("link"), _("given out where"), _("state")], *rows])
    return _file(content, "text/csv; charset=utf-8", "attachment", "tickets.csv")


def sheet_of(request: HttpRequest, campaign: Campaign, tickets: QuerySet[Any]) -> HttpResponse:
    """The unused ones among tickets of a campaign, ten to a sheet; too many at a time are refused."""
    printable = list(tickets.filter(state=State.UNUSED)[: MOST_AT_ONCE + 1])
    if not printable or len(printable) > MOST_AT_ONCE:
        said = (
            _("At most %(most)s tickets are printed at a time. Print those that were issued together.")
            % {"most": MOST_AT_ONCE}
            if printable
            else _("None of these tickets is unused, so there is nothing to print.")
        )
        messages.warning(request, said)
        return redirect("admin:visas_campaign_change", campaign.pk)
    said_on_it = sheet(campaign, _taking(campaign), _printed(printable), address=_typed_at())
    drawn = pdf(said_on_it, now=timezone.now())
    return _file(drawn, "application/pdf", "inline", f"tickets-{campaign.pk}.pdf")


def _chosen(request: HttpRequest, campaign: Campaign) -> QuerySet[Any]:
    """The tickets that the address names: those issued together with one of them, or all."""
    rows = with_state(Ticket.objects.filter(campaign=campaign).select_related("campaign"), now=timezone.now())
    if text := request.GET.get("batch"):
        first = Ticket.objects.filter(campaign=campaign, pk=number_or_404(text)).first()
        if first is None:
            raise Http404
        rows = rows.filter(issued_at=first.issued_at, label=first.label)
    return rows.order_by("pk")


def _taking(campaign: Campaign) -> QuerySet[Space]:
    standing = Participation.objects.standing().filter(campaign=campaign)
    return Space.objects.in_federation().filter(participations__in=standing)


def _printed(tickets: Iterable[Any]) -> list[Printed]:
    return [Printed(one.printed_code, ticket_link(one), one.last_day) for one in tickets]


def _typed_at() -> str:
    return settings.SITE_URL + reverse("tickets:code")


def _file(content: bytes, kind: str, disposition: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'{disposition}; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
