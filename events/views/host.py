"""The host's own page of an event: for who holds it or receives people, also without a role at a space."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.reference import normalised
from events import announcing, taking_part
from events.host_forms import HostForm, ReasonForm, ThanksForm
from events.models import Event, Venue
from events.taking_part import Offer
from events.thanking import thank, who_came
from members.models import User
from members.requests import SignedInRequest
from members.roles import may


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def host(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the event is and when, to be changed by who holds it; for who receives people, the way to the door."""
    event = _hosted_or_404(request, reference)
    now = timezone.now()
    if not _is_open_to(event, request.user, now):
        return _page(request, event, now, status=405 if request.method == "POST" else 200)
    online = _online(event)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = HostForm(*sent, instance=event, online=online)
    if request.method == "POST" and form.is_valid():
        try:
            _write(event, online, form, now)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("events:host", event.reference)
    return _page(request, event, now, form=form, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def host_cancel(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask why the event does not take place, and tell everybody."""
    event = _hosted_or_404(request, reference)
    now = timezone.now()
    if not _is_open_to(event, request.user, now):
        return _page(request, event, now, status=405 if request.method == "POST" else 200)
    told = announcing.standing(event)
    form = ReasonForm(request.POST if request.method == "POST" else None, is_read=bool(told))
    if request.method == "POST" and form.is_valid():
        try:
            announcing.cancel(event=event, reason=form.cleaned_data["reason"], now=now)
        except ValidationError as refused:
            form.add_error("reason", refused)
        else:
            messages.success(request, _("The event is cancelled."))
            return redirect("events:host", event.reference)
    context = {"event": event, "form": form, "told": sum(rsvp.person is not None for rsvp in told)}
    with timezone.override(event.organiser.zone):
        return render(request, "events/host_cancel.html", context, status=400 if form.errors else 200)


@never_cache
@require_POST
def host_thanks(request: SignedInRequest, reference: str) -> HttpResponse:
    """Thank who came; once."""
    event = _hosted_or_404(request, reference)
    now = timezone.now()
    form = ThanksForm(request.POST)
    if not may_change(event, request.user):
        return _page(request, event, now, status=403)
    if form.is_valid():
        try:
            thank(event=event, text=form.cleaned_data["text"], photos_url=form.cleaned_data["photos_url"], now=now)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Thanks have gone out."))
            return redirect("events:host", event.reference)
    return _page(request, event, now, thanks=form, status=400)


def may_change(event: Event, user: User) -> bool:
    """Whether what an event says is somebody's to write: its host's, and of who runs the space that holds it."""
    role = user.roles.get(event.organiser_id)
    return user.is_superuser or event.host_id == user.pk or (role is not None and may(role, "change", "events.event"))


def _hosted_or_404(request: SignedInRequest, reference: str) -> Event:
    rows = Event.objects.hosted_by(request.user).select_related("organiser", "host", "picture")
    return get_object_or_404(rows.defer("picture__content", "picture__card"), reference=normalised(reference))


def _is_open_to(event: Event, user: User, now: datetime) -> bool:
    return may_change(event, user) and event.cancelled_at is None and not event.is_over_at(now)


def _online(event: Event) -> Venue | None:
    return Venue.objects.standing().filter(event=event, space=None).first()


@transaction.atomic
def _write(event: Event, online: Venue | None, form: HostForm, now: datetime) -> None:
    """Write what the person has changed. Raises ValidationError."""
    wish = form.wish()
    link = wish.pop("online_url", None)
    if wish:
        announcing.change(event=event, values=wish, now=now)
    if online and link is not None:
        note_ja, note_en = (getattr(online, name) or "" for name in ("note_ja", "note_en"))
        offer = Offer(online.capacity, host=online.host, note_ja=note_ja, note_en=note_en, online_url=link)
        taking_part.change_venue(venue=online, offer=offer, now=now)


def _page(
    request: SignedInRequest,
    event: Event,
    now: datetime,
    *,
    form: HostForm | None = None,
    thanks: ThanksForm | None = None,
    status: int = 200,
) -> HttpResponse:
    writes = may_change(event, request.user)
    held = event.is_announced and event.cancelled_at is None
    asks_thanks = writes and held and event.is_over_at(now) and not event.thanked_at
    context: dict[str, Any] = {
        "event": event,
        "form": form,
        "writes": writes,
        "thanks": (thanks or ThanksForm()) if asks_thanks else None,
        "came": len(who_came(event)) if asks_thanks else 0,
        "has_door": held,
        "is_operator": request.user.is_superuser or bool(set(request.user.roles) & _spaces_of(event)),
    }
    with timezone.override(event.organiser.zone):
        return render(request, "events/host.html", context, status=status)


def _spaces_of(event: Event) -> set[int | None]:
    return {event.organiser_id, *event.venues.values_list("space", flat=True)}
