"""Changing a plan, and taking a planned change back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.views.plans.own import done_or_told_why, own_or_404
from members import changing
from members.requests import SignedInRequest


@require_safe
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    own_or_404(request, pk)
    return render(request, "plans/mine.html", {})


@require_POST
def keep_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a planned change of plan back."""
    own = own_or_404(request, pk)
    return done_or_told_why(
        request,
        lambda: changing.stay_on_plan(membership=own, by=request.user, now=timezone.now()),
        _("The change is taken back: your plan stays."),
    )
