"""The waiting list for work booths: getting on it, and off."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.views.plans.mine import done_or_told_why
from members import booths
from members.models import BoothWait, Plan
from members.requests import SignedInRequest


@require_POST
def wait(request: SignedInRequest, plan: int) -> HttpResponse:
    """Get on the waiting list for a booth of a plan."""
    wished: Plan = get_object_or_404(Plan.objects.select_related("space"), pk=plan)
    return done_or_told_why(
        request,
        lambda: booths.wait(user=request.user, plan=wished, now=timezone.now()),
        _("You are on the waiting list. You get a mail when a booth is free for you."),
    )


@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Get off the waiting list, or decline the booth that is offered."""
    place = get_object_or_404(BoothWait.objects.select_related("plan__space"), pk=pk, user=request.user)
    return done_or_told_why(
        request,
        lambda: booths.leave(place=place, now=timezone.now()),
        _("You are off the waiting list."),
    )
