"""The public page of the Coworking VISA: what it is, what each host gives and honours, and the balance of days."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.pricelist import price_list
from bookings.visa_balance import balance, last_months
from bookings.visa_hosts import VisaHost, visa_hosts
from bookings.visa_picture import picture
from members.models import Plan
from members.requests import VisitorRequest
from spaces.models import Space


@dataclass(frozen=True)
class Card:
    """A space of the federation: what it gives to others, and the plans with which its own members get a visa."""

    space: Space
    host: VisaHost
    grants: list[Plan]


@require_safe
@login_not_required
def about(request: VisitorRequest) -> HttpResponse:
    """The same for everybody: four queries, beside those for who is signed in."""
    now = timezone.now()
    today = timezone.localdate(now)
    spaces = list(Space.objects.all())
    hosts = [space for space in spaces if space.is_in_federation(space.today(now))]
    prices = price_list([space.pk for space in hosts], None, today=today)
    shown = visa_hosts(hosts, prices, now=now)
    cards = [
        Card(
            space,
            shown[space.pk],
            [terms.plan for terms in prices.sold_at(space.pk) if terms.plan.grants_visa],
        )
        for space in hosts
    ]
    # A day ahead of where the page is read it may be tomorrow already.
    year = balance(spaces, last_months(today)[-1], today + timedelta(days=1), now=now)
    context = {"cards": cards, "balance": year, "picture": picture(year)}
    return render(request, "visas/about.html", context)
