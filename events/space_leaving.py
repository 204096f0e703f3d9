"""A space leaves the federation: events from that day on do not take place there any more.

They go on at their other venues, also those that the space itself holds; one that has no other is cancelled. What was
held of the space is given back with its bookings (bookings/space_leaving.py), which locks them after this.
"""

from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
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
    others = Venue.objects.standing().filter(event=OuterRef("event")).exclude(space=space)
    found = _concerned(space, left_on, now).filter(event__published_at__isnull=False, agreed_at__isnull=False)
    counted = found.aggregate(going_on=Count("pk", filter=Exists(others)), ending=Count("pk", filter=~Exists(others)))
    signed_up = Rsvp.objects.standing().filter(venue__in=found).aggregate(people=Sum("people", default=0))["people"]
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
    concerned = _concerned(space, left_on, now).values("event")
    keys = Event.objects.filter(pk__in=concerned).order_by("pk").select_for_update(no_key=True)
    events = Event.objects.select_related("organiser").in_bulk(list(keys.values_list("pk", flat=True)))
    venues = lock_venues_of(*events.values())
    for venue in venues.values():
        # As it is now that it is locked.
        if venue.space_id != space.pk or venue.left_at or venue.event.cancelled_at:
            continue
        event = venue.event = events[venue.event_id]
        others = [one for one in venues.values() if one.event_id == event.pk and one.stands and one.pk != venue.pk]
        if venue.stands and event.is_announced and not others:
            call_off(event, reason=_reason(), now=now)
        else:
            step_out(venue, now=now)


def _concerned(space: Space, left_on: date, now: datetime) -> QuerySet[Venue]:
    """The venues at a space from the day on which it leaves; what has begun, on the day itself, goes on."""
    midnight = datetime.combine(left_on, time.min, space.zone)
    to_come = Q(event__cancelled_at__isnull=True, event__starts_at__gt=now, event__starts_at__gte=midnight)
    return Venue.objects.filter(to_come, space=space, left_at__isnull=True)


def _reason() -> str:
    """Why an event is cancelled, in both languages: everybody who has signed up reads the same."""
    said = []
    for language in ("ja", "en"):
        with translation.override(language):
            said.append(_("The space is leaving the federation."))
    return " / ".join(said)
