"""A space leaves the federation: events from that day on do not take place there any more.

They go on at their other venues, also those that the space itself holds; one that has no other is cancelled. Online
is such a venue as long as a space of the federation holds the event (events/finding.py shows no other). What was held
of the space is given back with its bookings (bookings/space_leaving.py), which locks them after this.
"""

from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.announcing import call_off
from events.locks import lock_venues_of
from events.models import Event, Rsvp, Venue
from events.taking_part import step_out
from spaces.models import Space


def says(space: Space, left_on: date, now: datetime) -> list[str]:
    """What a leaving would do to events, in sentences; two queries."""
    concerned = _concerned(space, left_on, now).filter(published_at__isnull=False)
    here = Venue.objects.standing().filter(space=space)
    found = concerned.filter(Exists(Venue.objects.standing().filter(event=OuterRef("pk")))).annotate(
        is_here=Exists(here.filter(event=OuterRef("pk"))), goes_on=_goes_on(space)
    )
    lost = found.filter(Q(is_here=True) | Q(goes_on=False))
    counted = lost.aggregate(going_on=Count("pk", filter=Q(goes_on=True)), ending=Count("pk", filter=Q(goes_on=False)))
    theirs = Q(venue__in=here, event__in=concerned) | Q(event__in=found.filter(goes_on=False).values("pk"))
    signed_up = Rsvp.objects.standing().filter(theirs).aggregate(people=Sum("people", default=0))["people"]
    sentences = []
    if counted["going_on"]:
        sentences.append(
            ngettext(
                "%(count)s event does not take place at your space any more, and goes on at its other venues.",
                "%(count)s events do not take place at your space any more, and go on at their other venues.",
                counted["going_on"],
            )
            % {"count": counted["going_on"]}
        )
    if counted["ending"]:
        sentences.append(
            ngettext(
                "%(count)s event has no other venue, and is cancelled.",
                "%(count)s events have no other venue, and are cancelled.",
                counted["ending"],
            )
            % {"count": counted["ending"]}
        )
    if signed_up:
        sentences.append(
            ngettext(
                "%(count)s person who has signed up for your space is told.",
                "%(count)s people who have signed up for your space are told.",
                signed_up,
            )
            % {"count": signed_up}
        )
    return sentences


def acts(space: Space, left_on: date, now: datetime) -> None:
    """Take a space out of the events from the day on which it leaves, and tell who had a place there or waited."""
    concerned = _concerned(space, left_on, now).order_by("pk").select_for_update(no_key=True)
    events = Event.objects.select_related("organiser").in_bulk(list(concerned.values_list("pk", flat=True)))
    locked = lock_venues_of(*events.values())
    for event in events.values():
        # As they are now that they are locked.
        if event.cancelled_at:
            continue
        venues = [venue for venue in locked.values() if venue.event_id == event.pk and not venue.left_at]
        own = [venue for venue in venues if venue.space_id == space.pk]
        goes_on = any(venue.stands and _stays(venue, event, space) for venue in venues)
        if event.is_announced and not goes_on and any(venue.stands for venue in venues):
            call_off(event, reason=_reason(), now=now)
            continue
        for venue in own:
            venue.event = event
            step_out(venue, now=now)


def _concerned(space: Space, left_on: date, now: datetime) -> QuerySet[Event]:
    """What takes place at a space, or online and is held by it, from the day on which it leaves.

    What has begun, on the day itself, goes on.
    """
    midnight = datetime.combine(left_on, time.min, space.zone)
    here = Q(space=space) | Q(space__isnull=True, event__organiser=space)
    there = Venue.objects.filter(here, event=OuterRef("pk"), left_at__isnull=True)
    to_come = Event.objects.filter(cancelled_at__isnull=True, starts_at__gt=now, starts_at__gte=midnight)
    return to_come.filter(Exists(there))


def _stays(venue: Venue, event: Event, space: Space) -> bool:
    """Whether a venue is one after a space has left; `_goes_on` asks many events the same."""
    if venue.space_id is None:
        return event.organiser_id != space.pk and event.organiser.is_in_federation(event.day)
    return venue.space_id != space.pk


def _goes_on(space: Space) -> Exists:
    """Whether an event has a venue after a space has left."""
    leaves_on = "event__organiser__left_on"
    stays = Q(**{f"{leaves_on}__isnull": True}) | Q(**{f"{leaves_on}__gt": TruncDate("event__starts_at")})
    online = Q(space__isnull=True) & ~Q(event__organiser=space) & stays
    elsewhere = Q(space__isnull=False) & ~Q(space=space)
    return Exists(Venue.objects.standing().filter(online | elsewhere, event=OuterRef("pk")))


def _reason() -> str:
    """Why an event is cancelled, in both languages: everybody who has signed up reads the same."""
    said = []
    for language in ("ja", "en"):
        with translation.override(language):
            said.append(_("The space is leaving the federation."))
    return " / ".join(said)
