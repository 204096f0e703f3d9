"""Companions of a booth: inviting, accepting, leaving."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import uncovered
from bookings.plan_forms import InvitationForm
from bookings.views.plans.mine import done_or_told_why, my_plans
from bookings.views.plans.own import own_or_404
from members import companions
from members.models import Companion
from members.requests import SignedInRequest


@require_POST
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite a person by e-mail to one's booth."""
    own, form = own_or_404(request, pk), InvitationForm(request.POST)
    if not form.is_valid():
        return my_plans(request, refused=ValidationError(form.errors["email"].as_data()), status=400)
    email = form.cleaned_data["email"]
    return done_or_told_why(
        request,
        lambda: companions.invite(membership=own, email=email, now=timezone.now()),
        _("An invitation is on its way to %(email)s.") % {"email": email},
    )


@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take up an invitation to one's own address."""
    invitation = get_object_or_404(Companion.objects.of_person(request.user), pk=pk)
    return done_or_told_why(
        request,
        lambda: companions.accept(companion=invitation, user=request.user, now=timezone.now()),
        _("Welcome. You can use the booth now."),
    )


@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a place back: one's own, or as the tenant a companion's."""
    place = get_object_or_404(Companion.objects.of_person_or_tenant(request.user), pk=pk)
    return done_or_told_why(
        request,
        lambda: uncovered.leave(companion=place, now=timezone.now()),
        _("The place in the booth is given back."),
    )
