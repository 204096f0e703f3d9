"""Signing up at a venue: in one click with an account, with name and address and a link by mail without."""

from typing import Any

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.views.tickets.discretion import SeeOther
from events.forms import SignUpForm, VisitorForm
from events.links import rsvp_address
from events.models import Venue
from events.places import places_here, places_of
from events.refusals import refusal
from events.signing_up import ask_to_confirm
from events.signing_up import sign_up as sign_up_act
from events.views.event import event_or_404, own_sign_up
from members.requests import VisitorRequest
from spaces.refusing import codes


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: VisitorRequest, reference: str, pk: int) -> HttpResponse:
    """Who comes to a venue; posting it takes a place there, or one in its line, or mails the link that does."""
    event = event_or_404(reference, request.user)
    venue = get_object_or_404(event.venues.select_related("space"), pk=pk)
    venue.event = event
    kind = SignUpForm if request.user.is_authenticated else VisitorForm
    if request.method != "POST":
        return sign_up_page(request, venue, kind(event=event))
    form = kind(request.POST, event=event)
    if not form.is_valid():
        return sign_up_page(request, venue, form, status=400)
    try:
        return SeeOther(signed_up(request, venue, form.cleaned_data))
    except ValidationError as error:
        return sign_up_page(
            request, venue, form, refused=error, status=429 if "sign_ups_tried" in codes(error) else 409
        )


def signed_up(request: VisitorRequest, venue: Venue, wished: dict[str, Any]) -> str:
    """Sign up, or mail the link that does; where to go on. Raises ValidationError."""
    now = timezone.now()
    people, answer = wished["people"], wished["answer"]
    if request.user.is_authenticated:
        rsvp = sign_up_act(venue=venue, user=request.user, people=people, answer=answer, waits=wished["waits"], now=now)
        return f"{rsvp_address(rsvp)}?new=1"
    name, email = wished["name"], wished["email"]
    # It sends mail to whom it is told to.
    if not consume(request, action="event_sign_up", key=email):
        raise refusal("sign_ups_tried")
    ask_to_confirm(
        venue=venue,
        name=name,
        email=email,
        language=get_language() or "ja",
        people=people,
        answer=answer,
        now=now,
    )
    messages.success(request, gettext("A link is on its way to %(address)s.") % {"address": email})
    return f"{request.path}?sent=1"


def sign_up_page(
    request: VisitorRequest,
    venue: Venue,
    form: SignUpForm,
    *,
    refused: ValidationError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one venue, with the others beside it; what was typed is still there."""
    event, now = venue.event, timezone.now()
    others = [places for places in places_of(event) if places.venue != venue]
    at_venue = places_here(venue)
    mine = own_sign_up(event, request.user)
    people = form.cleaned_data.get("people", 1) if form.is_bound and hasattr(form, "cleaned_data") else 1
    context = {
        "event": event,
        "venue": venue,
        "at_venue": at_venue,
        "others": [places for places in others if places.has_room_for(people)],
        "form": form,
        "people": people,
        "fits": at_venue.has_room_for(people),
        "joins_line": not at_venue.has_room_for(people) and at_venue.holds(people),
        "refused": refused,
        "mine": mine,
        "mine_address": rsvp_address(mine) if mine else "",
        "is_sent": "sent" in request.GET and not form.is_bound,
        "takes_sign_ups": event.takes_sign_ups_at(now) and venue.stands,
        "has_begun": event.has_begun_at(now),
    }
    with timezone.override(event.organiser.zone):
        return render(request, "events/sign_up.html", context, status=status)
