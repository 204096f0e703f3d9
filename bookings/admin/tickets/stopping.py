"""Ending a campaign early: who is affected, and doing it."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.admin.asking import Question, ask
from bookings.admin.tickets.reach import campaign_or_404, spaces_seen
from bookings.admin.tickets.words import facts_of, visits_to_come
from bookings.ticket_states import State, with_state
from visas.models import Ticket
from visas.taking_part import stop


def stop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whose tickets open nothing any more, and which visits stay; then stop it."""
    campaign = campaign_or_404(request, pk, "change")
    back = reverse("admin:visas_campaign_change", args=[campaign.pk])
    now = timezone.now()
    if campaign.stopped_at:
        messages.info(request, _("This campaign has ended early already."))
        return redirect(back)
    if request.method == "POST":
        stop(campaign=campaign, now=now)
        messages.success(request, _("The campaign has ended. Visits that are booked stay."))
        return redirect(back)
    standing = with_state(Ticket.objects.filter(campaign=campaign), now=now).order_by()
    tickets = standing.aggregate(
        unused=Count("pk", filter=Q(state=State.UNUSED)), in_use=Count("pk", filter=Q(state=State.HELD))
    )
    question = Question(
        title=_("End a campaign early"),
        button=_("End it now"),
        icon="front_hand",
        back=back,
        facts=[
            *facts_of(campaign),
            (_("unused tickets"), tickets["unused"]),
            (_("tickets in use"), tickets["in_use"]),
        ],
        hints=[
            _("None of these tickets can be used for another visit, at any space. It can't be taken back."),
            _("Visits that are booked stay, and can be cancelled as always."),
        ],
        ends_something=True,
    )
    coming = visits_to_come(campaign, spaces_seen(request, campaign), now)
    return ask(request, question, template="admin/tickets/ending.html", coming=coming)
