"""Confirming a sign-up by the link in a mail; opening it changes nothing, as programs that guard mail open it too."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bookings.views.tickets.discretion import SeeOther
from events.forms import VenueForm
from events.links import rsvp_address
from events.models import CONFIRMED_WITHIN, Rsvp
from events.places import places_here, places_of
from events.signing_up import confirm as confirm_act
from events.views.discretion import discreet, rsvp_or_404
from members.requests import VisitorRequest
from spaces.refusing import codes

# Of a link that nothing can be done about any more.
GONE = {"link_expired", "cancelled", "over", "left_already"}


@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: VisitorRequest, token: str) -> HttpResponse:
    """What would be confirmed; posting it takes the place, or the place in line, at that venue or another."""
    rsvp, now = rsvp_or_404(token), timezone.now()
    if rsvp.confirmed_at or rsvp.left_at:
        return SeeOther(rsvp_address(rsvp))
    if request.method != "POST":
        return confirm_page(request, rsvp)
    form = VenueForm({"venue": rsvp.venue_id, **request.POST.dict()})
    if not form.is_valid():
        return confirm_page(request, rsvp, status=400)
    venue = get_object_or_404(rsvp.event.venues, pk=form.cleaned_data["venue"])
    try:
        confirm_act(rsvp=rsvp, venue=venue, waits=form.cleaned_data["waits"], now=now)
    except ValidationError as error:
        return confirm_page(request, rsvp, refused=error, status=410 if codes(error) & GONE else 409)
    return SeeOther(f"{rsvp_address(rsvp)}?new=1")


def confirm_page(
    request: VisitorRequest, rsvp: Rsvp, *, refused: ValidationError | None = None, status: int = 200
) -> HttpResponse:
    """What somebody wished for, how full that venue is by now, and the others where there is room."""
    event, now = rsvp.event, timezone.now()
    at_venue = places_here(rsvp.venue)
    others = [places for places in places_of(event) if places.venue != rsvp.venue]
    is_late = now > rsvp.signed_up_at + CONFIRMED_WITHIN
    context = {
        "event": event,
        "rsvp": rsvp,
        "venue": rsvp.venue,
        "at_venue": at_venue,
        "fits": at_venue.has_room_for(rsvp.people),
        "can_fit": at_venue.holds(rsvp.people),
        "others": [places for places in others if places.has_room_for(rsvp.people)],
        "refused": refused,
        "is_late": is_late,
        "takes_sign_ups": event.takes_sign_ups_at(now) and not is_late,
        "has_begun": event.has_begun_at(now),
    }
    with timezone.override(event.organiser.zone):
        return render(request, "events/confirm.html", context, status=status)
