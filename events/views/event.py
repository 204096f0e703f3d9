"""The page of an event: what is on, where there are places, and who is there."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from bookings.reference import normalised
from events.belonging import sign_ups_of
from events.forms import SignUpForm
from events.ics import event_file
from events.links import rsvp_address
from events.markdown import html_of
from events.models import Event, Rsvp
from events.now import now_on
from events.places import numbers_in_line, places_of
from members.requests import Viewer, VisitorRequest

# Of a series so many other days are told.
MOST_DATES = 6


def event_or_404(reference: str, viewer: Viewer) -> Event:
    """An announced event, or any that the viewer holds; its reference as a person may have typed it."""
    rows = Event.objects.select_related("organiser", "host", "series", "picture")
    # The page wants their addresses only.
    rows = rows.defer("picture__content", "picture__card")
    found = rows.filter(reference=normalised(reference)).first()
    if found is None or not (found.is_announced or is_host(found, viewer)):
        raise Http404
    return found


def is_host(event: Event, viewer: Viewer) -> bool:
    """Whether somebody holds the event, or receives it at a venue."""
    if viewer is None or not viewer.is_authenticated:
        return False
    return Event.objects.hosted_by(viewer).filter(pk=event.pk).exists()


def own_sign_up(event: Event, viewer: Viewer) -> Rsvp | None:
    """The sign-up of who is signed in; one that was never confirmed is none."""
    if viewer is None or not viewer.is_authenticated:
        return None
    mine = sign_ups_of(viewer).standing().filter(event=event)
    return mine.select_related("venue__space", "event").first()


@login_not_required
@require_safe
def event(request: VisitorRequest, reference: str) -> HttpResponse:
    found = event_or_404(reference, request.user)
    if found.reference != reference:
        return redirect(found)
    with timezone.override(found.organiser.zone):
        answer = render(request, "events/event.html", event_context(found, request.user))
    if request.user.is_authenticated:
        # It holds the link to their sign-up, and that to take part online.
        add_never_cache_headers(answer)
    return answer


def event_context(event: Event, viewer: Viewer) -> dict[str, Any]:
    """What the page shows."""
    now = timezone.now()
    mine = own_sign_up(event, viewer)
    return {
        "event": event,
        "text": html_of(event.text),
        "now_on": now_on(event, user=viewer, now=now),
        "venues": [
            (places, SignUpForm(event=event, auto_id=f"venue-{places.venue.pk}-%s")) for places in places_of(event)
        ],
        "mine": mine,
        "mine_address": rsvp_address(mine) if mine else "",
        "mine_online": mine is not None and mine.is_going and not event.is_over_at(now) and mine.venue.online_url,
        "number": numbers_in_line([mine]).get(mine.pk) if mine else None,
        "takes_sign_ups": event.takes_sign_ups_at(now),
        "has_begun": event.has_begun_at(now),
        "is_over": event.is_over_at(now),
        "is_on": event.is_announced and event.is_on_at(now),
        "dates": other_dates(event) if event.series_id else [],
        "thanks": html_of(event.thanks) if event.thanked_at else "",
    }


def other_dates(event: Event) -> list[Event]:
    """The next days of an event's series."""
    others = Event.objects.announced().filter(series=event.series_id, cancelled_at__isnull=True)
    return list(others.upcoming(timezone.now()).exclude(pk=event.pk)[:MOST_DATES])


@login_not_required
@require_safe
def calendar(request: VisitorRequest, reference: str) -> HttpResponse:
    """The event for a calendar."""
    found = event_or_404(reference, request.user)
    headers = {"Content-Disposition": f'attachment; filename="event-{found.reference}.ics"'}
    content = event_file(found, now=timezone.now())
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
