"""A person's spaces and plans."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.views.plans.own import done_or_told_why, own_or_404
from members import deciding
from members.requests import SignedInRequest


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    return render(request, "plans/mine.html", {})


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one's own application back."""
    own = own_or_404(request, pk)
    return done_or_told_why(
        request,
        lambda: deciding.withdraw(membership=own, now=timezone.now()),
        _("Your application is taken back."),
    )
