"""The figures of a campaign, for who takes part in it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.admin.scope import may_at
from bookings.admin.tickets.reach import CAMPAIGN, campaign_or_404, spaces_seen
from bookings.campaign_figures import figures_of


def figures_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Two tables: by space and by label. Who does not organise it sees the own spaces."""
    campaign = campaign_or_404(request, pk)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Figures: %(name)s") % {"name": campaign},
        "campaign": campaign,
        "figures": figures_of(campaign, spaces_seen(request, campaign)),
        "sees_all": may_at(request, campaign.organiser_id, "view", CAMPAIGN),
        "back": reverse("admin:visas_campaign_change", args=[campaign.pk]),
    }
    return TemplateResponse(request, "admin/tickets/figures.html", context)
