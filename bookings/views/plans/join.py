"""How a space is joined, and the form to do it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.views.places import house_or_404
from members.requests import VisitorRequest


@require_safe
@login_not_required
def how_to_join(request: VisitorRequest, slug: str) -> HttpResponse:
    house = house_or_404(slug, timezone.now())
    return render(request, "plans/join.html", {"space": house.space})


@require_safe
@login_not_required
def apply(request: VisitorRequest, slug: str, plan: int) -> HttpResponse:
    house = house_or_404(slug, timezone.now())
    return render(request, "plans/join.html", {"space": house.space})
