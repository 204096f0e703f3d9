"""Which spaces are venues of an event: its own at once, others when they agree; each changes its own, and may leave."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from events import notices
from events.announcing import check_changeable, check_in_federation
from events.holds import bring_in_line
from events.line import move_up
from events.locks import lock_holds, lock_venues_of, locked_event
from events.models import Event, Rsvp, Venue
from events.places import places_here
from events.refusals import refusal, refused_politely
from members.models import User
from notices.outbox import tell
from spaces.models import Resource, Space


@dataclass(frozen=True)
class Offer:
    """What a venue offers: places (None online: no limit), what it holds of its space, its host, notes, its link."""

    capacity: int | None
    resource: Resource | None = None
    held_seats: int | None = None
    host: User | None = None
    note_ja: str = ""
    note_en: str = ""
    online_url: str = ""


@transaction.atomic
def add(*, event: Event, space: Space | None, offer: Offer, by: User, now: datetime) -> Venue:
    """Add a venue: online (`space` None) and the space that holds the event at once, also any that `by` helps to run.

    Every other space is asked, and told so once the event is announced. Raises ValidationError, also with the bookings
    that a hold would displace.
    """
    event = locked_event(event)
    lock_venues_of(event)
    check_changeable(event, now=now)
    known = Venue.objects.filter(event=event, space=space).first()
    if known and not known.left_at:
        raise refusal("venue_once", venue=known.name)
    venue = known or Venue(event=event, space=space)
    venue.event, venue.left_at = event, None
    agrees = space is None or space.pk == event.organiser_id or by.is_superuser or space.pk in by.roles
    venue.agreed_at, venue.agreed_by = (now, by) if agrees else (None, None)
    _write(venue, offer, now=now)
    if not agrees and event.is_announced:
        tell(notices.asked(venue, now=now))
    return venue


@transaction.atomic
def agree(*, venue: Venue, offer: Offer, by: User, now: datetime) -> Venue:
    """A space says that the event takes place there too, with what it offers. Raises ValidationError."""
    venue = _locked(venue, now=now)
    if venue.left_at:
        raise refusal("venue_left_already", venue=venue.name)
    venue.agreed_at, venue.agreed_by = venue.agreed_at or now, venue.agreed_by or by
    _write(venue, offer, now=now)
    move_up(venue, now=now)  # somebody else may have agreed a moment ago, for fewer places
    return venue


@transaction.atomic
def change_venue(*, venue: Venue, offer: Offer, now: datetime) -> Venue:
    """Change what a venue offers; where places are added, the next in line have them at once.

    Raises ValidationError for fewer places than are taken, and with the bookings that a hold would displace.
    """
    venue = _locked(venue, now=now)
    if venue.left_at:
        raise refusal("venue_left_already", venue=venue.name)
    _write(venue, offer, now=now)
    move_up(venue, now=now)
    return venue


@transaction.atomic
def leave(*, venue: Venue, now: datetime) -> Venue:
    """A space says no, or takes no part any more: its hold is given back, and who had a place or waited there is told.

    Their sign-ups end with it, and the letter leads to the other venues. Raises ValidationError for the last venue.
    """
    venue = _locked(venue, now=now)
    if venue.left_at:
        return venue
    event = venue.event
    others = Venue.objects.standing().filter(event=event).exclude(pk=venue.pk)
    if venue.stands and event.is_announced and not others.exists():
        raise refusal("last_venue")
    step_out(venue, now=now)
    bring_in_line(venue, now=now)
    return venue


def step_out(venue: Venue, *, now: datetime) -> None:
    """Let a venue that is locked take no part any more, and tell people; who calls gives back what it holds."""
    event = venue.event
    venue.left_at = now
    venue.save(update_fields=["left_at"])
    _note_change(event, now)
    gone = list(Rsvp.objects.standing().filter(venue=venue, attended_at=None).select_related("user"))
    for rsvp in gone:
        rsvp.venue, rsvp.event = venue, event
        rsvp.left_at, rsvp.left_by = now, Rsvp.Side.HOST
        rsvp.sequence += 1
        rsvp.save(update_fields=["left_at", "left_by", "sequence"])
    tell(notices.venue_gone(venue, gone, now=now))


def _locked(venue: Venue, *, now: datetime) -> Venue:
    event = locked_event(venue.event)
    found = lock_venues_of(event)[venue.pk]
    found.event = event
    check_changeable(event, now=now)
    return found


def _write(venue: Venue, offer: Offer, *, now: datetime) -> None:
    """Put an offer on a venue, save it, and hold what it says. Raises ValidationError."""
    check_in_federation(venue)
    if offer.resource and (venue.space is None or offer.resource.space_id != venue.space.pk):
        raise refusal("other_space", resource=offer.resource.name, space=venue.name)
    if offer.online_url and not venue.is_online:
        raise refusal("not_online")
    if offer.resource and offer.held_seats and offer.held_seats > offer.resource.capacity:
        raise refusal("more_than_there_are", resource=offer.resource.name, capacity=offer.resource.capacity)
    venue.capacity, venue.host, venue.online_url = offer.capacity, offer.host, offer.online_url
    # In both languages: as an attribute either is there only once modeltranslation has seen the model.
    for name in ("note_ja", "note_en"):
        setattr(venue, name, getattr(offer, name))
    venue.resource, venue.held_seats = offer.resource, offer.held_seats if offer.resource else None
    with refused_politely(venue=venue.name, people=places_here(venue).people if venue.pk else 0):
        venue.save()
    _note_change(venue.event, now)
    lock_holds([venue])
    bring_in_line(venue, now=now)


def _note_change(event: Event, now: datetime) -> None:
    """Where it takes place is another: calendars see by it that their entry is old (LAST-MODIFIED)."""
    event.changed_at = now
    event.save(update_fields=["changed_at"])
