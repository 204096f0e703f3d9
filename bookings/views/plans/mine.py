"""A person's spaces and plans."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.standing import Standing, own_standings, shared_with
from bookings.views.plans.own import own_or_404
from members import deciding
from members.booths import places_of
from members.models import BoothWait
from members.requests import SignedInRequest

# So long a declined application stands open among what is over.
NEWS = timedelta(days=30)


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    return my_plans(request)


def my_plans(request: SignedInRequest, *, refused: ValidationError | None = None, status: int = 200) -> HttpResponse:
    """The page of all that a person holds, and above it what was refused."""
    now = timezone.now()
    standings = own_standings(request.user, now=now)
    live = [standing for standing in standings if standing.membership.is_live]
    places = places_of(request.user)
    past = [standing for standing in standings if not standing.membership.is_live]
    context = {
        "live": live,
        "past": past,
        "shows_past": not live or any(standing.was_declined_since(now - NEWS) for standing in past),
        "shared": shared_with(request.user, now=now),
        "offers": [(place, way_to_take(place, live, now)) for place in places if place.stands_at(now)],
        "waiting": [place for place in places if not place.stands_at(now)],
        "refused": refused,
    }
    return render(request, "plans/mine.html", context, status=status)


def way_to_take(offer: BoothWait, live: list[Standing], now: datetime) -> str:
    """Where an offered booth is taken: by joining, or as a member by changing the plan."""
    plan = offer.plan
    first = max(offer.free_from or plan.space.today(now), plan.space.today(now)).isoformat()
    held = next((one.membership for one in live if one.membership.space_id == plan.space_id), None)
    if held:
        return f"{reverse('plans:change', args=[held.pk])}?{urlencode({'plan': plan.pk, 'day': first})}"
    return f"{reverse('plans:apply', args=[plan.space.slug, plan.pk])}?{urlencode({'starts': first})}"


def done_or_told_why(request: SignedInRequest, act: Callable[[], object], done: str) -> HttpResponse:
    """Do an act that needs no page of its own; the page of one's plans says what came of it (409 if it was refused)."""
    try:
        act()
    except ValidationError as error:
        return my_plans(request, refused=error, status=409)
    messages.success(request, done)
    return redirect("plans:mine")


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one's own application back."""
    own = own_or_404(request, pk)
    return done_or_told_why(
        request,
        lambda: deciding.withdraw(membership=own, now=timezone.now()),
        _("Your application is taken back."),
    )
