"""The line of a venue: who is next, and moving up. The caller holds the venue's lock."""

from datetime import datetime, timedelta

from django.db.models import Max

from events import notices
from events.models import Rsvp, Venue
from events.places import places_here
from notices.outbox import tell


def number_in_line(rsvp: Rsvp) -> int | None:
    """Which number a sign-up is in the line of its venue, from 1; None if it does not wait there (any more)."""
    line = Rsvp.objects.waiting().filter(venue=rsvp.venue_id).values_list("pk", flat=True)
    return next((number for number, key in enumerate(line, 1) if key == rsvp.pk), None)


def joining_at(venue: Venue, *, now: datetime) -> datetime:
    """When somebody joins the line who does so now: after everybody before them, also where clocks differ a little."""
    last = Rsvp.objects.filter(venue=venue).aggregate(last=Max("queued_at"))["last"]
    return max(now, last + timedelta(microseconds=1)) if last else now


def move_up(venue: Venue, *, now: datetime) -> list[Rsvp]:
    """Give free places to the next in line, in order, and tell them; those who have moved up.

    Who comes with guests gets all places at once, or waits for them, and nobody goes past them, unless they are more
    than the venue has places by now. Nobody moves up once the event has begun, or where it does not take place.
    """
    event = venue.event
    if event.cancelled_at or event.has_begun_at(now) or not venue.stands:
        return []
    left = places_here(venue).left
    moved = []
    for rsvp in Rsvp.objects.waiting().filter(venue=venue).select_related("user"):
        if left is not None:
            if not venue.holds(rsvp.people):
                continue
            if rsvp.people > left:
                break
            left -= rsvp.people
        rsvp.venue, rsvp.event = venue, event
        rsvp.going_at = rsvp.promoted_at = now
        rsvp.decline_by = min(now + timedelta(hours=event.decline_hours), event.starts_at)
        rsvp.sequence += 1
        rsvp.save(update_fields=["going_at", "promoted_at", "decline_by", "sequence"])
        tell(notices.moved_up(rsvp, now=now))
        moved.append(rsvp)
    return moved
