"""One sign-up, for whoever has its link: how it stands, the code for the door, another venue, more people, leaving."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bookings.qr import qr_svg
from bookings.views.tickets.discretion import SeeOther
from events.changing_sign_up import change_people, change_venue
from events.forms import SignUpForm, VenueForm
from events.ics import sign_up_file
from events.leaving import leave as leave_act
from events.links import rsvp_address
from events.models import Rsvp
from events.now import now_on
from events.places import numbers_in_line, places_of
from events.views.discretion import discreet, rsvp_or_404
from members.requests import VisitorRequest


@discreet
@require_safe
def mine(request: VisitorRequest, token: str) -> HttpResponse:
    """How a sign-up stands; one that is not confirmed yet leads to confirming it."""
    rsvp = rsvp_or_404(token)
    if rsvp.is_live and not rsvp.confirmed_at:
        return SeeOther(reverse("events:confirm", args=[token]))
    return sign_up_page(request, rsvp, token)


@discreet
@require_POST
def move(request: VisitorRequest, token: str) -> HttpResponse:
    """Go to another venue, keeping the place only if there is room."""
    rsvp, form = rsvp_or_404(token), VenueForm(request.POST)
    if not form.is_valid():
        return sign_up_page(request, rsvp, token, status=400)
    venue = get_object_or_404(rsvp.event.venues, pk=form.cleaned_data["venue"])
    try:
        change_venue(rsvp=rsvp, venue=venue, waits=form.cleaned_data["waits"], now=timezone.now())
    except ValidationError as error:
        return sign_up_page(request, rsvp, token, refused=error, status=409)
    return SeeOther(rsvp_address(rsvp))


@discreet
@require_POST
def people(request: VisitorRequest, token: str) -> HttpResponse:
    """Come with more or fewer guests, or answer the host's question in other words."""
    rsvp = rsvp_or_404(token)
    form = SignUpForm(request.POST, event=rsvp.event, rsvp=rsvp)
    if not form.is_valid():
        return sign_up_page(request, rsvp, token, form=form, status=400)
    wished = form.cleaned_data
    try:
        change_people(rsvp=rsvp, people=wished["people"], answer=wished["answer"], now=timezone.now())
    except ValidationError as error:
        return sign_up_page(request, rsvp, token, form=form, refused=error, status=409)
    return SeeOther(f"{rsvp_address(rsvp)}?noted=1")


@discreet
@require_POST
def leave(request: VisitorRequest, token: str) -> HttpResponse:
    """Take the sign-up back, or decline a place that was offered."""
    rsvp = rsvp_or_404(token)
    try:
        leave_act(rsvp=rsvp, now=timezone.now())
    except ValidationError as error:
        return sign_up_page(request, rsvp, token, refused=error, status=409)
    return SeeOther(rsvp_address(rsvp))


@discreet
@require_safe
def calendar(request: VisitorRequest, token: str) -> HttpResponse:
    """The event for the calendar of who comes."""
    rsvp = rsvp_or_404(token)
    headers = {"Content-Disposition": f'attachment; filename="event-{rsvp.event.reference}.ics"'}
    content = sign_up_file(rsvp, now=timezone.now())
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def sign_up_page(
    request: VisitorRequest,
    rsvp: Rsvp,
    token: str,
    *,
    form: SignUpForm | None = None,
    refused: ValidationError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a sign-up as it is now; what was typed is still there."""
    event, now = rsvp.event, timezone.now()
    can_change = rsvp.is_live and not rsvp.attended_at and event.takes_sign_ups_at(now)
    context: dict[str, Any] = {
        "event": event,
        "rsvp": rsvp,
        "venue": rsvp.venue,
        "token": token,
        "state": state_of(rsvp),
        "number": numbers_in_line([rsvp]).get(rsvp.pk),
        "may_decline": can_change and rsvp.may_decline_at(now),
        "others": [places for places in places_of(event) if places.venue != rsvp.venue],
        "can_change": can_change,
        "has_begun": event.has_begun_at(now),
        "is_over": event.is_over_at(now),
        "is_on": event.is_on_at(now),
        "qr_svg": qr_svg(door_address(rsvp)) if rsvp.is_live else "",
        "form": form or SignUpForm(event=event, rsvp=rsvp),
        "refused": refused,
        "now_on": now_on(event, user=request.user, rsvp=rsvp, now=now) if rsvp.is_live else None,
        "is_new": "new" in request.GET,
        "is_noted": "noted" in request.GET,
        "is_coming": "coming" in request.GET,
    }
    with timezone.override((rsvp.venue.space or event.organiser).zone):
        return render(request, "events/mine.html", context, status=status)


def state_of(rsvp: Rsvp) -> str:
    """How a sign-up stands for its page, in a word that templates know."""
    if rsvp.event.cancelled_at:
        return "cancelled"
    if rsvp.left_at:
        return "venue_gone" if rsvp.venue.left_at and rsvp.left_by == Rsvp.Side.HOST else "left"
    return "going" if rsvp.going_at else "waiting"


def door_address(rsvp: Rsvp) -> str:
    """Where a host's phone arrives that scans the code of a sign-up."""
    return settings.SITE_URL + reverse("events:at_door", args=[rsvp.event.reference, rsvp.reference])
