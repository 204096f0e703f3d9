"""At the door of an event: looking for who comes, checking in, walk-ins; afterwards who came."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings.reference import normalised
from bookings.views.tickets.discretion import SeeOther
from events import door as doors
from events.door_card import cards
from events.door_forms import DoorQuery, LetInForm, WalkInForm
from events.door_search import find, is_enough
from events.live import channel
from events.models import DOORS_OPEN, Event, Rsvp, Venue
from events.now import venues_now
from members.requests import SignedInRequest

A_PAGE = 100


@dataclass(frozen=True)
class Doorway:
    """An event, the venues at whose door somebody may stand, and the one at which they do."""

    event: Event
    own: list[Venue]
    here: Venue
    has_usual: bool
    """Whether one of them is theirs alone to host, or at a space where they work."""
    now: datetime = field(default_factory=timezone.now)

    @property
    def is_open(self) -> bool:
        return doors.is_open(self.event, now=self.now)

    def address(self, rsvp: Rsvp) -> str:
        """Where one sign-up is looked at, at this door."""
        return f"{reverse('events:at_door', args=[self.event.reference, rsvp.reference])}?venue={self.here.pk}"

    def where_expected(self, rsvp: Rsvp) -> "Doorway":
        """The same at the venue of a sign-up, for who stands at any door and has not said at which."""
        return replace(self, here=rsvp.venue) if not self.has_usual and rsvp.venue in self.own else self


@never_cache
@require_safe
def door(request: SignedInRequest, reference: str) -> HttpResponse:
    """Look for somebody. The page starts empty: nobody's name is on display."""
    query = DoorQuery(request.GET)
    query.full_clean()
    at = _doorway_or_404(request, reference, query)
    words = query.cleaned_data.get("q", "")
    if query.errors or not at.is_open or not is_enough(words):
        return _page(request, at, query=query, too_short=bool(words), status=400 if query.errors else 200)
    found = find(at.event, words)
    return _page(request, at, query=query, found=found.rsvps, more=found.more, nobody=not found.rsvps)


@never_cache
@require_safe
def at_door(request: SignedInRequest, reference: str, rsvp_reference: str) -> HttpResponse:
    """One sign-up, as its QR code opens it."""
    query = DoorQuery(request.GET)
    query.full_clean()
    at = _doorway_or_404(request, reference, query)
    rsvp = _rsvp_or_404(at, rsvp_reference)
    if not query.cleaned_data.get("venue"):
        at = at.where_expected(rsvp)
    return _page(request, at, found=[rsvp], scanned=rsvp)


@never_cache
@require_safe
def counts(request: SignedInRequest, reference: str) -> HttpResponse:
    """How many are at each venue: what the page asks for anew while it is open."""
    query = DoorQuery(request.GET)
    query.full_clean()
    at = _doorway_or_404(request, reference, query)
    asked = query.cleaned_data.get("rsvp")
    context = {
        "at": at,
        "scanned": _rsvp_or_404(at, asked) if asked else None,
        "event": at.event,
        "venues": venues_now(at.event),
        "is_over": at.event.is_over_at(at.now),
    }
    return render(request, "events/_door_venues.html", context)


@require_POST
def door_act(request: SignedInRequest, reference: str, rsvp_reference: str, act: str) -> HttpResponse:
    """Note that somebody has come, or take that back."""
    form = LetInForm(request.POST)
    form.full_clean()
    at = _doorway_or_404(request, reference, form)
    rsvp = _rsvp_or_404(at, rsvp_reference)
    try:
        if act == "check-in":
            makes_room = form.cleaned_data["makes_room"]
            rsvp = doors.check_in(rsvp=rsvp, venue=at.here, makes_room=makes_room, now=at.now)
        elif act == "undo" and rsvp.venue in at.own:
            rsvp = doors.undo_check_in(rsvp=rsvp, now=at.now)
        else:
            raise Http404
    except ValidationError as error:
        return _page(request, at, found=[_rsvp_or_404(at, rsvp_reference)], scanned=rsvp, refused=error, status=409)
    return SeeOther(at.address(rsvp))


@require_POST
def walk_in(request: SignedInRequest, reference: str) -> HttpResponse:
    """Let somebody in who had not signed up."""
    form = WalkInForm(request.POST)
    is_whole = form.is_valid()
    at = _doorway_or_404(request, reference, form)
    if not is_whole:
        return _page(request, at, walk_in=form, status=400)
    wished = form.cleaned_data
    try:
        rsvp = doors.walk_in(
            venue=at.here,
            name=wished["name"],
            email=wished["email"],
            people=wished["people"],
            language=get_language() or "ja",
            makes_room=wished["makes_room"],
            form_key=wished["form_key"],
            now=at.now,
        )
    except ValidationError as error:
        return _page(request, at, walk_in=form, refused=error, status=409)
    return SeeOther(at.address(rsvp))


def _doorway_or_404(request: SignedInRequest, reference: str, form: DoorQuery | LetInForm) -> Doorway:
    """The door at which somebody stands: the venue that `form` names, if it is theirs, or their first."""
    event = get_object_or_404(
        Event.objects.hosted_by(request.user).select_related("organiser"), reference=normalised(reference)
    )
    own = list(doors.venues_of(event, request.user).select_related("space").order_by("space__position", "pk"))
    asked = form.cleaned_data.get("venue")
    if "venue" in form.errors or not own:
        raise Http404
    usual = [venue for venue in own if venue.host_id == request.user.pk or venue.space_id in request.user.roles]
    here = next((venue for venue in own if venue.pk == asked), None) if asked else (usual or own)[0]
    if here is None:
        raise Http404
    return Doorway(event, own, here, bool(usual))


def _rsvp_or_404(at: Doorway, reference: str) -> Rsvp:
    own = at.event.rsvps.select_related("venue__space", "user", "event")
    return get_object_or_404(own, reference=normalised(reference))


def _page(
    request: SignedInRequest,
    at: Doorway,
    *,
    query: DoorQuery | None = None,
    found: list[Rsvp] | None = None,
    walk_in: WalkInForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The door; 400 if what was sent can't be read, 409 if somebody can't be let in."""
    event, names = at.event, None
    if event.is_over_at(at.now) and "names" in request.GET:
        came = event.rsvps.filter(attended_at__isnull=False, venue__in=at.own).select_related("venue__space")
        names = Paginator(came.order_by("venue__space__position", "venue", "name", "pk"), A_PAGE).get_page(
            request.GET.get("page")
        )
    wished = (query.cleaned_data.get("q", "") if query else "") if more.get("nobody") else ""
    context = {
        "at": at,
        "event": event,
        "venues": venues_now(event),
        "query": query or DoorQuery(),
        "cards": cards(found or [], here=at.here, own={venue.pk for venue in at.own}),
        "walk_in": walk_in or WalkInForm(initial={"venue": at.here.pk, "name": wished}),
        "is_over": event.is_over_at(at.now),
        "opens_at": event.starts_at - DOORS_OPEN,
        "live": channel.address(event.reference, sees_wall=False, language=get_language() or "ja"),
        "page_obj": names,
        **more,
    }
    with timezone.override((at.here.space or event.organiser).zone):
        return render(request, "events/door.html", context, status=status)
