"""The locks of who signs up, leaves or changes an event: person, event, venues, resources, sign-up (design rule 10)."""

from collections.abc import Iterable

from django.db import transaction

from events.models import Event, Rsvp, Venue
from events.refusals import refusal
from members.models import User
from spaces.locks import lock_resources


def locked_person(user: User) -> User:
    """Lock a person, before anything else, and read the account as it is now: who signs up, or deletes it."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def locked_event(event: Event) -> Event:
    """Lock an event, and read it as it is now: who changes or cancels it, or asks a space to take part.

    Raises ValidationError if it is not there any more.
    """
    if not Event.objects.select_for_update(no_key=True).filter(pk=event.pk).values_list("pk"):
        raise refusal("event_gone")
    return Event.objects.select_related("organiser", "host", "series").get(pk=event.pk)


def locked_venues(venues: Iterable[int]) -> dict[int, Venue]:
    """Lock venues by primary key, then read them with event and space as they are now.

    The line and the places of a venue change under this lock alone. In two statements: one that had to wait reads only
    the row that it locks anew.
    """
    keys = sorted(set(venues))
    list(Venue.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    rows = Venue.objects.filter(pk__in=keys).select_related("event__organiser", "space", "resource__space", "hold")
    return {venue.pk: venue for venue in rows}


def locked_venue(venue_id: int) -> Venue:
    """Lock one venue, and read it as it is now. Raises ValidationError if it went with its event meanwhile."""
    found = locked_venues([venue_id])
    if venue_id not in found:
        raise refusal("event_gone")
    return found[venue_id]


def lock_venues_of(*events: Event) -> dict[int, Venue]:
    """Lock all venues of events; the events are locked first."""
    return locked_venues(Venue.objects.filter(event__in=events).order_by().values_list("pk", flat=True))


def lock_holds(venues: Iterable[Venue], *others: int) -> None:
    """Lock what venues hold, what they are to hold, and `others`, before the first hold is changed."""
    found = {*others}
    for venue in venues:
        found |= {venue.resource_id} if venue.resource_id else set()
        found |= {venue.hold.resource_id} if venue.hold else set()
    lock_resources(found)


def locked_rsvp(rsvp: Rsvp, *others: int) -> tuple[Rsvp, dict[int, Venue]]:
    """Lock the venue of a sign-up, and `others`, then read the sign-up as it is now; and the venues by their keys.

    Who moved between venues meanwhile is looked for again where they are. Raises ValidationError of a sign-up that is
    not there any more, such as one that nobody has confirmed.
    """
    # Unordered: its order would join the event, and lock it after the venue.
    own = Rsvp.objects.filter(pk=rsvp.pk).order_by()
    while True:
        before = transaction.savepoint()
        at = own.values_list("venue_id", flat=True).first()
        venues = locked_venues([at, *others]) if at else {}
        if at is not None and own.values_list("venue_id", flat=True).first() not in {*venues, None}:
            # They are elsewhere by now. Venues are locked in one order: these are let go before the next.
            transaction.savepoint_rollback(before)
            continue
        transaction.savepoint_commit(before)
        found = next(iter(own.select_for_update(no_key=True)), None)
        if found is None or any(other not in venues for other in others):
            raise refusal("link_expired" if found is None else "event_gone")
        found.venue = venues[found.venue_id]
        found.event = found.venue.event
        return found, venues
