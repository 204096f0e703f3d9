"""Pausing a plan, and coming back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings.views.plans.own import own_or_404
from members.requests import SignedInRequest


@require_safe
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    own_or_404(request, pk)
    return render(request, "plans/mine.html", {})


@require_safe
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    own_or_404(request, pk)
    return render(request, "plans/mine.html", {})
