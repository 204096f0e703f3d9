"""Ending a plan, and taking the end back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.views.plans.own import done_or_told_why, own_or_404
from members import ending
from members.requests import SignedInRequest


@require_safe
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    own_or_404(request, pk)
    return render(request, "plans/mine.html", {})


@require_POST
def stay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a planned end back."""
    own = own_or_404(request, pk)
    return done_or_told_why(
        request,
        lambda: ending.stay(membership=own, by=request.user, now=timezone.now()),
        _("Good that you stay. The end is taken back."),
    )
