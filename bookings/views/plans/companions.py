"""Companions of a booth: inviting, accepting, leaving."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.views.plans.own import done_or_told_why, own_or_404
from members import companions
from members.models import Companion
from members.requests import SignedInRequest


@require_POST
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite a person by e-mail to one's booth."""
    own, email = own_or_404(request, pk), request.POST.get("email", "").strip()

    def act() -> None:
        validate_email(email)
        companions.invite(membership=own, email=email, now=timezone.now())

    return done_or_told_why(request, act, _("An invitation is on its way to %(email)s.") % {"email": email})


@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take up an invitation to one's own address."""
    invitation = get_object_or_404(Companion, pk=pk, email=request.user.email)
    return done_or_told_why(
        request,
        lambda: companions.accept(companion=invitation, user=request.user, now=timezone.now()),
        _("Welcome to the booth."),
    )


@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a place back: one's own, or as the tenant a companion's."""
    mine = Q(email=request.user.email) | Q(user=request.user) | Q(membership__user=request.user)
    place = get_object_or_404(Companion.objects.filter(mine), pk=pk)

    return done_or_told_why(
        request, lambda: companions.leave(companion=place, now=timezone.now()), _("The place is given back.")
    )
